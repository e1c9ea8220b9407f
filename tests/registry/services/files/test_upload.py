"""A file from a person: kept at once, read in the background."""

import hashlib
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError

from registry.models import AnalysisRun, Dataset, Measurement, Project, RawFile
from registry.services.background import do_due_work
from registry.services.files.upload import upload_file
from tests import factories

CYCLES = b"cycle,discharge capacity / mAh\n1,2.0\n2,1.9\n"


@pytest.fixture
def measurement(project: Project) -> Measurement:
    return factories.make_measurement(factories.make_cell(project))


def upload(measurement: Measurement, content: bytes = CYCLES, name: str = "c.csv", by: User | None = None) -> Dataset:
    (dataset,) = upload_file(measurement=measurement, file=BytesIO(content), filename=name, by=by)
    return dataset


def test_the_bytes_are_kept_and_the_file_waits(
    measurement: Measurement, settings: LazySettings, colleague: User
) -> None:
    dataset = upload(measurement, name="C:\\runs\\c.csv", by=colleague)
    assert (dataset.status, dataset.filename, dataset.rows) == ("queued", "c.csv", 0)
    assert (dataset.created_by, dataset.queued_by) == (colleague, colleague)
    assert dataset.raw_file.sha256 == hashlib.sha256(CYCLES).hexdigest()
    assert (Path(settings.MEDIA_ROOT) / dataset.raw_file.path).read_bytes() == CYCLES


def test_a_committed_upload_is_read_and_computed_of(
    measurement: Measurement, django_capture_on_commit_callbacks: object
) -> None:
    """The backend of the tests does at once what a worker does soon."""
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        upload(measurement)
    assert Dataset.objects.get().status == "parsed"
    assert AnalysisRun.objects.filter(analysis="capacity-retention", status="done").count() == 1


def test_the_same_file_again_is_the_one_that_is_there(measurement: Measurement) -> None:
    waiting = upload(measurement)
    assert upload(measurement, name="renamed.csv").pk == waiting.pk
    do_due_work()
    read = upload(measurement)
    assert (read.pk, read.status, Dataset.objects.count()) == (waiting.pk, "parsed", 1)


def test_one_that_could_not_be_read_is_read_again_when_it_is_sent_again(measurement: Measurement) -> None:
    upload(measurement, b"nothing known")
    do_due_work()
    again = upload(measurement, b"nothing known")
    assert (again.status, RawFile.objects.count()) == ("queued", 1)
    assert again.history.first().history_change_reason == "sent again"


@pytest.mark.parametrize(("content", "said"), [(b"", "The file is empty"), (CYCLES, "larger than")])
def test_a_file_that_is_refused_at_the_door_leaves_nothing(
    measurement: Measurement, settings: LazySettings, content: bytes, said: str
) -> None:
    settings.UPLOAD_MAX_BYTES = 10
    with pytest.raises(ValidationError, match=said):
        upload(measurement, content)
    assert not RawFile.objects.exists()
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []


def test_a_viewer_uploads_nothing(measurement: Measurement, viewer: User) -> None:
    with pytest.raises(PermissionDenied):
        upload(measurement, by=viewer)
    assert not RawFile.objects.exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a\0b.csv", "a�b.csv"),
        ("a\udcffb.csv", "a�b.csv"),
        ("Mu\u0308\u200b.csv", "Mü.csv"),
        ("a\nb.csv", "a b.csv"),
        ("\u200b", "unnamed"),
    ],
)
def test_a_file_keeps_what_can_be_stored_of_its_name(measurement: Measurement, name: str, kept: str) -> None:
    assert upload(measurement, name=name).filename == kept
