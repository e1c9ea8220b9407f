"""Work in the background, whatever its kind: a row is taken by one worker at a time, which keeps saying that it lives.

A worker takes one due row by compare-and-set, and the number of the attempt since it was queued fences it: whoever
finds at the end that another has taken the row up, or that it was queued anew, writes nothing.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Q
from django.db.models.expressions import Combinable
from django.utils import timezone

from registry.models.lease import QUEUED, Leased
from registry.models.record import RecordQuerySet

logger = logging.getLogger(__name__)
BEATS_A_LEASE = 4
CANDIDATES = 10
stop_requested = threading.Event()
"""Set when this process is to end: the work at hand is finished, no other is begun."""
L = TypeVar("L", bound=Leased)


WorkKind = tuple[Callable[[], Any], Callable[[Any], bool]]
"""How to claim a row of one kind, None if none is due, and how to see it to its end."""


def work_until_idle(*kinds: WorkKind) -> int:
    """Do what is due, one after the other and of the first kind first, until nothing is or this process is to end.

    Return how many ended.
    """
    ended = 0
    while not stop_requested.is_set():
        for claim, perform in kinds:
            if (row := claim()) is not None:
                ended += perform(row)
                break
        else:
            break
    return ended


def claim_row(model: type[L], *, ready: Q | Combinable | None = None) -> L | None:
    """Take the oldest row that is due, or None if none is. Of several workers that try, one gets it.

    Due is what is queued and `ready`, and what another took and let the lease run out of.
    """
    while True:
        now = timezone.now()
        abandoned = Q(status=model.running_status, lease_until__lt=now)
        queued = Q(status=QUEUED)
        due = (queued & ready if ready is not None else queued) | abandoned
        candidates = list(_rows(model).filter(due).order_by("pk").values_list("pk", "attempts")[:CANDIDATES])
        for pk, attempts in candidates:
            taken = (
                _rows(model)
                .filter(queued | abandoned, pk=pk, attempts=attempts)
                .update_untracked(
                    status=model.running_status,
                    attempts=attempts + 1,
                    started_at=now,
                    heartbeat_at=now,
                    lease_until=now + _lease(),
                )
            )
            if taken:
                found: L | None = _rows(model).filter(pk=pk, attempts=attempts + 1).first()
                return found
        if not candidates:
            return None


def holds_lease(row: Leased, attempt: int) -> bool:
    """Whether this attempt still has the row; within a transaction, nobody else can take it until that ends."""
    mine = _rows(type(row)).filter(pk=row.pk, status=row.running_status, attempts=attempt, queued_at=row.queued_at)
    held = bool(mine.update_untracked(heartbeat_at=timezone.now()))
    if not held:
        logger.warning("attempt %s at %s ended after another had taken it up: nothing is kept", attempt, _named(row))
    return held


def exhausted_attempts(row: Leased) -> str:
    """How often workers ended over a row, in words, once that was as often as is allowed; empty before."""
    if row.attempts <= settings.RUN_ATTEMPTS:
        return ""
    return f"{settings.RUN_ATTEMPTS} times" if settings.RUN_ATTEMPTS > 1 else "once"


@contextmanager
def heartbeat(row: Leased) -> Iterator[None]:
    """Extend the lease of this attempt from a thread of its own for as long as the block runs."""
    done = threading.Event()
    thread = threading.Thread(target=_beat, args=(row, done), name=f"heartbeat of {_named(row)}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _beat(row: Leased, done: threading.Event) -> None:
    mine = _rows(type(row)).filter(pk=row.pk, status=row.running_status, attempts=row.attempts, queued_at=row.queued_at)
    try:
        while not done.wait(settings.RUN_LEASE_SECONDS / BEATS_A_LEASE):
            now = timezone.now()
            try:
                if not mine.update_untracked(heartbeat_at=now, lease_until=now + _lease()):
                    return
            except DatabaseError:
                logger.exception("a heartbeat of %s was not taken; the next may be", _named(row))
                connection.close()
    finally:
        connection.close()


def _lease() -> timedelta:
    return timedelta(seconds=settings.RUN_LEASE_SECONDS)


def _rows(model: type[Leased]) -> RecordQuerySet:
    found: Any = model._default_manager.all()
    assert isinstance(found, RecordQuerySet)
    return found


def _named(row: Leased) -> str:
    return f"{row._meta.verbose_name} {row.pk}"
