"""Reasons and warnings of runs on the cell page, each shown once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from registry import plugin_loading
from registry.models import AnalysisRun, Measurement, RunStatus
from registry.web.presentation.text import format_fixed_conditions, typeset


class ShownOffer(NamedTuple):
    """A button that makes a change of a parameter: the run that offers it, and the places of message and offer."""

    run: int
    message: int
    offer: int
    label: str


class ShownMessage(NamedTuple):
    """A message as it is shown: the sentence, its code, and the changes of parameters it offers."""

    text: str
    code: str
    offers: tuple[ShownOffer, ...] = ()


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
    message = _typeset(run, 0)
    return message if message.text.endswith((".", "?", "!")) else message._replace(text=f"{message.text}.")


def list_offers(run: AnalysisRun, message: int) -> tuple[ShownOffer, ...]:
    """The changes a message offers, if the run is neither old nor to be repeated: they would undo later changes."""
    is_current = run.is_latest and run.stale_since is None
    offers = run.messages[message].get("offers", []) if is_current else []
    return tuple(ShownOffer(run.pk, message, index, offer["label"]) for index, offer in enumerate(offers))


def _typeset(run: AnalysisRun, message: int) -> ShownMessage:
    stored = run.messages[message]
    return ShownMessage(typeset(stored["text"]), stored["code"], list_offers(run, message))


def group_warnings(runs: Iterable[AnalysisRun]) -> list[tuple[ShownMessage, list[tuple[str, AnalysisRun]]]]:
    """Each warning with the analyses that raised it."""
    return _grouped(runs, lambda message: message["level"] == "warning")


def group_notes_with_offers(runs: Iterable[AnalysisRun]) -> list[tuple[ShownMessage, list[tuple[str, AnalysisRun]]]]:
    """Each message that is no warning but offers a change, with its analysis."""
    return _grouped(runs, lambda message: message["level"] != "warning" and bool(message.get("offers")))


def _grouped(
    runs: Iterable[AnalysisRun], is_shown: Callable[[Mapping[str, Any]], bool]
) -> list[tuple[ShownMessage, list[tuple[str, AnalysisRun]]]]:
    grouped: dict[ShownMessage, list[tuple[str, AnalysisRun]]] = defaultdict(list)
    for run in runs:
        for index, message in enumerate(run.messages):
            if is_shown(message):
                grouped[_typeset(run, index)].append((get_analysis_title(run), run))
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
