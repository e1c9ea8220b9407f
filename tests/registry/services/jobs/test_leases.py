"""Leases: a row belongs to one worker until it finishes or its lease expires."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db.models import Q
from django.utils import timezone

from registry.hookspecs import Analysis
from registry.models import AnalysisRun, Project
from registry.services.jobs.leases import claim_row, exhausted_attempts, holds_lease, work_until_idle
from registry.services.runs.queue import queue_run
from tests import factories


@pytest.fixture
def run(project: Project, analyses: dict[str, Analysis]) -> AnalysisRun:
    measurement = factories.make_measurement(factories.make_pellet(project), technique="eis")
    return queue_run(measurement=measurement, analysis=analyses["doubled-thickness"], by=None)


def claim() -> AnalysisRun:
    run = claim_row(AnalysisRun)
    assert run is not None
    return run


def expire(run: AnalysisRun) -> None:
    AnalysisRun.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_claimed_row_cannot_be_claimed_again(run: AnalysisRun) -> None:
    assert claim().pk == run.pk
    assert claim_row(AnalysisRun) is None


def test_row_that_is_not_ready_is_not_claimed(run: AnalysisRun) -> None:
    assert claim_row(AnalysisRun, ready=Q(analysis="another")) is None


def test_expired_lease_is_lost_to_the_next_worker(run: AnalysisRun) -> None:
    first = claim()
    assert holds_lease(first, first.attempts)
    expire(run)
    second = claim()
    assert (second.attempts, holds_lease(first, 1), holds_lease(second, 2)) == (2, False, True)


def test_attempts_are_exhausted_at_the_limit(run: AnalysisRun, settings: LazySettings) -> None:
    settings.RUN_ATTEMPTS = 1
    assert exhausted_attempts(claim()) == ""
    expire(run)
    assert exhausted_attempts(claim()) == "once"


def test_work_continues_until_no_row_is_due(run: AnalysisRun) -> None:
    assert work_until_idle((lambda: claim_row(AnalysisRun), lambda row: row.pk == run.pk)) == 1


def test_first_kind_of_work_has_priority() -> None:
    letters, numbers, done = ["a", "b"], [1], []

    def pop(items: list[Any]) -> Any:
        return items.pop(0) if items else None

    def perform(item: Any) -> bool:
        done.append(item)
        if item == 1:
            letters.append("c")
        return True

    assert work_until_idle((lambda: pop(letters), perform), (lambda: pop(numbers), perform)) == 4
    assert done == ["a", "b", 1, "c"]


def test_requeued_row_is_lost_to_its_previous_worker(run: AnalysisRun) -> None:
    first = claim()
    AnalysisRun.objects.filter(pk=run.pk).update(status="queued", attempts=0, queued_at=timezone.now())
    second = claim()
    assert (first.attempts, second.attempts) == (1, 1)
    assert (holds_lease(first, 1), holds_lease(second, 1)) == (False, True)
