"""A lease: one worker has a row until it ends or falls silent."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db.models import Q
from django.utils import timezone

from registry.hookspecs import Analysis
from registry.models import AnalysisRun, Project
from registry.services.lease import attempts_spent, lease_claim, lease_held, lease_work
from registry.services.queue import run_queue
from tests import factories


@pytest.fixture
def run(project: Project, analyses: dict[str, Analysis]) -> AnalysisRun:
    measurement = factories.make_measurement(factories.make_pellet(project), technique="eis")
    return run_queue(measurement=measurement, analysis=analyses["doubled-thickness"], by=None)


def claimed() -> AnalysisRun:
    taken = lease_claim(AnalysisRun)
    assert taken is not None
    return taken


def silence(run: AnalysisRun) -> None:
    AnalysisRun.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_row_that_was_taken_is_nobody_elses(run: AnalysisRun) -> None:
    assert claimed().pk == run.pk
    assert lease_claim(AnalysisRun) is None


def test_a_row_that_is_not_ready_waits(run: AnalysisRun) -> None:
    assert lease_claim(AnalysisRun, ready=Q(analysis="another")) is None


def test_whoever_fell_silent_has_lost_the_row(run: AnalysisRun) -> None:
    first = claimed()
    assert lease_held(first, first.attempts)
    silence(run)
    second = claimed()
    assert (second.attempts, lease_held(first, 1), lease_held(second, 2)) == (2, False, True)


def test_attempts_are_spent_after_as_many_as_are_allowed(run: AnalysisRun, settings: LazySettings) -> None:
    settings.RUN_ATTEMPTS = 1
    assert attempts_spent(claimed()) == ""
    silence(run)
    assert attempts_spent(claimed()) == "once"


def test_work_goes_on_until_nothing_is_due(run: AnalysisRun) -> None:
    assert lease_work(lambda: lease_claim(AnalysisRun), lambda row: row.pk == run.pk) == 1
