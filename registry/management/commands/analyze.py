"""Run analyses that are new or whose inputs changed: `manage.py analyze`."""

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
from registry.management.command_line import get_cell, pluralize, require_known, text_argument, unknown_name_error
from registry.management.value_changes import format_changes
from registry.models import AnalysisRun, Cell, CellGroup, Measurement, Project, RunStatus
from registry.models.analysis_run import Run
from registry.plugin_loading.parameters import clean_parameters
from registry.selectors.analysis_inputs.due import DUE, Job, Reason, list_due_jobs
from registry.selectors.analysis_inputs.group_due import GroupJob, list_due_group_jobs
from registry.selectors.project_slug import projects_named
from registry.selectors.runs.value_changes import MAX_REASON_LENGTH, ValueChange
from registry.services.parameters import set_parameters
from registry.services.runs.analysis import run_jobs
from registry.services.runs.groups import run_group_jobs
from registry.services.runs.preview import preview_jobs
from registry.services.staleness.group_staleness import list_groups_of


class Command(BaseCommand):
    help = "Run analyses that have never run or whose inputs, parameters, version or source changed. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        scope = parser.add_mutually_exclusive_group()
        scope.add_argument("--cell", type=text_argument, metavar="REF", help="Only this cell, e.g. C-00012.")
        scope.add_argument("--project", type=text_argument, metavar="SLUG", help="Only the cells of this project.")
        parser.add_argument(
            "--analysis",
            type=text_argument,
            metavar="NAME",
            action="append",
            default=[],
            help="Only this analysis (repeatable).",
        )
        reasons = parser.add_mutually_exclusive_group()
        reasons.add_argument(
            "--stale", action="store_true", help="Only stale results: inputs, parameters, version or source changed."
        )
        reasons.add_argument(
            "--outdated", action="store_true", help="Only results of another version or source of their analysis."
        )
        reasons.add_argument("--all", action="store_true", dest="everything", help="Run every analysis again.")
        parser.add_argument("--strict", action="store_true", help="Exit with an error if any run failed.")
        parser.add_argument(
            "--dry-run", action="store_true", help="Run and show how values would change, without saving."
        )
        parser.add_argument(
            "--parameter",
            type=text_argument,
            metavar="NAME=VALUE",
            action="append",
            default=[],
            help="Set a parameter of the --analysis on the --cell or --project, then run the results it makes stale.",
        )

    def handle(self, *args: Any, analysis: list[str], parameter: list[str], **options: Any) -> None:
        for name in analysis:
            require_known("analysis", name, plugin_loading.current().analyses)
        record = _get_record(options)
        if parameter:
            if options["dry_run"]:
                raise CommandError(
                    "--parameter saves a parameter and cannot be combined with --dry-run: remove one of them."
                )
            _set_parameters(record, analysis, parameter)
        jobs = list_due_jobs(
            _measurements(record),
            _cells(record),
            names=analysis,
            reasons=_reasons(options),
            everything=options["everything"],
        )
        is_stored = not options["dry_run"]
        if jobs and not is_stored:
            self._preview(jobs)
        runs: list[Run] = [*self._run(jobs, with_downstream=not analysis)] if jobs and is_stored else []
        group_jobs = list_due_group_jobs(
            _groups(record), names=analysis, reasons=_reasons(options), everything=options["everything"]
        )
        if group_jobs:
            self.stdout.write(f"{'Running' if is_stored else 'Would run'} {_describe_group_jobs(group_jobs)}.")
            runs += run_group_jobs(group_jobs, by=None) if is_stored else []
        if not jobs and not group_jobs:
            self.stdout.write("Nothing to run: every analysis is up to date.")
        failed = self._summarise(runs)
        if failed:
            message = f"{failed} of {len(runs)} runs failed; the others are saved. The run page shows the reason."
            if options["strict"]:
                raise CommandError(message)
            self.stderr.write(message)

    def _run(self, jobs: Sequence[Job], *, with_downstream: bool) -> list[AnalysisRun]:
        """Run the jobs, with a progress bar on a terminal."""
        if not self.stdout.isatty():
            self.stdout.write(f"Running {_describe_jobs(jobs)}.")
            return run_jobs(jobs, by=None, with_downstream=with_downstream)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console()) as progress:
            task = progress.add_task("Running analyses", total=len(jobs))
            return run_jobs(
                jobs, by=None, with_downstream=with_downstream, on_progress=lambda run: progress.advance(task)
            )

    def _preview(self, jobs: Sequence[Job]) -> None:
        """Print why each job is due and what it would change."""
        self.stdout.write(f"Would run {_describe_jobs(jobs)}; nothing is saved.")
        changes: list[ValueChange] = []
        for reason, count in Counter(job.reason for job in jobs).most_common():
            self.stdout.write(f"  {count} {reason}")
        for preview in preview_jobs(jobs):
            if preview.ended.status != preview.before:
                message = preview.ended.messages[0] if preview.ended.messages else None
                text = f"({message.code}) {message.text}" if message else ""
                statuses = f"{_status_words(preview.before)} → {_status_words(preview.ended.status)}"
                text = shorten(text, MAX_REASON_LENGTH, placeholder=" …")
                self.stdout.write(f"{preview.of} {preview.analysis}: {statuses} {text}".rstrip())
            changes += preview.changes
        for line in format_changes(changes):
            self.stdout.write(line)

    def _summarise(self, runs: Sequence[Run]) -> int:
        """Print the run counts of each analysis with the reasons why results are missing; return the number failed."""
        for name in sorted({run.analysis for run in runs}):
            of_name = [run for run in runs if run.analysis == name]
            counts = Counter(run.status for run in of_name)
            summary = ", ".join(f"{counts[status]} {status.label.lower()}" for status in RunStatus if counts[status])
            self.stdout.write(f"{name}: {summary}")
            for status in (RunStatus.REFUSED, RunStatus.FAILED):
                messages = [run.messages[0] for run in of_name if run.status == status]
                examples = {message["code"]: message["text"] for message in reversed(messages)}
                for code, count in Counter(message["code"] for message in messages).most_common():
                    text = shorten(examples[code], MAX_REASON_LENGTH, placeholder=" …")
                    self.stdout.write(f"  {count} {status.label.lower()} ({code}): {text}")
        return sum(run.status == RunStatus.FAILED for run in runs)


def _status_words(status: str) -> str:
    return str(RunStatus(status).label).lower() if status else "never run"


def _describe_jobs(jobs: Sequence[Job]) -> str:
    measurements = len({job.measurement for job in jobs if job.measurement})
    series = len({job.target for job in jobs if job.target.series})
    cells = len({job.cell for job in jobs if not job.measurement and not job.target.series})
    targets = [pluralize(measurements, "measurement", "measurements")] * bool(measurements)
    targets += [pluralize(series, "series", "series")] * bool(series)
    targets += [pluralize(cells, "cell", "cells")] * bool(cells)
    listed = " and ".join(filter(None, (", ".join(targets[:-1]), *targets[-1:])))
    return f"{pluralize(len(jobs), 'analysis', 'analyses')} on {listed}"


def _describe_group_jobs(jobs: Sequence[GroupJob]) -> str:
    groups = pluralize(len({job.group for job in jobs}), "group of cells", "groups of cells")
    return f"{pluralize(len(jobs), 'analysis', 'analyses')} on {groups}"


def _groups(record: Cell | Project | None) -> QuerySet[CellGroup]:
    """The groups of a project, or those that contain a cell."""
    groups: QuerySet[CellGroup] = CellGroup.objects.all()
    if isinstance(record, Cell):
        return groups.filter(pk__in=list_groups_of([record.pk]))
    return groups.filter(project=record) if record else groups


def _reasons(options: Mapping[str, Any]) -> Sequence[Reason]:
    if options["stale"]:
        return [reason for reason in DUE if reason != "never run"]
    return ("outdated", "source changed") if options["outdated"] else DUE


def _get_record(options: Mapping[str, Any]) -> Cell | Project | None:
    if options["cell"]:
        return get_cell(options["cell"])
    if not options["project"]:
        return None
    project: Project | None = projects_named([options["project"]]).first()
    if project is None:
        raise unknown_name_error("project", options["project"], Project.objects.values_list("slug", flat=True))
    return project


def _measurements(record: Cell | Project | None) -> QuerySet[Measurement]:
    measurements: QuerySet[Measurement] = Measurement.objects.all()
    if isinstance(record, Cell):
        return measurements.filter(cell=record)
    return measurements.filter(cell__project=record) if record else measurements


def _cells(record: Cell | Project | None) -> QuerySet[Cell]:
    cells: QuerySet[Cell] = Cell.objects.all()
    if isinstance(record, Cell):
        return cells.filter(pk=record.pk)
    return cells.filter(project=record) if record else cells


def _set_parameters(record: Cell | Project | None, analyses: Sequence[str], assignments: Sequence[str]) -> None:
    """Validate and save parameters of the single named analysis."""
    if len(analyses) != 1:
        raise CommandError("--parameter needs exactly one analysis: add --analysis NAME.")
    analysis: Analysis = plugin_loading.current().analyses[analyses[0]]
    pairs: dict[str, str] = {}
    for assignment in assignments:
        name, sign, value = assignment.partition("=")
        if not sign:
            raise CommandError(f"--parameter {assignment} has no value: write --parameter {assignment}=VALUE.")
        require_known(f"parameter of {analysis.name}", name, [known.name for known in analysis.parameters])
        pairs[name] = value
    try:
        checked = clean_parameters(analysis, pairs)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    if record is None:
        raise CommandError("--parameter is saved on a cell or a project: add --cell REF or --project SLUG.")
    set_parameters(record, {analysis.name: checked}, by=None)
