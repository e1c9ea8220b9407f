"""Files read in the background: the row is the truth, taken by one worker at a time, and written once a reading."""

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
from registry.services.background import do_due_work
from registry.services.files.reading import claim_file, queue_file, read_claimed_file
from registry.services.files.upload import upload_file
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
    taken = claim_file()
    assert taken is not None
    return taken


def silence(dataset: Dataset) -> None:
    Dataset.objects.filter(pk=dataset.pk).update_untracked(lease_until=timezone.now() - timedelta(seconds=1))


def again(dataset: Dataset) -> Dataset:
    return Dataset.objects.get(pk=dataset.pk)


def test_a_worker_reads_a_file_and_fills_its_row(dataset: Dataset) -> None:
    assert read_claimed_file(claim())
    read = again(dataset)
    assert (read.status, read.rows, read.reader, read.lease_until) == ("parsed", 2, "declared-csv", None)
    assert claim_file() is None


def test_the_history_says_who_sent_it_and_what_read_it(dataset: Dataset, colleague: User) -> None:
    do_due_work()
    read, sent = dataset.history.all()
    assert (sent.history_type, sent.history_user, sent.status) == ("+", colleague, "queued")
    assert (read.history_user, read.status) == (colleague, "parsed")
    assert read.history_change_reason.startswith("read by declared-csv ")


def test_what_can_be_computed_is_queued_with_the_data(dataset: Dataset, colleague: User) -> None:
    read_claimed_file(claim())
    run = AnalysisRun.objects.get(analysis="capacity-retention")
    assert (run.status, run.started_by) == ("queued", colleague)


def test_what_another_version_refused_is_computed_of_new_data(dataset: Dataset, measurement: Measurement) -> None:
    analysis = plugin_loading.current().analyses["capacity-retention"]
    before = run_analysis(measurement=measurement, analysis=analysis, by=None)
    AnalysisRun.objects.filter(pk=before.pk).update(version="0")
    do_due_work()
    assert AnalysisRun.objects.get(analysis=analysis.name, is_latest=True).pk != before.pk


def test_who_lost_their_role_since_is_served_all_the_same(dataset: Dataset, colleague: User) -> None:
    Membership.objects.get(user=colleague).delete()
    do_due_work()
    assert AnalysisRun.objects.filter(analysis="capacity-retention", status="done").exists()


def test_files_are_read_before_analyses_run(dataset: Dataset, measurement: Measurement) -> None:
    upload(factories.make_measurement(measurement.cell), b"cycle,discharge capacity / mAh\n1,1.0\n2,0.9\n")
    do_due_work()
    first_run = min(run.started_at for run in AnalysisRun.objects.all() if run.started_at)
    assert max(item.started_at for item in Dataset.objects.all() if item.started_at) < first_run


@pytest.mark.parametrize("content", [b"\x00\x01\x02", b"cycle,discharge capacity / mAh\n1,none\n"])
def test_a_file_that_cannot_be_read_is_kept_with_the_reason(measurement: Measurement, content: bytes) -> None:
    dataset = upload(measurement, content)
    do_due_work()
    failed = again(dataset)
    assert (failed.status, failed.rows, failed.content_sha256) == ("failed", 0, "")
    assert failed.messages[0]["text"]
    assert not AnalysisRun.objects.exists()


def test_a_file_of_another_technique_is_kept_with_the_reason(measurement: Measurement) -> None:
    dataset = upload(factories.make_measurement(measurement.cell, technique="eis"), NEWARE.encode())
    do_due_work()
    failed = again(dataset)
    assert (failed.status, failed.reader) == ("failed", "neware-csv")
    assert "The file holds galvanostatic cycling, but this measurement is" in failed.messages[0]["text"]


def test_the_technique_counts_that_the_measurement_has_by_then(dataset: Dataset, measurement: Measurement) -> None:
    measurement.technique = "eis"
    save_record(measurement, by=None)
    do_due_work()
    assert again(dataset).status == "failed"


def test_each_dataset_gets_a_row(measurement: Measurement, colleague: User) -> None:
    first = upload(factories.make_measurement(measurement.cell, technique="eis"), PEIS, by=colleague)
    do_due_work()
    one, other = Dataset.objects.order_by("part")
    assert (one.pk, one.part_label, other.part_label) == (first.pk, "cycle number 1", "cycle number 2")
    assert other.created_by == colleague


def test_a_file_whose_worker_fell_silent_is_taken_up_again(dataset: Dataset) -> None:
    claim()
    assert claim_file() is None
    silence(dataset)
    do_due_work()
    assert (again(dataset).status, again(dataset).attempts) == ("parsed", 2)


def test_a_late_finisher_whose_file_was_taken_writes_nothing(dataset: Dataset) -> None:
    late = claim()
    silence(dataset)
    quick = claim()
    assert read_claimed_file(late) is False
    assert again(dataset).status == "reading"
    assert read_claimed_file(quick) is True
    assert read_claimed_file(late) is False
    assert AnalysisRun.objects.filter(analysis="capacity-retention").count() == 1


def test_a_file_queued_anew_is_lost_to_who_was_reading_it(dataset: Dataset) -> None:
    late = claim()
    queue_file(dataset, by=None)
    quick = claim()
    assert (late.attempts, quick.attempts) == (1, 1)
    assert read_claimed_file(late) is False
    assert read_claimed_file(quick) is True


def test_after_three_attempts_it_has_failed_in_words(dataset: Dataset) -> None:
    for _ in range(3):
        claim()
        silence(dataset)
    do_due_work()
    failed = again(dataset)
    assert failed.status == "failed"
    assert "The worker ended 3 times while it read this file" in failed.messages[0]["text"]
    queue_file(failed, by=None)
    do_due_work()
    assert again(dataset).status == "parsed"


def test_bytes_that_are_missing_are_said(dataset: Dataset, settings: LazySettings) -> None:
    (Path(settings.MEDIA_ROOT) / dataset.raw_file.path).unlink()
    do_due_work()
    assert "Its bytes are missing from the file store" in again(dataset).messages[0]["text"]


def test_a_file_deleted_while_it_was_read_ends_quietly(dataset: Dataset) -> None:
    taken = claim()
    dataset.delete()
    assert read_claimed_file(taken) is False


def test_what_was_read_stands_until_it_was_read_again(dataset: Dataset, measurement: Measurement) -> None:
    do_due_work()
    content = again(dataset).content_sha256
    queue_file(dataset, by=None)
    waiting = again(dataset)
    assert (waiting.status, waiting.content_sha256, waiting.rows) == ("queued", content, 2)
    assert measurement_facts(measurements_with_inputs([measurement.pk])[0])["dataset.sha256"] == content


def test_what_is_refused_when_read_again_stands_with_a_warning(dataset: Dataset, measurement: Measurement) -> None:
    do_due_work()
    run_analysis(measurement=measurement, analysis=plugin_loading.current().analyses["capacity-retention"], by=None)
    measurement.technique = "eis"
    save_record(measurement, by=None)
    for _ in range(2):
        queue_file(dataset, by=None)
        do_due_work()
    stands = again(dataset)
    assert (stands.status, stands.rows) == ("parsed", 2)
    (warning,) = [message["text"] for message in stands.messages if message["text"].startswith("Read again")]
    assert "The file holds galvanostatic cycling" in warning


def test_read_again_and_found_the_same_leaves_results_as_they_are(dataset: Dataset) -> None:
    do_due_work()
    runs = AnalysisRun.objects.count()
    queue_file(dataset, by=None)
    do_due_work()
    assert again(dataset).status == "parsed"
    assert AnalysisRun.objects.count() == runs
    assert not AnalysisRun.objects.filter(stale_since__isnull=False).exists()


def test_a_viewer_has_nothing_read_again(dataset: Dataset, viewer: User) -> None:
    with pytest.raises(PermissionDenied):
        queue_file(dataset, by=viewer)
