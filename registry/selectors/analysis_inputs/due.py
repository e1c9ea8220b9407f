"""Analyses that are due: never run, stale, outdated, or with changed parameters."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models import Exists, OuterRef, QuerySet

from registry import plugin_loading
from registry.hookspecs import Analysis
from registry.models import AnalysisRun, Cell, Measurement, TargetKey
from registry.plugin_loading.parameters import Settings, resolve_parameters
from registry.selectors.analysis_inputs.series import fetch_series
from registry.selectors.staleness.outdated import get_outdated_by

MAX_CELLS_IN_FILTER = 200
Reason = Literal["never run", "stale", "parameters changed", "outdated", "source changed", "requested"]
DUE: tuple[Reason, ...] = ("never run", "stale", "parameters changed", "outdated", "source changed")


@dataclass(frozen=True)
class Job:
    """An analysis to run on a measurement, a series or a cell."""

    target: TargetKey
    analysis: Analysis
    reason: Reason
    parameters: Mapping[str, Any] = field(compare=False)
    """Parameters set for the analysis, not yet validated."""

    fixed_conditions: Mapping[str, float] = field(default_factory=dict, compare=False)
    """Of a series, by slug."""

    @property
    def cell(self) -> int:
        return self.target.cell

    @property
    def measurement(self) -> int | None:
        return self.target.measurement

    @property
    def key(self) -> tuple[TargetKey, str]:
        return self.target, self.analysis.name


@dataclass(frozen=True)
class LatestRun:
    """The attributes of a latest run that decide whether it is still current."""

    version: str
    source_hash: str
    parameters: Mapping[str, Any]
    is_stale: bool


@dataclass(frozen=True)
class _Candidate:
    """An analysis offered on a target, with the parameters set on each level."""

    target: TargetKey
    analysis: Analysis
    levels: tuple[Settings, ...]
    fixed_conditions: Mapping[str, float] = field(default_factory=dict)


Row = tuple[int, int, str, Settings, Settings, Settings]
"""A measurement: key, cell, technique, and the parameters set on it, its cell and its project."""


def list_due_jobs(
    measurements: QuerySet[Measurement],
    cells: QuerySet[Cell] | None = None,
    *,
    names: Sequence[str] = (),
    reasons: Sequence[Reason] = DUE,
    everything: bool = False,
) -> list[Job]:
    """Jobs due on these measurements and their cells, and on those of these cells that have no measurement; upstream
    analyses first, of the named analyses or all."""
    plugins = plugin_loading.current()
    analyses = [item for item in plugins.analyses.values() if not names or item.name in names]
    rows = list(
        measurements.order_by("pk").values_list(
            "pk", "cell_id", "technique", "parameters", "cell__parameters", "cell__project__parameters"
        )
    )
    candidates = [
        *_on_measurements(rows, analyses),
        *_on_cells(rows, analyses),
        *_on_series(rows, analyses),
    ]
    bare = [] if cells is None else list(_on_cells_without_measurements(cells, analyses))
    candidates += bare
    latest = _latest_runs({row[1] for row in rows} | {candidate.target.cell for candidate in bare})
    jobs = []
    for candidate in candidates:
        analysis = candidate.analysis
        parameters = resolve_parameters(analysis, *candidate.levels)
        due = due_reasons(latest.get((candidate.target, analysis.name)), analysis, parameters)
        chosen: list[Reason] = [reason for reason in due if everything or reason in reasons]
        if everything or chosen:
            reason: Reason = next(iter(chosen), "requested")
            jobs.append(Job(candidate.target, analysis, reason, parameters, candidate.fixed_conditions))
    return sorted(jobs, key=lambda job: (job.cell, plugins.rank[job.analysis.name]))


def _on_measurements(rows: Sequence[Row], analyses: Sequence[Analysis]) -> Iterator[_Candidate]:
    for pk, cell, technique, own_settings, cell_settings, project_settings in rows:
        for analysis in analyses:
            if analysis.scope == "measurement" and technique in analysis.techniques:
                yield _Candidate(TargetKey(cell, pk), analysis, (project_settings, cell_settings, own_settings))


def _on_cells(rows: Sequence[Row], analyses: Sequence[Analysis]) -> Iterator[_Candidate]:
    cell_analyses = [item for item in analyses if item.scope == "cell"]
    if not cell_analyses:
        return
    settings = _settings_of_cells(rows)
    for cell, number in _count_techniques(set(settings)).items():
        for analysis in cell_analyses:
            if sum(number[technique] for technique in analysis.techniques) >= analysis.min_measurements:
                yield _Candidate(TargetKey(cell), analysis, settings[cell])


def _on_cells_without_measurements(cells: QuerySet[Cell], analyses: Sequence[Analysis]) -> Iterator[_Candidate]:
    """The analyses that read only a cell and its layers."""
    offered = [item for item in analyses if item.scope == "cell" and not item.min_measurements]
    if not offered:
        return
    alone = cells.filter(~Exists(Measurement.objects.filter(cell=OuterRef("pk")))).order_by("pk")
    for pk, cell_settings, project_settings in alone.values_list("pk", "parameters", "project__parameters"):
        for analysis in offered:
            yield _Candidate(TargetKey(pk), analysis, (project_settings, cell_settings))


def _on_series(rows: Sequence[Row], analyses: Sequence[Analysis]) -> Iterator[_Candidate]:
    settings = _settings_of_cells(rows)
    cells = set(settings) if len(settings) <= MAX_CELLS_IN_FILTER else None
    for series, analysis in fetch_series(analyses, cells):
        if series.cell in settings:
            key = TargetKey(series.cell, series=series.key)
            yield _Candidate(key, analysis, settings[series.cell], series.fixed)


def _settings_of_cells(rows: Sequence[Row]) -> dict[int, tuple[Settings, ...]]:
    """The parameters set for the project and the cell, by cell."""
    return {cell: (project_settings, cell_settings) for _, cell, _, _, cell_settings, project_settings in rows}


def due_reasons(run: LatestRun | None, analysis: Analysis, parameters: Mapping[str, Any]) -> list[Reason]:
    """Every reason the analysis is due; none if its result is current."""
    if run is None:
        return ["never run"]
    outdated_by = get_outdated_by(analysis.name, run.version, run.source_hash)
    reasons: dict[Reason, bool] = {
        "outdated": outdated_by == "version",
        "source changed": outdated_by == "source changed",
        "parameters changed": run.parameters != parameters,
        "stale": run.is_stale,
    }
    return [reason for reason, applies in reasons.items() if applies]


def _latest_runs(cells: set[int]) -> dict[tuple[TargetKey, str], LatestRun]:
    runs = AnalysisRun.objects.filter(is_latest=True)
    if len(cells) <= MAX_CELLS_IN_FILTER:
        runs = runs.filter(cell__in=cells)
    columns = (
        "cell_id", "measurement_id", "series", "analysis", "version", "source_hash", "parameters", "stale_since",
    )  # fmt: skip
    return {
        (TargetKey(cell, measurement, series), analysis): LatestRun(
            version, source_hash, parameters, stale_since is not None
        )
        for cell, measurement, series, analysis, version, source_hash, parameters, stale_since in runs.values_list(
            *columns
        )
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
