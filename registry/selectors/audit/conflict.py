"""Numbers that contradict each other or a physical limit, by the warnings of runs that name the quantities."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast

from registry.models import AnalysisRun, RunStatus
from registry.models.visibility import AnyUser

QUANTITIES = "quantities"
"""Parameter of a warning that lists the quantities in conflict."""


@dataclass(frozen=True)
class StoredConflict:
    """A warning of the latest run of an analysis, and the quantities that it names."""

    run: AnalysisRun
    code: str
    text: str
    quantities: tuple[str, ...]


def list_conflicts(user: AnyUser | None) -> list[StoredConflict]:
    """All conflicts in the latest runs, in order of cell and measurement; without a `user` (command line), of all."""
    runs = AnalysisRun.objects.all() if user is None else AnalysisRun.objects.visible_to(user)
    # Most runs name no quantities: the database leaves them out before their messages are decoded.
    runs = runs.annotate(text=Cast("messages", TextField())).filter(text__contains=f'"{QUANTITIES}"')
    runs = runs.filter(is_latest=True, status=RunStatus.DONE)
    ordered = runs.select_related("cell", "measurement__cell").order_by("cell", "measurement", "pk")
    return [conflict for run in ordered.defer("inputs", "software") for conflict in _conflicts_of(run)]


def _conflicts_of(run: AnalysisRun) -> Iterator[StoredConflict]:
    for message in run.messages:
        if quantities := get_conflict_quantities(message):
            yield StoredConflict(run, message["code"], message["text"], quantities)


def get_conflict_quantities(message: Mapping[str, Any]) -> tuple[str, ...]:
    """The quantities that a stored message says are in conflict; empty for other messages."""
    quantities = (message.get("parameters") or {}).get(QUANTITIES)
    if message["level"] != "warning" or not isinstance(quantities, list):
        return ()
    return tuple(map(str, quantities))
