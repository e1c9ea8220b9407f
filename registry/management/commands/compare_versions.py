"""Compare the values of two versions of an analysis: `manage.py compare_versions NAME@1.0.0 NAME@1.1.0`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db.models import QuerySet

from registry.management.command_line import pluralize, text_argument, unknown_name_error
from registry.management.value_changes import format_changes
from registry.models import PENDING, AnalysisRun
from registry.selectors.runs.value_changes import list_changes_between


class Command(BaseCommand):
    help = "Show which values changed between two versions of an analysis, in units of their uncertainty."

    def add_arguments(self, parser: ArgumentParser) -> None:
        help_text = "A version of an analysis (ionic-conductivity@2.0.0) or a run number."
        parser.add_argument("old", type=text_argument, metavar="OLD", help=help_text)
        parser.add_argument("new", type=text_argument, metavar="NEW", help=help_text)

    def handle(self, *args: Any, old: str, new: str, **options: Any) -> None:
        before, after = _list_runs(old), _list_runs(new)
        names = {run.analysis for run in (*before, *after)}
        if len(names) > 1:
            raise CommandError(
                f"{' and '.join(sorted(names))} are different analyses: give two versions of the same one."
            )
        shared = {run.target for run in before} & {run.target for run in after}
        if not shared:
            raise CommandError(f"{old} and {new} have no measurement or cell in common, so nothing can be compared.")
        self.stdout.write(
            f"{old} → {new}, on {pluralize(len(shared), 'measurement or cell', 'measurements or cells')}:"
        )
        for line in format_changes(list_changes_between(before, after)):
            self.stdout.write(line)


def _list_runs(argument: str) -> list[AnalysisRun]:
    """Return the run with this number, or the last run of this version on each measurement or cell.

    Refused and failed runs count too: they have no values.
    """
    ended = AnalysisRun.objects.exclude(status__in=PENDING).select_related("cell", "measurement").order_by("pk")
    if argument.isdecimal():
        runs = list(ended.filter(pk=argument))
        if not runs:
            raise CommandError(f"Unknown or unfinished run {argument}.")
        return runs
    name, sign, version = argument.partition("@")
    if not sign:
        raise CommandError(f"‘{argument}’ has no version: write {argument}@VERSION or a run number.")
    runs = list(ended.filter(analysis=name, version=version))
    if not runs:
        raise _unknown_version_error(ended, name, version)
    return list({run.target: run for run in runs}.values())


def _unknown_version_error(ended: QuerySet[AnalysisRun], name: str, version: str) -> CommandError:
    versions = ended.order_by("analysis", "version").values_list("analysis", "version").distinct()
    return unknown_name_error(
        "analysis version", f"{name}@{version}", [f"{name}@{version}" for name, version in versions]
    )
