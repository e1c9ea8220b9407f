"""Compare what was reported with what was computed: `manage.py audit`."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management import BaseCommand, CommandError

from registry.management.command_line import counted
from registry.selectors.audit import Finding, list_findings


class Command(BaseCommand):
    help = "List where a reported and a computed value of one measurement disagree, and by how much."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", dest="everything", help="List those that agree too.")
        parser.add_argument("--fail", action="store_true", help="Exit with status 1 if any disagree.")

    def handle(self, *args: Any, everything: bool, fail: bool, **options: Any) -> None:
        found = list_findings(None)
        disagreeing = [entry for entry in found if not entry.agrees]
        agreeing = [element for element in found if element.agrees]
        self.stdout.write(_sentence(found, disagreeing))
        for item in [*disagreeing, *(agreeing if everything else [])]:
            measurement = item.measurement
            label = f" · {measurement.label}" if measurement.label else ""
            self.stdout.write(f"\n{measurement.cell} · {measurement.refcode}{label}")
            self.stdout.write(f"  {item.sentence()}")
            if item.computed_estimate.inferred:
                self.stdout.write("  The computed value rests on an inferred input.")
        if fail and disagreeing:
            raise CommandError(f"{len(disagreeing)} of {len(found)} disagree.")


def _sentence(found: Sequence[Finding], disagreeing: Sequence[Finding]) -> str:
    if not found:
        return "Nothing to compare: no measurement has a quantity both reported and computed. Run `analyze` first."
    agreeing = len(found) - len(disagreeing)
    verb = "disagrees" if len(disagreeing) == 1 else "disagree"
    compared = counted(len(found), "reported value", "reported values")
    return (
        f"{compared} can be compared with a computed one: {len(disagreeing)} {verb}, "
        f"{agreeing} consistent within rounding and uncertainty."
    )
