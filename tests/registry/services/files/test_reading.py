"""Reading files in the background: one worker at a time claims a row, and each reading is stored once."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from registry import plugin_loading
from registry.models import AnalysisRun, Dataset, Measurement, Membership, Project
from registry.selectors.analysis_inputs.facts import measurement_facts, measurements_with_inputs
from registry.services.files.reading import claim_file, queue_file, read_claimed_file
from registry.services.files.upload import upload_file
from registry.services.jobs.background import do_due_work
from registry.services.record import save_record
from registry.services.runs.analysis import run_analysis
from tests import factories
from tests.plugins.readers.samples import NEWARE, PEIS

CYCLES = b"cycle,discharge capacity / mAh\n1,2.0\n2,1.9\n"


@pytest.fixture
def measurement(project: Project) -> Measurement:
    return factories.make_measurement(factories.make_cell(project))


@pytest.fixture
def dataset(measurement: Measurement, colleague: User) -> Dataset:
    return upload(measurement, by=colleague)


def upload(measurement: Measurement, content: bytes = CYCLES, by: User | None = None) -> Dataset:
    (dataset,) = upload_file(measurement=measurement, file=BytesIO(content), filename="run.csv", by=by)
    return dataset


def claim() -> Dataset:
    dataset = claim_file()
    assert dataset is not None
    return dataset


def expire(dataset: Dataset) -> None:
    Dataset.objects.filter(pk=dataset.pk).update_untracked(lease_until=timezone.now() - timedelta(seconds=1))


def reload(dataset: Dataset) -> Dataset:
    return Dataset.objects.get(pk=dataset.pk)


def test_worker_reads_a_file_and_fills_its_row(dataset: Dataset) -> None:
    assert read_claimed_file(claim())
    read = reload(dataset)
    assert (read.status, read.rows, read.reader, read.lease_until) == ("parsed", 2, "declared-csv", None)
    assert claim_file() is None


def test_history_records_uploader_and_reader(dataset: Dataset, colleague: User) -> None:
    do_due_work()
    read, sent = dataset.history.all()
    assert (sent.history_type, sent.history_user, sent.status) == ("+", colleague, "queued")
    assert (read.history_user, read.status) == (colleague, "parsed")
    assert read.history_change_reason.startswith("read by declared-csv ")


def test_due_analyses_are_queued_with_the_data(dataset: Dataset, colleague: User) -> None:
    read_claimed_file(claim())
    run = AnalysisRun.objects.get(analysis="capacity-retention")
    assert (run.status, run.started_by) == ("queued", colleague)


def test_run_of_another_version_is_repeated_on_new_data(dataset: Dataset, measurement: Measurement) -> None:
    analysis = plugin_loading.current().analyses["capacity-retention"]
    before = run_analysis(measurement=measurement, analysis=analysis, by=None)
    AnalysisRun.objects.filter(pk=before.pk).update(version="0")
    do_due_work()
    assert AnalysisRun.objects.get(analysis=analysis.name, is_latest=True).pk != before.pk


def test_analyses_run_even_if_the_uploader_lost_their_role(dataset: Dataset, colleague: User) -> None:
    Membership.objects.get(user=colleague).delete()
    do_due_work()
    assert AnalysisRun.objects.filter(analysis="capacity-retention", status="done").exists()


def test_files_are_read_before_analyses_run(dataset: Dataset, measurement: Measurement) -> None:
    upload(factories.make_measurement(measurement.cell), b"cycle,discharge capacity / mAh\n1,1.0\n2,0.9\n")
    do_due_work()
    first_run = min(run.started_at for run in AnalysisRun.objects.all() if run.started_at)
    assert max(item.started_at for item in Dataset.objects.all() if item.started_at) < first_run


@pytest.mark.parametrize("content", [b"\x00\x01\x02", b"cycle,discharge capacity / mAh\n1,none\n"])
def test_unreadable_file_is_stored_with_the_reason(measurement: Measurement, content: bytes) -> None:
    dataset = upload(measurement, content)
    do_due_work()
    failed = reload(dataset)
    assert (failed.status, failed.rows, failed.content_sha256) == ("failed", 0, "")
    assert failed.messages[0]["text"]
    assert not AnalysisRun.objects.exists()


def test_file_of_another_technique_is_stored_with_the_reason(measurement: Measurement) -> None:
    dataset = upload(factories.make_measurement(measurement.cell, technique="eis"), NEWARE.encode())
    do_due_work()
    failed = reload(dataset)
    assert (failed.status, failed.reader) == ("failed", "neware-csv")
    assert failed.messages[0]["code"] == "technique-mismatch"


def test_technique_is_checked_when_the_file_is_read(dataset: Dataset, measurement: Measurement) -> None:
    measurement.technique = "eis"
    save_record(measurement, by=None)
    do_due_work()
    assert reload(dataset).status == "failed"


def test_each_dataset_gets_a_row(measurement: Measurement, colleague: User) -> None:
    uploaded = upload(factories.make_measurement(measurement.cell, technique="eis"), PEIS, by=colleague)
    do_due_work()
    first, second = Dataset.objects.order_by("part")
    assert first.pk == uploaded.pk
    assert (first.part_label, second.part_label) == ("cycle number 1", "cycle number 2")
    assert second.created_by == colleague


def test_file_with_an_expired_lease_is_read_by_another_worker(dataset: Dataset) -> None:
    claim()
    assert claim_file() is None
    expire(dataset)
    do_due_work()
    assert (reload(dataset).status, reload(dataset).attempts) == ("parsed", 2)


def test_worker_that_lost_its_lease_writes_nothing(dataset: Dataset) -> None:
    late = claim()
    expire(dataset)
    current = claim()
    assert read_claimed_file(late) is False
    assert reload(dataset).status == "reading"
    assert read_claimed_file(current) is True
    assert read_claimed_file(late) is False
    assert AnalysisRun.objects.filter(analysis="capacity-retention").count() == 1


def test_requeued_file_is_lost_to_its_previous_worker(dataset: Dataset) -> None:
    late = claim()
    queue_file(dataset, by=None)
    current = claim()
    assert (late.attempts, current.attempts) == (1, 1)
    assert read_claimed_file(late) is False
    assert read_claimed_file(current) is True


def test_fails_with_the_reason_after_three_attempts(dataset: Dataset) -> None:
    for _ in range(3):
        claim()
        expire(dataset)
    do_due_work()
    failed = reload(dataset)
    assert failed.status == "failed"
    assert "3 times" in failed.messages[0]["text"]
    queue_file(failed, by=None)
    do_due_work()
    assert reload(dataset).status == "parsed"


def test_missing_raw_file_is_reported(dataset: Dataset, settings: LazySettings) -> None:
    (Path(settings.MEDIA_ROOT) / dataset.raw_file.path).unlink()
    do_due_work()
    assert reload(dataset).messages[0]["code"] == "raw-file-missing"


def test_dataset_deleted_while_reading_is_ignored(dataset: Dataset) -> None:
    claimed = claim()
    dataset.delete()
    assert read_claimed_file(claimed) is False


def test_previous_data_stay_in_use_until_the_file_is_reread(dataset: Dataset, measurement: Measurement) -> None:
    do_due_work()
    content = reload(dataset).content_sha256
    queue_file(dataset, by=None)
    waiting = reload(dataset)
    assert (waiting.status, waiting.content_sha256, waiting.rows) == ("queued", content, 2)
    assert measurement_facts(measurements_with_inputs([measurement.pk])[0])["dataset.sha256"] == content


def test_previous_data_are_kept_with_a_warning_if_rereading_fails(dataset: Dataset, measurement: Measurement) -> None:
    do_due_work()
    run_analysis(measurement=measurement, analysis=plugin_loading.current().analyses["capacity-retention"], by=None)
    measurement.technique = "eis"
    save_record(measurement, by=None)
    for _ in range(2):
        queue_file(dataset, by=None)
        do_due_work()
    reread = reload(dataset)
    assert (reread.status, reread.rows) == ("parsed", 2)
    (warning,) = [message["text"] for message in reread.messages if message["code"] == "read-again-failed"]
    assert "galvanostatic cycling" in warning


def test_rereading_the_same_data_keeps_results_fresh(dataset: Dataset) -> None:
    do_due_work()
    runs = AnalysisRun.objects.count()
    queue_file(dataset, by=None)
    do_due_work()
    assert reload(dataset).status == "parsed"
    assert AnalysisRun.objects.count() == runs
    assert not AnalysisRun.objects.filter(stale_since__isnull=False).exists()


def test_viewer_cannot_queue_a_file(dataset: Dataset, viewer: User) -> None:
    with pytest.raises(PermissionDenied):
        queue_file(dataset, by=viewer)
