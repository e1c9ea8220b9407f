"""Reasons and warnings of runs on the cell page, each shown once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from registry import plugin_loading
from registry.models import AnalysisRun, Measurement, RunStatus
from registry.selectors.audit.conflict import get_conflict_quantities
from registry.web.cell_page.remedy import Remedy, get_remedy
from registry.web.presentation.text import format_fixed_conditions, typeset

IMPOSSIBLE = frozenset({"larger-than-the-die", "porosity-impossible"})
"""Codes of warnings of numbers that cannot be, whatever the measurement."""


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
    others: tuple[str, ...] = ()
    """Sentences of further messages of the same kind, whose offers are here too."""
    quantities: tuple[str, ...] = ()
    """Quantities that contradict each other or a physical limit."""

    @property
    def is_conflict(self) -> bool:
        """Whether it says that a number cannot be right, which is shown without a fold."""
        return bool(self.quantities) or self.code in IMPOSSIBLE


RunsOf = list[tuple[str, AnalysisRun]]
MANY = 3
"""Messages of one kind from which on they are shown as one."""


@dataclass(frozen=True)
class RefusedFor:
    """Analyses that gave no result for the same reason."""

    reason: ShownMessage
    runs: tuple[tuple[str, AnalysisRun], ...]
    """Title of the analysis, and its run."""
    remedy: Remedy | None = None
    """Where to enter what is missing."""


@dataclass(frozen=True)
class SharedRefusal:
    """Analyses that refused several measurements for the same reason."""

    titles: tuple[str, ...]
    reason: ShownMessage
    runs: tuple[tuple[Measurement, AnalysisRun], ...]

    @property
    def remedy(self) -> Remedy | None:
        """Where to enter what is missing for the first of them."""
        return get_remedy(self.runs[0][1])


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
    shown = ShownMessage(typeset(stored["text"]), stored["code"], list_offers(run, message))
    return shown._replace(quantities=get_conflict_quantities(stored))


def group_warnings(runs: Iterable[AnalysisRun]) -> list[tuple[ShownMessage, RunsOf]]:
    """Each warning with the analyses that raised it."""
    return _grouped(runs, lambda message: message["level"] == "warning")


def group_notes_with_offers(runs: Iterable[AnalysisRun]) -> list[tuple[ShownMessage, RunsOf]]:
    """Each message that is not a warning but offers a change, with its analysis."""
    return _grouped(runs, lambda message: message["level"] != "warning" and bool(message.get("offers")))


def _grouped(
    runs: Iterable[AnalysisRun], is_shown: Callable[[Mapping[str, Any]], bool]
) -> list[tuple[ShownMessage, RunsOf]]:
    """Equal messages as one, with the offers of each analysis, and many of one kind as one."""
    grouped: dict[tuple[str, str], list[tuple[str, AnalysisRun, ShownMessage]]] = defaultdict(list)
    for run in runs:
        for index, message in enumerate(run.messages):
            if is_shown(message):
                shown = _typeset(run, index)
                grouped[shown.text, shown.code].append((get_analysis_title(run), run, shown))
    return _many_as_one([_equal_as_one(equal) for equal in grouped.values()])


def _equal_as_one(equal: list[tuple[str, AnalysisRun, ShownMessage]]) -> tuple[ShownMessage, RunsOf]:
    """One message for several equal ones; the buttons of several analyses name them."""
    message, runs = equal[0][2], [(title, run) for title, run, _ in equal]
    if len(equal) == 1 or not message.offers:
        return message, runs
    offers = (offer._replace(label=f"{offer.label} ({title})") for title, _, shown in equal for offer in shown.offers)
    return message._replace(offers=tuple(offers)), runs


def _many_as_one(messages: Sequence[tuple[ShownMessage, RunsOf]]) -> list[tuple[ShownMessage, RunsOf]]:
    """Many messages of one kind by the same analyses as one, which has all buttons."""
    kinds: dict[tuple[str, tuple[str, ...]], list[tuple[ShownMessage, RunsOf]]] = defaultdict(list)
    for message, runs in messages:
        kinds[message.code, tuple(title for title, _ in runs)].append((message, runs))
    shown = []
    for alike in kinds.values():
        if len(alike) < MANY:
            shown += alike
            continue
        (first, runs), others = alike[0], alike[1:]
        offers = tuple(offer for message, _ in alike for offer in message.offers)
        shown.append((first._replace(offers=offers, others=tuple(message.text for message, _ in others)), runs))
    return shown


def group_refusals(runs: Iterable[AnalysisRun]) -> list[RefusedFor]:
    """Refused runs by their reason, in order."""
    grouped: dict[ShownMessage, list[AnalysisRun]] = defaultdict(list)
    for run in runs:
        grouped[get_reason(run)].append(run)
    return [
        RefusedFor(reason, tuple((get_analysis_title(run), run) for run in refused), get_remedy(refused[0]))
        for reason, refused in grouped.items()
    ]


def list_shared_refusals(runs: Iterable[tuple[Measurement, AnalysisRun]]) -> list[SharedRefusal]:
    """Refusals of several measurements by the same analyses for the same reason."""
    grouped: dict[tuple[str, ShownMessage], list[tuple[Measurement, AnalysisRun]]] = defaultdict(list)
    for measurement, run in runs:
        if run.status == RunStatus.REFUSED:
            grouped[get_analysis_title(run), get_reason(run)].append((measurement, run))
    shared: dict[tuple[ShownMessage, tuple[str, ...]], list[SharedRefusal]] = defaultdict(list)
    for (title, reason), refused in grouped.items():
        if len(refused) > 1:
            of = tuple(measurement.refcode for measurement, _ in refused)
            shared[reason, of].append(SharedRefusal((title,), reason, tuple(refused)))
    return [
        replace(alike[0], titles=tuple(title for refusal in alike for title in refusal.titles))
        for alike in shared.values()
    ]
