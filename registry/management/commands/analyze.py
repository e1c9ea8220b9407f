"""Run analyses: `manage.py analyze` runs those never run and those whose inputs changed."""

import re
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Sequence
from textwrap import shorten
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from registry import plugin_manager
from registry.hookspecs import Analysis
from registry.management.command_line import cell_named, counted, require_known
from registry.models import AnalysisRun, Measurement, RunStatus
from registry.services.analysis import Job, jobs_pending, jobs_run, parameters_of

NAMES = re.compile(r" \([^()]*\)")
LONGEST_REASON = 150


class Command(BaseCommand):
    help = "Run the analyses that never ran and those whose inputs, parameters or version changed; safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cell", metavar="REF", help="Only this cell, such as C-00012.")
        parser.add_argument("--analysis", metavar="NAME", action="append", default=[], help="Only this analysis.")
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--stale", action="store_true", help="Only what ran before and is stale.")
        which.add_argument("--all", action="store_true", dest="everything", help="Run everything again.")
        parser.add_argument(
            "--parameter",
            metavar="NAME=VALUE",
            action="append",
            default=[],
            help="Set a parameter of the one --analysis; runs made with another value are made again.",
        )

    def handle(
        self,
        *args: Any,
        cell: str | None,
        analysis: list[str],
        stale: bool,
        everything: bool,
        parameter: list[str],
        **options: Any,
    ) -> None:
        for name in analysis:
            require_known("analysis", name, plugin_manager.current().analyses)
        parameters = _parameters(analysis, parameter)
        measurements = Measurement.objects.order_by("pk")
        if cell:
            measurements = measurements.filter(cell=cell_named(cell))
        jobs = jobs_pending(
            measurements.values_list("pk", "technique"),
            names=analysis,
            stale_only=stale,
            everything=everything,
            parameters=parameters,
        )
        if not jobs:
            self.stdout.write("Nothing to run: every analysis is up to date.")
            return
        runs = self._run(jobs)
        failed = self._summarise(runs)
        if failed:
            raise CommandError(f"{failed} of {len(runs)} failed; the others are kept.")

    def _run(self, jobs: Sequence[Job]) -> list[AnalysisRun]:
        """Run the jobs, with a progress bar where somebody watches."""
        if not self.stdout.isatty():
            measurements = counted(len({job.measurement for job in jobs}), "measurement", "measurements")
            self.stdout.write(f"Running {counted(len(jobs), 'analysis', 'analyses')} on {measurements}.")
            return jobs_run(jobs, by=None)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console()) as progress:
            task = progress.add_task("Running analyses", total=len(jobs))
            return jobs_run(jobs, by=None, on_progress=lambda run: progress.advance(task))

    def _summarise(self, runs: Sequence[AnalysisRun]) -> int:
        """Write what came of each analysis, and why any refused; return how many failed."""
        for name in sorted({run.analysis for run in runs}):
            of_name = [run for run in runs if run.analysis == name]
            counts = Counter(run.status for run in of_name)
            words = ", ".join(f"{counts[status]} {status.label.lower()}" for status in RunStatus if counts[status])
            self.stdout.write(f"{name}: {words}")
            for status in (RunStatus.REFUSED, RunStatus.FAILED):
                reasons = Counter(_reason(run) for run in of_name if run.status == status)
                for reason, count in reasons.most_common():
                    self.stdout.write(f"  {count} {status.label.lower()}: {reason}")
        return sum(run.status == RunStatus.FAILED for run in runs)


def _reason(run: AnalysisRun) -> str:
    """Why it ended so, short and without the names of layers, so that the same reason is counted once."""
    return shorten(NAMES.sub("", run.messages[0]["text"]), LONGEST_REASON, placeholder=" …")


def _parameters(analyses: Sequence[str], given: Sequence[str]) -> dict[str, Any]:
    """The parameters as their types, each known to the one analysis they are for."""
    if not given:
        return {}
    if len(analyses) != 1:
        raise CommandError("--parameter belongs to one analysis: name it with --analysis NAME.")
    analysis: Analysis = plugin_manager.current().analyses[analyses[0]]
    pairs: dict[str, str] = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign:
            raise CommandError(f"--parameter {one} has no value: write --parameter {one}=VALUE.")
        require_known(f"parameter of {analysis.name}", name, [known.name for known in analysis.parameters])
        pairs[name] = value
    try:
        checked = parameters_of(analysis, pairs)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    return {name: checked[name] for name in pairs}
