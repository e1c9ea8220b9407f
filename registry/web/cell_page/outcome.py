"""What runs said when they ended, as the page of a cell says it: each thing once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from registry import plugin_loading
from registry.models import AnalysisRun, Measurement, RunStatus
from registry.web.presentation.text import typeset


@dataclass(frozen=True)
class SharedRefusal:
    """One analysis that refused several measurements for the same reason."""

    title: str
    reason: str
    on: tuple[tuple[Measurement, AnalysisRun], ...]


def title_of(run: AnalysisRun) -> str:
    """The analysis's title, or its name if its plugin is gone."""
    analysis = plugin_loading.current().analyses.get(run.analysis)
    return analysis.title if analysis else run.analysis


def reason_of(run: AnalysisRun) -> str:
    """Why a run gave nothing, as a sentence."""
    text = typeset(run.messages[0]["text"])
    return text if text.endswith((".", "?", "!")) else f"{text}."


def warnings_of(runs: Iterable[AnalysisRun]) -> list[tuple[str, list[tuple[str, AnalysisRun]]]]:
    """Each warning with the analyses that gave it."""
    found: dict[str, list[tuple[str, AnalysisRun]]] = defaultdict(list)
    for run in runs:
        for message in run.messages:
            if message["level"] == "warning":
                found[typeset(message["text"])].append((title_of(run), run))
    return list(found.items())


def shared_refusals(runs: Iterable[tuple[Measurement, AnalysisRun]]) -> list[SharedRefusal]:
    """The refusals that several measurements of a cell got alike."""
    alike: dict[tuple[str, str], list[tuple[Measurement, AnalysisRun]]] = defaultdict(list)
    for measurement, run in runs:
        if run.status == RunStatus.REFUSED:
            alike[title_of(run), reason_of(run)].append((measurement, run))
    return [SharedRefusal(title, reason, tuple(on)) for (title, reason), on in alike.items() if len(on) > 1]
