"""Leases for background jobs: one worker at a time claims a row and extends its lease with a heartbeat.

A worker claims a due row by compare-and-set on its attempt number, which also serves as a fencing token: a worker that
has lost the row to another one, or whose row was queued again, stores nothing.
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
HEARTBEATS_PER_LEASE = 4
CANDIDATES = 10
stop_requested = threading.Event()
"""Set when the process should stop: it finishes the current job and starts no other."""
L = TypeVar("L", bound=Leased)


WorkKind = tuple[Callable[[], Any], Callable[[Any], bool]]
"""Two functions for one kind of job: claim a due row (None if there are none), and process a claimed row."""


def work_until_idle(*kinds: WorkKind) -> int:
    """Process due rows one by one, earlier kinds first, until none are left or a stop is requested.

    Return how many finished.
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
    """Claim the oldest due row; None if there are none. Only one of several competing workers gets it.

    A row is due if it is queued and `ready`, or if the lease of its worker has expired.
    """
    while True:
        now = timezone.now()
        abandoned = Q(status=model.running_status, lease_until__lt=now)
        queued = Q(status=QUEUED)
        due = (queued & ready if ready is not None else queued) | abandoned
        candidates = list(_get_queryset(model).filter(due).order_by("pk").values_list("pk", "attempts")[:CANDIDATES])
        for pk, attempts in candidates:
            updated = (
                _get_queryset(model)
                .filter(queued | abandoned, pk=pk, attempts=attempts)
                .update_untracked(
                    status=model.running_status,
                    attempts=attempts + 1,
                    started_at=now,
                    heartbeat_at=now,
                    lease_until=now + _lease_duration(),
                )
            )
            if updated:
                row: L | None = _get_queryset(model).filter(pk=pk, attempts=attempts + 1).first()
                return row
        if not candidates:
            return None


def holds_lease(row: Leased, attempt: int) -> bool:
    """Whether this attempt still holds the row; within a transaction, no other worker can claim it until the end."""
    own_attempt = _get_queryset(type(row)).filter(
        pk=row.pk, status=row.running_status, attempts=attempt, queued_at=row.queued_at
    )
    is_held = bool(own_attempt.update_untracked(heartbeat_at=timezone.now()))
    if not is_held:
        logger.warning(
            "attempt %s at %s lost its lease to another worker: its result is discarded", attempt, _get_label(row)
        )
    return is_held


def exhausted_attempts(row: Leased) -> str:
    """The number of attempts as text (`3 times`) once the limit is reached; empty before."""
    if row.attempts <= settings.RUN_ATTEMPTS:
        return ""
    return f"{settings.RUN_ATTEMPTS} times" if settings.RUN_ATTEMPTS > 1 else "once"


@contextmanager
def heartbeat(row: Leased) -> Iterator[None]:
    """Extend the lease of this attempt from a background thread while the block runs."""
    done = threading.Event()
    thread = threading.Thread(
        target=_send_heartbeats, args=(row, done), name=f"heartbeat of {_get_label(row)}", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _send_heartbeats(row: Leased, done: threading.Event) -> None:
    own_attempt = _get_queryset(type(row)).filter(
        pk=row.pk, status=row.running_status, attempts=row.attempts, queued_at=row.queued_at
    )
    try:
        while not done.wait(settings.RUN_LEASE_SECONDS / HEARTBEATS_PER_LEASE):
            now = timezone.now()
            try:
                if not own_attempt.update_untracked(heartbeat_at=now, lease_until=now + _lease_duration()):
                    return
            except DatabaseError:
                logger.exception("a heartbeat of %s could not be stored; trying again", _get_label(row))
                connection.close()
    finally:
        connection.close()


def _lease_duration() -> timedelta:
    return timedelta(seconds=settings.RUN_LEASE_SECONDS)


def _get_queryset(model: type[Leased]) -> RecordQuerySet:
    queryset: Any = model._default_manager.all()
    assert isinstance(queryset, RecordQuerySet)
    return queryset


def _get_label(row: Leased) -> str:
    return f"{row._meta.verbose_name} {row.pk}"
