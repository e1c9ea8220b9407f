"""Refusals of analyses that do not apply to what was measured, by the codes that each analysis names."""

from registry import plugin_loading
from registry.models import AnalysisRun


def get_code(run: AnalysisRun) -> str:
    """The code of the reason of a refused run; empty if it has none."""
    return str(run.messages[0]["code"]) if run.messages else ""


def does_not_apply(run: AnalysisRun) -> bool:
    """Whether a refused analysis is not meant for the measurement or cell, and offers no change that would make it."""
    if not run.messages or run.messages[0].get("offers"):
        return False
    analysis = plugin_loading.current().analyses.get(run.analysis)
    return analysis is not None and get_code(run) in analysis.not_applicable
