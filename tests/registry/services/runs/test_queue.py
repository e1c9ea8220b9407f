"""Background runs: the row is the truth, taken by one worker at a time, and written once when it ends."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from registry import plugin_loading
from registry.hookspecs import Analysis
from registry.models import AnalysisRun, Layer, Measurement, Project
from registry.services.background import do_due_work
from registry.services.files.upload import upload_file
from registry.services.leases import stop_requested
from registry.services.record import save_record
from registry.services.run_requests import request_run
from registry.services.runs.queue import (
    claim_run,
    compute_result,
    do_due_runs,
    finish_run,
    perform_run,
    queue_measurement,
    queue_run,
)
from tests import factories

Analyses = dict[str, Analysis]


@pytest.fixture
def measurement(project: Project) -> Measurement:
    return factories.make_measurement(factories.make_pellet(project), technique="eis")


@pytest.fixture
def run(measurement: Measurement, analyses: Analyses) -> AnalysisRun:
    return queue_run(measurement=measurement, analysis=analyses["doubled-thickness"], by=None)


def again(run: AnalysisRun) -> AnalysisRun:
    return AnalysisRun.objects.get(pk=run.pk)


def expire(run: AnalysisRun) -> None:
    AnalysisRun.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_queued_run_gives_nothing_yet(run: AnalysisRun) -> None:
    assert (run.status, run.is_latest, run.finished_at, run.values.count()) == ("queued", False, None, 0)


def test_a_worker_runs_what_is_queued_and_fills_the_row_once(run: AnalysisRun) -> None:
    assert do_due_runs() == 1
    run = again(run)
    assert (run.status, run.is_latest, run.attempts, run.lease_until) == ("done", True, 1, None)
    assert run.values.get().is_latest
    assert do_due_runs() == 0


def test_the_earlier_result_stands_until_the_new_one_is_there(measurement: Measurement, analyses: Analyses) -> None:
    for _ in range(2):
        queue_run(measurement=measurement, analysis=analyses["doubled-thickness"], by=None)
        latest = list(AnalysisRun.objects.filter(is_latest=True).values_list("status", flat=True))
        assert latest in ([], ["done"])
        do_due_runs()
    assert AnalysisRun.objects.filter(is_latest=True).count() == 1


def test_one_that_waits_is_not_doubled_and_takes_the_newest_parameters(
    measurement: Measurement, analyses: Analyses, run: AnalysisRun
) -> None:
    analysis = analyses["doubled-thickness"]
    other = request_run(measurement=measurement, analysis=analysis, parameters={"factor": 3}, by=None)
    assert (other.pk, again(run).parameters["factor"]) == (run.pk, 3)


def test_what_is_asked_for_during_a_run_waits_for_its_end(
    measurement: Measurement, analyses: Analyses, run: AnalysisRun
) -> None:
    taken = claim_run()
    assert taken is not None
    later = queue_run(measurement=measurement, analysis=analyses["doubled-thickness"], by=None)
    assert later.pk != run.pk
    assert claim_run() is None
    perform_run(taken)
    second = claim_run()
    assert second is not None
    assert second.pk == later.pk


def test_a_run_whose_lease_ran_out_is_taken_up_again(run: AnalysisRun) -> None:
    claim_run()
    assert claim_run() is None
    expire(run)
    assert do_due_runs() == 1
    assert (again(run).status, again(run).attempts) == ("done", 2)


def test_a_late_finisher_whose_lease_was_taken_writes_nothing(run: AnalysisRun) -> None:
    late = claim_run()
    expire(run)
    quick = claim_run()
    assert late is not None
    assert quick is not None
    assert perform_run(late) is False
    assert (again(run).status, again(run).values.count()) == ("running", 0)
    assert perform_run(quick) is True
    assert perform_run(late) is False
    assert again(run).values.count() == 1


def test_after_three_attempts_it_has_failed_in_words(run: AnalysisRun) -> None:
    for _ in range(3):
        claim_run()
        expire(run)
    do_due_runs()
    ended = again(run)
    assert (ended.status, ended.is_latest) == ("failed", True)
    assert "The worker ended 3 times while this ran" in ended.messages[0]["text"]


def test_an_input_changed_during_a_run_leaves_it_stale(measurement: Measurement, run: AnalysisRun) -> None:
    taken = claim_run()
    assert taken is not None
    analysis, ended = compute_result(taken)
    layer = Layer.objects.get(cell=measurement.cell)
    layer.thickness = "700 µm"
    save_record(layer, by=None)
    assert finish_run(taken, analysis, ended)
    assert again(run).status == "done"
    assert again(run).stale_since


def test_a_plugin_that_is_gone_is_said(run: AnalysisRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(plugin_loading.current().analyses, "doubled-thickness")
    do_due_runs()
    assert "is not loaded" in again(run).messages[0]["text"]


def test_a_measurement_deleted_while_it_ran_ends_quietly(measurement: Measurement, run: AnalysisRun) -> None:
    taken = claim_run()
    assert taken is not None
    measurement.delete()
    assert perform_run(taken) is False


def test_a_worker_told_to_stop_begins_no_other(run: AnalysisRun) -> None:
    stop_requested.set()
    try:
        assert do_due_runs() == 0
    finally:
        stop_requested.clear()
    assert again(run).status == "queued"


def test_what_runs_on_a_file_waits_until_it_was_read(measurement: Measurement, run: AnalysisRun) -> None:
    file = BytesIO(b"frequency_hertz,real_impedance_ohm,imaginary_impedance_ohm\n10,1,-1\n1,2,-1\n")
    upload_file(measurement=measurement, file=file, filename="run.csv", by=None)
    assert claim_run() is None
    do_due_work()
    assert again(run).status == "done"


def test_a_viewer_queues_nothing(measurement: Measurement, analyses: Analyses, viewer: User) -> None:
    with pytest.raises(PermissionDenied):
        queue_run(measurement=measurement, analysis=analyses["doubled-thickness"], by=viewer)
    with pytest.raises(PermissionDenied):
        queue_measurement(measurement, by=viewer)


def test_a_committed_request_wakes_the_worker(
    measurement: Measurement, analyses: Analyses, django_capture_on_commit_callbacks: object, settings: LazySettings
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        run = queue_run(measurement=measurement, analysis=analyses["doubled-thickness"], by=None)
    assert again(run).status == "done"
