"""Compare reported with computed values: `manage.py audit`."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management import BaseCommand, CommandError

from registry.management.command_line import pluralize
from registry.selectors.audit import Finding, list_findings


class Command(BaseCommand):
    help = "List measurements whose reported and computed values disagree, and by how much."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", dest="everything", help="Also list values that agree.")
        parser.add_argument("--fail", action="store_true", help="Exit with status 1 if any values disagree.")

    def handle(self, *args: Any, everything: bool, fail: bool, **options: Any) -> None:
        findings = list_findings(None)
        disagreeing = [finding for finding in findings if not finding.agrees]
        agreeing = [finding for finding in findings if finding.agrees]
        self.stdout.write(_summarise(findings, disagreeing))
        for finding in [*disagreeing, *(agreeing if everything else [])]:
            measurement = finding.measurement
            label = f" · {measurement.label}" if measurement.label else ""
            self.stdout.write(f"\n{measurement.cell} · {measurement.refcode}{label}")
            self.stdout.write(f"  {finding.sentence()}")
            if finding.computed_estimate.inferred:
                self.stdout.write("  The computed value uses an inferred input.")
        if fail and disagreeing:
            raise CommandError(f"{len(disagreeing)} of {len(findings)} disagree.")


def _summarise(findings: Sequence[Finding], disagreeing: Sequence[Finding]) -> str:
    if not findings:
        return "Nothing to compare: no quantity has both a reported and a computed value. Run `analyze` first."
    agreeing = len(findings) - len(disagreeing)
    verb = "disagrees" if len(disagreeing) == 1 else "disagree"
    compared = pluralize(len(findings), "reported value", "reported values")
    return (
        f"{compared} compared with computed values: {len(disagreeing)} {verb}, "
        f"{agreeing} consistent within rounding and uncertainty."
    )
