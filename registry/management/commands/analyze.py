"""Run analyses: `manage.py analyze` runs those never run and those whose inputs changed."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Mapping, Sequence
from textwrap import shorten
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.db.models import QuerySet
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from registry import plugin_loading
from registry.hookspecs import Analysis
from registry.management.command_line import cell_named, counted, require_known, text_argument, unknown
from registry.management.value_changes import lines_of
from registry.models import AnalysisRun, Cell, Measurement, Project, RunStatus
from registry.plugin_loading.parameters import parameters_checked
from registry.selectors.analysis_inputs.due import Job, Why, list_due_jobs
from registry.selectors.refusal_reasons import LONGEST_REASON, refusal_reason
from registry.selectors.value_changes import ValueChange
from registry.services.parameters import set_parameters
from registry.services.runs.analysis import run_jobs
from registry.services.runs.preview import preview_jobs


class Command(BaseCommand):
    help = "Run the analyses that never ran and those whose inputs, parameters or version changed; safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        where = parser.add_mutually_exclusive_group()
        where.add_argument("--cell", type=text_argument, metavar="REF", help="Only this cell, such as C-00012.")
        where.add_argument("--project", type=text_argument, metavar="SLUG", help="Only the cells of this project.")
        parser.add_argument(
            "--analysis", type=text_argument, metavar="NAME", action="append", default=[], help="Only this analysis."
        )
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--stale", action="store_true", help="Only what ran before and is stale.")
        which.add_argument("--outdated", action="store_true", help="Only what ran by another version of its plugin.")
        which.add_argument("--all", action="store_true", dest="everything", help="Run everything again.")
        parser.add_argument("--strict", action="store_true", help="End with an error if a run failed.")
        parser.add_argument(
            "--dry-run", action="store_true", help="Run, say how the values would change, and keep nothing."
        )
        parser.add_argument(
            "--parameter",
            type=text_argument,
            metavar="NAME=VALUE",
            action="append",
            default=[],
            help="Set a parameter of the one --analysis for the --cell or --project; what it makes stale runs again.",
        )

    def handle(self, *args: Any, analysis: list[str], parameter: list[str], **options: Any) -> None:
        for name in analysis:
            require_known("analysis", name, plugin_loading.current().analyses)
        place = _place(options)
        if parameter:
            if options["dry_run"]:
                raise CommandError("--parameter sets a parameter, which --dry-run must not: leave one of them out.")
            _parameters_set(place, analysis, parameter)
        jobs = list_due_jobs(
            _measurements(place), names=analysis, reasons=_reasons(options), everything=options["everything"]
        )
        if not jobs:
            self.stdout.write("Nothing to run: every analysis is up to date.")
            return
        if options["dry_run"]:
            self._preview(jobs)
            return
        runs = self._run(jobs, with_downstream=not analysis)
        failed = self._summarise(runs)
        if failed:
            said = f"{failed} of {len(runs)} failed; the others are kept. See the page of a run for its reason."
            if options["strict"]:
                raise CommandError(said)
            self.stderr.write(said)

    def _run(self, jobs: Sequence[Job], *, with_downstream: bool) -> list[AnalysisRun]:
        """Run the jobs, with a progress bar where somebody watches."""
        if not self.stdout.isatty():
            self.stdout.write(f"Running {_counted(jobs)}.")
            return run_jobs(jobs, by=None, with_downstream=with_downstream)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console()) as progress:
            task = progress.add_task("Running analyses", total=len(jobs))
            return run_jobs(
                jobs, by=None, with_downstream=with_downstream, on_progress=lambda run: progress.advance(task)
            )

    def _preview(self, jobs: Sequence[Job]) -> None:
        """Say of each job why it is due and what it would change."""
        self.stdout.write(f"Would run {_counted(jobs)}; nothing is kept.")
        moved: list[ValueChange] = []
        for why, number in Counter(job.reason for job in jobs).most_common():
            self.stdout.write(f"  {number} {why}")
        for preview in preview_jobs(jobs):
            if preview.ended.status != preview.before:
                text = preview.ended.messages[0].text if preview.ended.messages else ""
                words = f"{preview.before or 'never run'} → {preview.ended.status}"
                self.stdout.write(f"{preview.of} {preview.analysis}: {words} {shorten(text, LONGEST_REASON)}".rstrip())
            moved += preview.changes
        for line in lines_of(moved):
            self.stdout.write(line)

    def _summarise(self, runs: Sequence[AnalysisRun]) -> int:
        """Write what came of each analysis, and why any refused; return how many failed."""
        for name in sorted({run.analysis for run in runs}):
            of_name = [run for run in runs if run.analysis == name]
            counts = Counter(run.status for run in of_name)
            words = ", ".join(f"{counts[status]} {status.label.lower()}" for status in RunStatus if counts[status])
            self.stdout.write(f"{name}: {words}")
            for status in (RunStatus.REFUSED, RunStatus.FAILED):
                reasons = Counter(refusal_reason(run.messages[0]["text"]) for run in of_name if run.status == status)
                for reason, count in reasons.most_common():
                    self.stdout.write(f"  {count} {status.label.lower()}: {reason}")
        return sum(run.status == RunStatus.FAILED for run in runs)


def _counted(jobs: Sequence[Job]) -> str:
    measurements = len({job.measurement for job in jobs if job.measurement})
    cells = len({job.cell for job in jobs if not job.measurement})
    on = [counted(measurements, "measurement", "measurements")] * bool(measurements)
    on += [counted(cells, "cell", "cells")] * bool(cells)
    return f"{counted(len(jobs), 'analysis', 'analyses')} on {' and '.join(on)}"


def _reasons(options: Mapping[str, Any]) -> Sequence[Why]:
    if options["stale"]:
        return "stale", "parameters changed", "outdated"
    return ("outdated",) if options["outdated"] else ("never run", "stale", "parameters changed", "outdated")


def _place(options: Mapping[str, Any]) -> Cell | Project | None:
    if options["cell"]:
        return cell_named(options["cell"])
    if not options["project"]:
        return None
    found: Project | None = Project.objects.filter(slug=options["project"]).first()
    if found is None:
        raise unknown("project", options["project"], Project.objects.values_list("slug", flat=True))
    return found


def _measurements(place: Cell | Project | None) -> QuerySet[Measurement]:
    every: QuerySet[Measurement] = Measurement.objects.all()
    if isinstance(place, Cell):
        return every.filter(cell=place)
    return every.filter(cell__project=place) if place else every


def _parameters_set(place: Cell | Project | None, analyses: Sequence[str], given: Sequence[str]) -> None:
    """Set parameters of the one analysis named, each of its type and within its bounds."""
    if len(analyses) != 1:
        raise CommandError("--parameter belongs to one analysis: name it with --analysis NAME.")
    analysis: Analysis = plugin_loading.current().analyses[analyses[0]]
    pairs: dict[str, str] = {}
    for item in given:
        name, sign, value = item.partition("=")
        if not sign:
            raise CommandError(f"--parameter {item} has no value: write --parameter {item}=VALUE.")
        require_known(f"parameter of {analysis.name}", name, [known.name for known in analysis.parameters])
        pairs[name] = value
    try:
        checked = parameters_checked(analysis, pairs)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    if place is None:
        raise CommandError("--parameter is kept with a cell or a project: say which with --cell REF or --project SLUG.")
    set_parameters(place, {analysis.name: checked}, by=None)
