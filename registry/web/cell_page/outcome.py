"""Reasons and warnings of runs on the cell page, each shown once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from registry import plugin_loading
from registry.models import AnalysisRun, Measurement, RunStatus
from registry.web.presentation.text import format_fixed_conditions, typeset


class ShownMessage(NamedTuple):
    """A message as it is shown: the sentence and its code."""

    text: str
    code: str


@dataclass(frozen=True)
class SharedRefusal:
    """An analysis that refused several measurements for the same reason."""

    title: str
    reason: ShownMessage
    runs: tuple[tuple[Measurement, AnalysisRun], ...]


def get_analysis_title(run: AnalysisRun) -> str:
    """The title of the analysis, or its name if its plugin is not loaded; for a series with its fixed conditions."""
    analysis = plugin_loading.current().analyses.get(run.analysis)
    title = analysis.title if analysis else run.analysis
    return f"{title} at {format_fixed_conditions(run.fixed_conditions)}" if run.fixed_conditions else title


def get_reason(run: AnalysisRun) -> ShownMessage:
    """Why a run has no results, as a sentence."""
    message = _typeset(run.messages[0])
    return message if message.text.endswith((".", "?", "!")) else message._replace(text=f"{message.text}.")


def _typeset(message: Mapping[str, Any]) -> ShownMessage:
    return ShownMessage(typeset(message["text"]), message["code"])


def group_warnings(runs: Iterable[AnalysisRun]) -> list[tuple[ShownMessage, list[tuple[str, AnalysisRun]]]]:
    """Each warning with the analyses that raised it."""
    grouped: dict[ShownMessage, list[tuple[str, AnalysisRun]]] = defaultdict(list)
    for run in runs:
        for message in run.messages:
            if message["level"] == "warning":
                grouped[_typeset(message)].append((get_analysis_title(run), run))
    return list(grouped.items())


def list_shared_refusals(runs: Iterable[tuple[Measurement, AnalysisRun]]) -> list[SharedRefusal]:
    """Refusals of several measurements by the same analysis for the same reason."""
    grouped: dict[tuple[str, ShownMessage], list[tuple[Measurement, AnalysisRun]]] = defaultdict(list)
    for measurement, run in runs:
        if run.status == RunStatus.REFUSED:
            grouped[get_analysis_title(run), get_reason(run)].append((measurement, run))
    return [
        SharedRefusal(title, reason, tuple(refused)) for (title, reason), refused in grouped.items() if len(refused) > 1
    ]
