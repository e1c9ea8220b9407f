"""The analyses: `manage.py analyses` lists them, `manage.py analyses diff OLD NEW` tells which values moved."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db.models import QuerySet

from registry import plugin_loading
from registry.management.command_line import counted, text_argument, unknown
from registry.management.value_changes import lines_of
from registry.models import PENDING, AnalysisRun
from registry.selectors.value_changes import list_changes_between


class Command(BaseCommand):
    help = "List the analyses, or compare what two versions of one gave: `analyses diff NAME@1.0.0 NAME@1.1.0`."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", title="what to do; without it, the analyses are listed")
        diff = commands.add_parser("diff", help="Which values moved, and by how much in units of their uncertainty.")
        words = "A version of an analysis (ionic-conductivity@2.0.0), or the number of a run."
        diff.add_argument("old", type=text_argument, metavar="OLD", help=words)
        diff.add_argument("new", type=text_argument, metavar="NEW", help=words)

    def handle(self, *args: Any, command: str | None, **options: Any) -> None:
        if command == "diff":
            self._diff(options["old"], options["new"])
            return
        plugins = plugin_loading.current()
        for analysis in plugins.analyses.values():
            takes = ", ".join(sorted(plugins.upstream[analysis.name]))
            after = f", after {takes}" if takes else ""
            self.stdout.write(f"{analysis.name}@{analysis.version}: {analysis.title}, of a {analysis.scope}{after}")

    def _diff(self, old: str, new: str) -> None:
        before, after = _runs(old), _runs(new)
        names = {run.analysis for run in (*before, *after)}
        if len(names) > 1:
            raise CommandError(f"{' and '.join(sorted(names))} are two analyses: name two versions of one.")
        both = {run.target for run in before} & {run.target for run in after}
        if not both:
            raise CommandError(f"{old} and {new} ran on nothing in common, so there is nothing to compare.")
        self.stdout.write(f"{old} → {new}, on {counted(len(both), 'measurement or cell', 'measurements or cells')}:")
        for line in lines_of(list_changes_between(before, after)):
            self.stdout.write(line)


def _runs(named: str) -> list[AnalysisRun]:
    """The run of this number, or the last run by this version of an analysis on each measurement or cell.

    One that was refused or failed gave nothing, and that is what it is compared by.
    """
    ended = AnalysisRun.objects.exclude(status__in=PENDING).select_related("cell", "measurement").order_by("pk")
    if named.isdecimal():
        found = list(ended.filter(pk=named))
        if not found:
            raise CommandError(f"There is no run {named} that has ended.")
        return found
    name, sign, version = named.partition("@")
    if not sign:
        raise CommandError(f"‘{named}’ names no version: write {named}@VERSION, or the number of a run.")
    runs = list(ended.filter(analysis=name, version=version))
    if not runs:
        raise _unknown_version(ended, name, version)
    return list({run.target: run for run in runs}.values())


def _unknown_version(ended: QuerySet[AnalysisRun], name: str, version: str) -> CommandError:
    ran = ended.order_by("analysis", "version").values_list("analysis", "version").distinct()
    return unknown("run of a version", f"{name}@{version}", [f"{one}@{its}" for one, its in ran])
