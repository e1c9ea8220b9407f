"""Which analyses are to run: those never run, those whose inputs or parameters changed, and outdated ones."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models import QuerySet

from registry import plugin_loading
from registry.hookspecs import Analysis
from registry.models import AnalysisRun, Measurement
from registry.plugin_loading.parameters import Settings, resolved
from registry.selectors.analysis_inputs.targets import Key

FEW = 200
Why = Literal["never run", "stale", "parameters changed", "outdated", "asked for"]


@dataclass(frozen=True)
class Job:
    """One analysis to run on one measurement, or on a cell as a whole."""

    cell: int
    measurement: int | None
    analysis: Analysis
    reason: Why
    parameters: Mapping[str, Any] = field(compare=False)
    """What is set for the analysis there, not yet checked against its bounds."""

    @property
    def target(self) -> Key:
        return self.cell, self.measurement

    @property
    def key(self) -> tuple[Key, str]:
        return self.target, self.analysis.name


@dataclass(frozen=True)
class _Latest:
    """What decides whether a run still stands."""

    version: str
    parameters: Mapping[str, Any]
    is_stale: bool


def list_due_jobs(
    measurements: QuerySet[Measurement],
    *,
    names: Sequence[str] = (),
    reasons: Sequence[Why] = ("never run", "stale", "parameters changed", "outdated"),
    everything: bool = False,
) -> list[Job]:
    """What is to run on these measurements and on their cells, upstream first; of the analyses named, or of all."""
    plugins = plugin_loading.current()
    analyses = [item for item in plugins.analyses.values() if not names or item.name in names]
    rows = list(
        measurements.order_by("pk").values_list(
            "pk", "cell_id", "technique", "parameters", "cell__parameters", "cell__project__parameters"
        )
    )
    targets: list[tuple[Key, Analysis, tuple[Settings, ...]]] = []
    for pk, cell, technique, own, of_cell, of_project in rows:
        for analysis in analyses:
            if analysis.scope == "measurement" and technique in analysis.techniques:
                targets.append(((cell, pk), analysis, (of_project, of_cell, own)))
    whole = [entry for entry in analyses if entry.scope == "cell"]
    if whole:
        counts = _techniques({row[1] for row in rows})
        settings = {row[1]: (row[5], row[4]) for row in rows}
        for cell, counted in counts.items():
            for analysis in whole:
                if sum(counted[technique] for technique in analysis.techniques) >= analysis.min_measurements:
                    targets.append(((cell, None), analysis, settings[cell]))
    latest = _latest({row[1] for row in rows})
    jobs = []
    for target, analysis, levels in targets:
        parameters = resolved(analysis, *levels)
        reason = _why(latest.get((target, analysis.name)), analysis, parameters)
        if everything or reason in reasons:
            jobs.append(Job(*target, analysis, reason or "asked for", parameters))
    return sorted(jobs, key=lambda job: (job.cell, plugins.rank[job.analysis.name]))


def _why(run: _Latest | None, analysis: Analysis, parameters: Mapping[str, Any]) -> Why | None:
    """Why the analysis is to run; None if its result stands."""
    if run is None:
        return "never run"
    if run.version != analysis.version:
        return "outdated"
    if run.parameters != parameters:
        return "parameters changed"
    return "stale" if run.is_stale else None


def _latest(cells: set[int]) -> dict[tuple[Key, str], _Latest]:
    runs = AnalysisRun.objects.filter(is_latest=True)
    if len(cells) <= FEW:
        runs = runs.filter(cell__in=cells)
    found = runs.values_list("cell_id", "measurement_id", "analysis", "version", "parameters", "stale_since")
    return {
        ((cell, measurement), analysis): _Latest(version, parameters, stale_since is not None)
        for cell, measurement, analysis, version, parameters, stale_since in found
    }


def _techniques(cells: set[int]) -> dict[int, Counter[str]]:
    """How many measurements of each technique each cell has."""
    found = Measurement.objects.order_by("cell_id")
    if len(cells) <= FEW:
        found = found.filter(cell__in=cells)
    counts: dict[int, Counter[str]] = {}
    for cell, technique in found.values_list("cell_id", "technique"):
        if cell in cells:
            counts.setdefault(cell, Counter())[technique] += 1
    return counts
