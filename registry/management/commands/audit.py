"""Compare reported with computed values, and list conflicts between numbers: `manage.py audit`."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management import BaseCommand, CommandError

from registry.management.command_line import pluralize
from registry.selectors.audit.audit import Finding, list_findings
from registry.selectors.audit.conflict import StoredConflict, list_conflicts


class Command(BaseCommand):
    help = "List measurements whose reported and computed values disagree, or whose numbers contradict each other."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", dest="everything", help="Also list values that agree.")
        parser.add_argument("--fail", action="store_true", help="Exit with status 1 on disagreements or conflicts.")

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
        conflicts = list_conflicts(None)
        self._list_conflicts(conflicts)
        if fail and disagreeing:
            raise CommandError(f"{len(disagreeing)} of {len(findings)} disagree.")
        if fail and conflicts:
            raise CommandError(f"{pluralize(len(conflicts), 'conflict', 'conflicts')} between numbers.")

    def _list_conflicts(self, conflicts: Sequence[StoredConflict]) -> None:
        """Print the numbers that contradict each other or a physical limit, by cell and measurement."""
        if not conflicts:
            return
        counted = pluralize(len(conflicts), "conflict", "conflicts")
        self.stdout.write(f"\n{counted} of numbers with each other or with a physical limit.")
        for conflict in conflicts:
            run = conflict.run
            where = f"{run.cell} · {run.measurement.refcode}" if run.measurement else str(run.cell)
            self.stdout.write(f"\n{where}")
            self.stdout.write(f"  ({conflict.code}) {conflict.text}")


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
