"""Raw files are stored byte for byte, whether or not they can be parsed."""

import hashlib
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError

from registry.models import Dataset, Measurement, Project, RawFile
from registry.selectors.analysis_inputs.facts import read_columns
from registry.selectors.analysis_inputs.targets import get_target
from registry.services.files.dataset import add_file, save_dataset
from tests import factories
from tests.coded import invalid
from tests.plugins.readers.samples import NEWARE, PARSTAT, PEIS, SAMPLES

STEPS = b"Time / s,Voltage / V,Current / A\n0,0.1,0.01\n1,0.1,0.011\n2,0.2,0.02\n3,0.2,0.021\n"


@pytest.fixture
def measurement(project: Project) -> Measurement:
    return factories.make_measurement(factories.make_pellet(project), technique="chronoamperometry")


def add(measurement: Measurement, content: bytes, filename: str = "steps.csv", by: User | None = None) -> list[Dataset]:
    return add_file(measurement=measurement, file=BytesIO(content), filename=filename, by=by)


def test_raw_file_is_stored_unchanged(measurement: Measurement, settings: LazySettings, colleague: User) -> None:
    (dataset,) = add(measurement, STEPS, by=colleague)
    assert dataset.raw_file.sha256 == hashlib.sha256(STEPS).hexdigest()
    assert (Path(settings.MEDIA_ROOT) / dataset.raw_file.path).read_bytes() == STEPS
    assert (dataset.status, dataset.rows, dataset.created_by) == ("parsed", 4, colleague)


def test_columns_are_stored_unchanged(measurement: Measurement) -> None:
    (dataset,) = add(measurement, STEPS)
    columns = read_columns(dataset)
    assert list(columns["voltage_volt"]) == [0.1, 0.1, 0.2, 0.2]
    with pytest.raises(ValueError, match="read-only"):
        columns["voltage_volt"][0] = 5.0


def test_adding_the_same_file_again_returns_the_same_dataset(measurement: Measurement) -> None:
    assert add(measurement, STEPS) == add(measurement, STEPS, "renamed.csv")
    assert RawFile.objects.count() == Dataset.objects.count() == 1


def test_file_on_two_measurements_is_stored_once(measurement: Measurement) -> None:
    other = factories.make_measurement(measurement.cell, technique="chronoamperometry")
    add(measurement, STEPS)
    add(other, STEPS)
    assert (RawFile.objects.count(), Dataset.objects.count()) == (1, 2)


def test_empty_file_is_refused_and_not_stored(measurement: Measurement, settings: LazySettings) -> None:
    with invalid("file-empty", "file"):
        add(measurement, b"")
    assert not RawFile.objects.exists()
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []


def test_file_larger_than_the_limit_is_refused(measurement: Measurement, settings: LazySettings) -> None:
    settings.UPLOAD_MAX_BYTES = 10
    with pytest.raises(ValidationError, match="larger than"):
        add(measurement, STEPS)
    assert not RawFile.objects.exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04 an Excel file named .csv", "Excel"),
        (b"Time / s,Voltage / V,Current / A\n0,0.1,NaN\n", "line 2"),
        (b"\x00\x01\x02", ""),
    ],
)
def test_unreadable_file_is_stored_with_the_reason(measurement: Measurement, content: bytes, reason: str) -> None:
    (dataset,) = add(measurement, content)
    assert (dataset.status, dataset.rows, dataset.content_sha256) == ("failed", 0, "")
    assert reason in dataset.messages[0]["text"]
    assert dataset.messages[0]["text"]


def test_path_is_removed_from_the_filename(measurement: Measurement) -> None:
    (dataset,) = add(measurement, STEPS, "..\\..\\etc/passwd.csv")
    assert dataset.filename == "passwd.csv"


def test_viewer_cannot_add_a_file(measurement: Measurement, viewer: User) -> None:
    with pytest.raises(PermissionDenied):
        add(measurement, STEPS, by=viewer)
    assert not RawFile.objects.exists()


def test_generic_reader_does_not_read_a_file_refused_by_its_specific_reader(measurement: Measurement) -> None:
    """A Parstat file with a frequency of 0 everywhere would pass as a plain impedance table."""
    measurement = factories.make_measurement(measurement.cell, technique="eis")
    (dataset,) = add(measurement, PARSTAT.replace("\t1000\t", "\t0\t").encode(), "run.txt")
    assert (dataset.status, dataset.reader) == ("failed", "parstat")


def test_cycler_file_suits_any_time_series_technique(measurement: Measurement) -> None:
    (dataset,) = add(measurement, NEWARE.encode(), "run.csv")
    assert (dataset.status, dataset.reader, dataset.rows) == ("parsed", "neware-csv", 4)
    with pytest.raises(ValidationError) as refused:
        add(factories.make_measurement(measurement.cell, technique="eis"), NEWARE.encode(), "run.csv")
    assert refused.value.error_dict["file"][0].code == "technique-mismatch"


@pytest.mark.parametrize("sample", ["neware csv, gbk", "neware csv, nested"])
def test_neware_exports_of_other_forms_are_read(measurement: Measurement, sample: str) -> None:
    (dataset,) = add(measurement, SAMPLES[sample][1], "run.csv")
    assert (dataset.status, dataset.reader, dataset.technique) == ("parsed", "neware-csv", "cycling")


def test_each_spectrum_of_a_file_is_a_separate_dataset(measurement: Measurement) -> None:
    first, second = add(factories.make_measurement(measurement.cell, technique="eis"), PEIS, "run.mpt")
    assert (first.part_label, second.part_label) == ("cycle number 1", "cycle number 2")


def test_header_and_start_time_of_the_file_are_stored_and_read_as_facts(project: Project) -> None:
    measurement = factories.make_measurement(factories.make_pellet(project), technique="cycling")
    (dataset,) = add(measurement, SAMPLES["neware csv"][1], "test.csv")
    assert dataset.start_time == "2022-05-18T16:27:52"
    facts = get_target(measurement=measurement).facts
    assert facts["dataset.start_time"] == dataset.start_time
    assert facts["dataset.header.instrument"] == "Neware"
    assert facts["dataset.header.started"] == "2022-05-18 16:27:52"


def test_a_changed_entry_of_the_header_makes_stale_what_read_it(project: Project) -> None:
    measurement = factories.make_measurement(factories.make_pellet(project), technique="cycling")
    (dataset,) = add(measurement, SAMPLES["neware csv"][1], "test.csv")
    before = get_target(measurement=measurement).facts
    dataset.header = dataset.header | {"instrument": "Neware CT-4008"}
    save_dataset(dataset, by=None)
    after = get_target(measurement=measurement).facts
    changed = {path for path in after if after[path] != before.get(path)}
    assert changed == {"dataset.header.instrument", "dataset.header_sha256"}
