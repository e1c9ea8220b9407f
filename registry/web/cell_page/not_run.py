"""Analyses that apply to what was measured on a cell and have no run yet."""

from collections import Counter
from collections.abc import Iterable, Sequence

from registry import plugin_loading
from registry.hookspecs import Analysis
from registry.models import AnalysisRun, Measurement
from registry.selectors.analysis_inputs.series import build_series, series_analyses


def list_not_run(scope: str, techniques: Counter[str], runs: Iterable[AnalysisRun]) -> list[Analysis]:
    """Analyses that apply to these techniques at this scope and have no run."""
    names = {run.analysis for run in runs}
    return [
        analysis
        for analysis in plugin_loading.current().analyses.values()
        if analysis.scope == scope
        and analysis.name not in names
        and sum(techniques[technique] for technique in analysis.techniques)
        >= (analysis.min_measurements if scope == "cell" else 1)
    ]


def list_series_not_run(measurements: Sequence[Measurement], runs: Iterable[AnalysisRun]) -> list[Analysis]:
    """Series analyses without a run on one of the series of these measurements."""
    have_run = {(run.analysis, run.series) for run in runs}
    return [
        analysis
        for over, analyses in series_analyses().items()
        for series in build_series(measurements, over)
        for analysis in analyses
        if series.suits(analysis) and (analysis.name, series.key) not in have_run
    ]
