"""Analyses that are due: never run, stale, outdated, or with changed parameters."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models import QuerySet

from registry import plugin_loading
from registry.hookspecs import Analysis
from registry.models import AnalysisRun, Measurement
from registry.plugin_loading.parameters import Settings, resolve_parameters
from registry.selectors.analysis_inputs.targets import Key

MAX_CELLS_IN_FILTER = 200
Reason = Literal["never run", "stale", "parameters changed", "outdated", "source changed", "requested"]
DUE: tuple[Reason, ...] = ("never run", "stale", "parameters changed", "outdated", "source changed")


@dataclass(frozen=True)
class Job:
    """An analysis to run on a measurement or a cell."""

    cell: int
    measurement: int | None
    analysis: Analysis
    reason: Reason
    parameters: Mapping[str, Any] = field(compare=False)
    """Parameters set for the analysis, not yet validated."""

    @property
    def target(self) -> Key:
        return self.cell, self.measurement

    @property
    def key(self) -> tuple[Key, str]:
        return self.target, self.analysis.name


@dataclass(frozen=True)
class _LatestRun:
    """The attributes of a latest run that decide whether it is still current."""

    version: str
    source_hash: str
    parameters: Mapping[str, Any]
    is_stale: bool


def list_due_jobs(
    measurements: QuerySet[Measurement],
    *,
    names: Sequence[str] = (),
    reasons: Sequence[Reason] = DUE,
    everything: bool = False,
) -> list[Job]:
    """Jobs due on these measurements and their cells, upstream analyses first; of the named analyses or all."""
    plugins = plugin_loading.current()
    analyses = [item for item in plugins.analyses.values() if not names or item.name in names]
    rows = list(
        measurements.order_by("pk").values_list(
            "pk", "cell_id", "technique", "parameters", "cell__parameters", "cell__project__parameters"
        )
    )
    targets: list[tuple[Key, Analysis, tuple[Settings, ...]]] = []
    for pk, cell, technique, own_settings, cell_settings, project_settings in rows:
        for analysis in analyses:
            if analysis.scope == "measurement" and technique in analysis.techniques:
                targets.append(((cell, pk), analysis, (project_settings, cell_settings, own_settings)))
    cell_analyses = [item for item in analyses if item.scope == "cell"]
    if cell_analyses:
        counts = _count_techniques({row[1] for row in rows})
        settings = {row[1]: (row[5], row[4]) for row in rows}
        for cell, number in counts.items():
            for analysis in cell_analyses:
                if sum(number[technique] for technique in analysis.techniques) >= analysis.min_measurements:
                    targets.append(((cell, None), analysis, settings[cell]))
    latest = _latest_runs({row[1] for row in rows})
    jobs = []
    for target, analysis, levels in targets:
        parameters = resolve_parameters(analysis, *levels)
        due = _due_reasons(latest.get((target, analysis.name)), analysis, parameters)
        chosen: list[Reason] = [reason for reason in due if everything or reason in reasons]
        if everything or chosen:
            jobs.append(Job(*target, analysis, next(iter(chosen), "requested"), parameters))
    return sorted(jobs, key=lambda job: (job.cell, plugins.rank[job.analysis.name]))


def _due_reasons(run: _LatestRun | None, analysis: Analysis, parameters: Mapping[str, Any]) -> list[Reason]:
    """Every reason the analysis is due; none if its result is current."""
    if run is None:
        return ["never run"]
    outdated_by = plugin_loading.current().outdated_by(analysis.name, run.version, run.source_hash)
    reasons: dict[Reason, bool] = {
        "outdated": outdated_by == "version",
        "source changed": outdated_by == "source changed",
        "parameters changed": run.parameters != parameters,
        "stale": run.is_stale,
    }
    return [reason for reason, applies in reasons.items() if applies]


def _latest_runs(cells: set[int]) -> dict[tuple[Key, str], _LatestRun]:
    runs = AnalysisRun.objects.filter(is_latest=True)
    if len(cells) <= MAX_CELLS_IN_FILTER:
        runs = runs.filter(cell__in=cells)
    columns = ("cell_id", "measurement_id", "analysis", "version", "source_hash", "parameters", "stale_since")
    return {
        ((cell, measurement), analysis): _LatestRun(version, source_hash, parameters, stale_since is not None)
        for cell, measurement, analysis, version, source_hash, parameters, stale_since in runs.values_list(*columns)
    }


def _count_techniques(cells: set[int]) -> dict[int, Counter[str]]:
    """Number of measurements per technique for each cell."""
    measurements = Measurement.objects.order_by("cell_id")
    if len(cells) <= MAX_CELLS_IN_FILTER:
        measurements = measurements.filter(cell__in=cells)
    counts: dict[int, Counter[str]] = {}
    for cell, technique in measurements.values_list("cell_id", "technique"):
        if cell in cells:
            counts.setdefault(cell, Counter())[technique] += 1
    return counts
