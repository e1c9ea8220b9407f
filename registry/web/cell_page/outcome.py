"""Reasons and warnings of runs on the cell page, each shown once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from registry import plugin_loading
from registry.models import AnalysisRun, Measurement, RunStatus
from registry.web.presentation.text import format_fixed_conditions, typeset


@dataclass(frozen=True)
class SharedRefusal:
    """An analysis that refused several measurements for the same reason."""

    title: str
    reason: str
    runs: tuple[tuple[Measurement, AnalysisRun], ...]


def get_analysis_title(run: AnalysisRun) -> str:
    """The title of the analysis, or its name if its plugin is not loaded; for a series with its fixed conditions."""
    analysis = plugin_loading.current().analyses.get(run.analysis)
    title = analysis.title if analysis else run.analysis
    return f"{title} at {format_fixed_conditions(run.fixed_conditions)}" if run.fixed_conditions else title


def get_reason(run: AnalysisRun) -> str:
    """Why a run has no results, as a sentence."""
    text = typeset(run.messages[0]["text"])
    return text if text.endswith((".", "?", "!")) else f"{text}."


def group_warnings(runs: Iterable[AnalysisRun]) -> list[tuple[str, list[tuple[str, AnalysisRun]]]]:
    """Each warning with the analyses that raised it."""
    grouped: dict[str, list[tuple[str, AnalysisRun]]] = defaultdict(list)
    for run in runs:
        for message in run.messages:
            if message["level"] == "warning":
                grouped[typeset(message["text"])].append((get_analysis_title(run), run))
    return list(grouped.items())


def list_shared_refusals(runs: Iterable[tuple[Measurement, AnalysisRun]]) -> list[SharedRefusal]:
    """Refusals of several measurements by the same analysis for the same reason."""
    grouped: dict[tuple[str, str], list[tuple[Measurement, AnalysisRun]]] = defaultdict(list)
    for measurement, run in runs:
        if run.status == RunStatus.REFUSED:
            grouped[get_analysis_title(run), get_reason(run)].append((measurement, run))
    return [
        SharedRefusal(title, reason, tuple(refused)) for (title, reason), refused in grouped.items() if len(refused) > 1
    ]
