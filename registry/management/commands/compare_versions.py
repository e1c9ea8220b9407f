"""Compare the values of two versions of an analysis: `manage.py compare_versions NAME@1.0.0 NAME@1.1.0`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db.models import QuerySet

from registry.management.command_line import counted, text_argument, unknown
from registry.management.value_changes import lines_of
from registry.models import PENDING, AnalysisRun
from registry.selectors.value_changes import list_changes_between


class Command(BaseCommand):
    help = "Show which values changed between two versions of an analysis, in units of their uncertainty."

    def add_arguments(self, parser: ArgumentParser) -> None:
        words = "A version of an analysis (ionic-conductivity@2.0.0), or the number of a run."
        parser.add_argument("old", type=text_argument, metavar="OLD", help=words)
        parser.add_argument("new", type=text_argument, metavar="NEW", help=words)

    def handle(self, *args: Any, old: str, new: str, **options: Any) -> None:
        before, after = _runs(old), _runs(new)
        names = {run.analysis for run in (*before, *after)}
        if len(names) > 1:
            raise CommandError(f"{' and '.join(sorted(names))} are two analyses: name two versions of one.")
        both = {run.target for run in before} & {run.target for run in after}
        if not both:
            raise CommandError(f"{old} and {new} have no measurement or cell in common: there is nothing to compare.")
        self.stdout.write(f"{old} → {new}, on {counted(len(both), 'measurement or cell', 'measurements or cells')}:")
        for line in lines_of(list_changes_between(before, after)):
            self.stdout.write(line)


def _runs(argument: str) -> list[AnalysisRun]:
    """The run of this number, or the last run by this version of an analysis on each measurement or cell.

    One that was refused or failed gave nothing, and that is what it is compared by.
    """
    ended = AnalysisRun.objects.exclude(status__in=PENDING).select_related("cell", "measurement").order_by("pk")
    if argument.isdecimal():
        found = list(ended.filter(pk=argument))
        if not found:
            raise CommandError(f"There is no run {argument} that has ended.")
        return found
    name, sign, version = argument.partition("@")
    if not sign:
        raise CommandError(f"‘{argument}’ names no version: write {argument}@VERSION, or the number of a run.")
    runs = list(ended.filter(analysis=name, version=version))
    if not runs:
        raise _unknown_version(ended, name, version)
    return list({run.target: run for run in runs}.values())


def _unknown_version(ended: QuerySet[AnalysisRun], name: str, version: str) -> CommandError:
    ran = ended.order_by("analysis", "version").values_list("analysis", "version").distinct()
    return unknown("run of a version", f"{name}@{version}", [f"{one}@{its}" for one, its in ran])
