"""Background runs: one worker at a time claims a row, and the result is stored once."""

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
from registry.selectors.analysis_inputs.targets import get_run_target
from registry.services.files.upload import upload_file
from registry.services.jobs.background import do_due_work
from registry.services.jobs.leases import stop_requested
from registry.services.record import save_record
from registry.services.run_requests import request_run
from registry.services.runs.claimed import compute_result
from registry.services.runs.queue import (
    claim_run,
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


def reload(run: AnalysisRun) -> AnalysisRun:
    return AnalysisRun.objects.get(pk=run.pk)


def expire(run: AnalysisRun) -> None:
    AnalysisRun.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_queued_run_has_no_results(run: AnalysisRun) -> None:
    assert (run.status, run.is_latest, run.finished_at, run.values.count()) == ("queued", False, None, 0)


def test_worker_runs_queued_analyses_and_fills_the_row_once(run: AnalysisRun) -> None:
    assert do_due_runs() == 1
    run = reload(run)
    assert (run.status, run.is_latest, run.attempts, run.lease_until) == ("done", True, 1, None)
    assert run.values.get().is_latest
    assert do_due_runs() == 0


def test_previous_result_is_latest_until_the_new_run_ends(measurement: Measurement, analyses: Analyses) -> None:
    for _ in range(2):
        queue_run(measurement=measurement, analysis=analyses["doubled-thickness"], by=None)
        latest = list(AnalysisRun.objects.filter(is_latest=True).values_list("status", flat=True))
        assert latest in ([], ["done"])
        do_due_runs()
    assert AnalysisRun.objects.filter(is_latest=True).count() == 1


def test_queued_run_is_reused_with_the_newest_parameters(
    measurement: Measurement, analyses: Analyses, run: AnalysisRun
) -> None:
    analysis = analyses["doubled-thickness"]
    other = request_run(measurement=measurement, analysis=analysis, parameters={"factor": 3}, by=None)
    assert (other.pk, reload(run).parameters["factor"]) == (run.pk, 3)


def test_request_during_a_run_waits_for_its_end(measurement: Measurement, analyses: Analyses, run: AnalysisRun) -> None:
    claimed = claim_run()
    assert claimed is not None
    later = queue_run(measurement=measurement, analysis=analyses["doubled-thickness"], by=None)
    assert later.pk != run.pk
    assert claim_run() is None
    perform_run(claimed)
    second = claim_run()
    assert second is not None
    assert second.pk == later.pk


def test_run_with_an_expired_lease_is_claimed_by_another_worker(run: AnalysisRun) -> None:
    claim_run()
    assert claim_run() is None
    expire(run)
    assert do_due_runs() == 1
    assert (reload(run).status, reload(run).attempts) == ("done", 2)


def test_worker_that_lost_its_lease_writes_nothing(run: AnalysisRun) -> None:
    late = claim_run()
    expire(run)
    current = claim_run()
    assert late is not None
    assert current is not None
    assert perform_run(late) is False
    assert (reload(run).status, reload(run).values.count()) == ("running", 0)
    assert perform_run(current) is True
    assert perform_run(late) is False
    assert reload(run).values.count() == 1


def test_fails_with_the_reason_after_three_attempts(run: AnalysisRun) -> None:
    for _ in range(3):
        claim_run()
        expire(run)
    do_due_runs()
    finished = reload(run)
    assert (finished.status, finished.is_latest) == ("failed", True)
    assert "3 times" in finished.messages[0]["text"]


def test_input_changed_during_a_run_makes_it_stale(measurement: Measurement, run: AnalysisRun) -> None:
    claimed = claim_run()
    assert claimed is not None
    analysis, finished = compute_result(claimed, get_run_target)
    layer = Layer.objects.get(cell=measurement.cell)
    layer.thickness = "700 µm"
    save_record(layer, by=None)
    assert finish_run(claimed, analysis, finished)
    assert reload(run).status == "done"
    assert reload(run).stale_since


def test_missing_plugin_is_reported(run: AnalysisRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(plugin_loading.current().analyses, "doubled-thickness")
    do_due_runs()
    assert "is not loaded" in reload(run).messages[0]["text"]


def test_measurement_deleted_during_a_run_is_ignored(measurement: Measurement, run: AnalysisRun) -> None:
    claimed = claim_run()
    assert claimed is not None
    measurement.delete()
    assert perform_run(claimed) is False


def test_stopping_worker_starts_no_other_run(run: AnalysisRun) -> None:
    stop_requested.set()
    try:
        assert do_due_runs() == 0
    finally:
        stop_requested.clear()
    assert reload(run).status == "queued"


def test_run_waits_until_its_file_is_read(measurement: Measurement, run: AnalysisRun) -> None:
    file = BytesIO(b"frequency_hertz,real_impedance_ohm,imaginary_impedance_ohm\n10,1,-1\n1,2,-1\n")
    upload_file(measurement=measurement, file=file, filename="run.csv", by=None)
    assert claim_run() is None
    do_due_work()
    assert reload(run).status == "done"


def test_viewer_cannot_queue(measurement: Measurement, analyses: Analyses, viewer: User) -> None:
    with pytest.raises(PermissionDenied):
        queue_run(measurement=measurement, analysis=analyses["doubled-thickness"], by=viewer)
    with pytest.raises(PermissionDenied):
        queue_measurement(measurement, by=viewer)


def test_committed_request_wakes_the_worker(
    measurement: Measurement, analyses: Analyses, django_capture_on_commit_callbacks: object, settings: LazySettings
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        run = queue_run(measurement=measurement, analysis=analyses["doubled-thickness"], by=None)
    assert reload(run).status == "done"
