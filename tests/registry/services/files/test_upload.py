"""Uploads: stored immediately, read in the background."""

import hashlib
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied

from registry.models import AnalysisRun, Dataset, Measurement, Project, RawFile
from registry.services.files.upload import upload_file
from registry.services.jobs.background import do_due_work
from tests import factories
from tests.coded import invalid

CYCLES = b"cycle,discharge capacity / mAh\n1,2.0\n2,1.9\n"


@pytest.fixture
def measurement(project: Project) -> Measurement:
    return factories.make_measurement(factories.make_cell(project))


def upload(measurement: Measurement, content: bytes = CYCLES, name: str = "c.csv", by: User | None = None) -> Dataset:
    (dataset,) = upload_file(measurement=measurement, file=BytesIO(content), filename=name, by=by)
    return dataset


def test_file_is_stored_and_queued(measurement: Measurement, settings: LazySettings, colleague: User) -> None:
    dataset = upload(measurement, name="C:\\runs\\c.csv", by=colleague)
    assert (dataset.status, dataset.filename, dataset.rows) == ("queued", "c.csv", 0)
    assert (dataset.created_by, dataset.queued_by) == (colleague, colleague)
    assert dataset.raw_file.sha256 == hashlib.sha256(CYCLES).hexdigest()
    assert (Path(settings.MEDIA_ROOT) / dataset.raw_file.path).read_bytes() == CYCLES


def test_committed_upload_is_read_and_analysed(
    measurement: Measurement, django_capture_on_commit_callbacks: object
) -> None:
    """The test backend runs tasks immediately instead of in a worker."""
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        upload(measurement)
    assert Dataset.objects.get().status == "parsed"
    assert AnalysisRun.objects.filter(analysis="capacity-retention", status="done").count() == 1


def test_uploading_the_same_file_again_returns_the_existing_dataset(measurement: Measurement) -> None:
    queued = upload(measurement)
    assert upload(measurement, name="renamed.csv").pk == queued.pk
    do_due_work()
    read = upload(measurement)
    assert (read.pk, read.status, Dataset.objects.count()) == (queued.pk, "parsed", 1)


def test_uploading_an_unreadable_file_again_queues_it_again(measurement: Measurement) -> None:
    upload(measurement, b"nothing known")
    do_due_work()
    again = upload(measurement, b"nothing known")
    assert (again.status, RawFile.objects.count()) == ("queued", 1)
    assert again.history.first().history_change_reason == "uploaded again"


@pytest.mark.parametrize(("content", "code"), [(b"", "file-empty"), (CYCLES, "file-too-large")])
def test_refused_upload_leaves_nothing(
    measurement: Measurement, settings: LazySettings, content: bytes, code: str
) -> None:
    settings.UPLOAD_MAX_BYTES = 10
    with invalid(code, "file"):
        upload(measurement, content)
    assert not RawFile.objects.exists()
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []


def test_viewer_cannot_upload(measurement: Measurement, viewer: User) -> None:
    with pytest.raises(PermissionDenied):
        upload(measurement, by=viewer)
    assert not RawFile.objects.exists()


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("a\0b.csv", "a�b.csv"),
        ("a\udcffb.csv", "a�b.csv"),
        ("Mu\u0308\u200b.csv", "Mü.csv"),
        ("a\nb.csv", "a b.csv"),
        ("\u200b", "unnamed"),
    ],
)
def test_filename_is_cleaned(measurement: Measurement, name: str, cleaned: str) -> None:
    assert upload(measurement, name=name).filename == cleaned
