"""A lease: one worker has a row until it ends or falls silent."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db.models import Q
from django.utils import timezone

from registry.hookspecs import Analysis
from registry.models import AnalysisRun, Project
from registry.services.leases import claim_row, exhausted_attempts, holds_lease, work_until_idle
from registry.services.runs.queue import queue_run
from tests import factories


@pytest.fixture
def run(project: Project, analyses: dict[str, Analysis]) -> AnalysisRun:
    measurement = factories.make_measurement(factories.make_pellet(project), technique="eis")
    return queue_run(measurement=measurement, analysis=analyses["doubled-thickness"], by=None)


def claimed() -> AnalysisRun:
    taken = claim_row(AnalysisRun)
    assert taken is not None
    return taken


def silence(run: AnalysisRun) -> None:
    AnalysisRun.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_row_that_was_taken_is_nobody_elses(run: AnalysisRun) -> None:
    assert claimed().pk == run.pk
    assert claim_row(AnalysisRun) is None


def test_a_row_that_is_not_ready_waits(run: AnalysisRun) -> None:
    assert claim_row(AnalysisRun, ready=Q(analysis="another")) is None


def test_whoever_fell_silent_has_lost_the_row(run: AnalysisRun) -> None:
    first = claimed()
    assert holds_lease(first, first.attempts)
    silence(run)
    second = claimed()
    assert (second.attempts, holds_lease(first, 1), holds_lease(second, 2)) == (2, False, True)


def test_attempts_are_spent_after_as_many_as_are_allowed(run: AnalysisRun, settings: LazySettings) -> None:
    settings.RUN_ATTEMPTS = 1
    assert exhausted_attempts(claimed()) == ""
    silence(run)
    assert exhausted_attempts(claimed()) == "once"


def test_work_goes_on_until_nothing_is_due(run: AnalysisRun) -> None:
    assert work_until_idle((lambda: claim_row(AnalysisRun), lambda row: row.pk == run.pk)) == 1


def test_the_first_kind_of_work_goes_before_the_second() -> None:
    letters, numbers, done = ["a", "b"], [1], []

    def take(things: list[Any]) -> Any:
        return things.pop(0) if things else None

    def note(thing: Any) -> bool:
        done.append(thing)
        if thing == 1:
            letters.append("c")
        return True

    assert work_until_idle((lambda: take(letters), note), (lambda: take(numbers), note)) == 4
    assert done == ["a", "b", 1, "c"]


def test_a_row_queued_anew_is_lost_to_who_had_it(run: AnalysisRun) -> None:
    first = claimed()
    AnalysisRun.objects.filter(pk=run.pk).update(status="queued", attempts=0, queued_at=timezone.now())
    second = claimed()
    assert (first.attempts, second.attempts) == (1, 1)
    assert (holds_lease(first, 1), holds_lease(second, 1)) == (False, True)
