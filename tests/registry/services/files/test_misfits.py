"""A time series is refused by every way to attach it to a measurement whose technique has other data."""

from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from registry.models import Dataset, Measurement, Project
from registry.selectors.analysis_inputs.dataset_in_use import get_dataset_in_use
from registry.services.files.dataset import add_file
from registry.services.files.split import split_measurement
from registry.services.files.upload import upload_file
from registry.services.jobs.background import do_due_work
from registry.services.record import save_record
from tests import factories
from tests.plugins.readers.samples import PEIS

TIME_SERIES = (
    "test_time_second,voltage_volt,current_ampere,cycle_count,step_index\n"
    "0.000,3.00000,0.001,1,1\n301.508,3.06667,0.001,1,1\n603.015,3.13333,0.001,1,1\n"
)
OTHER_TECHNIQUES = ("eis", "sem", "xrd", "photograph")


@pytest.fixture(params=OTHER_TECHNIQUES)
def measurement(project: Project, request: pytest.FixtureRequest) -> Measurement:
    return factories.make_measurement(factories.make_cell(project), technique=request.param)


def add(measurement: Measurement) -> list[Dataset]:
    return add_file(measurement=measurement, file=BytesIO(TIME_SERIES.encode()), filename="t.csv", by=None)


def test_adding_it_is_refused(measurement: Measurement) -> None:
    with pytest.raises(ValidationError) as refused:
        add(measurement)
    (error,) = refused.value.error_dict["file"]
    assert error.code == "technique-mismatch"
    assert "test_time_second" in error.message
    assert not Dataset.objects.exists()


def test_uploading_it_ends_as_a_failed_import_with_the_reason(measurement: Measurement) -> None:
    upload_file(measurement=measurement, file=BytesIO(TIME_SERIES.encode()), filename="t.csv", by=None)
    do_due_work()
    dataset = Dataset.objects.get()
    assert (dataset.status, dataset.holds_data) == ("failed", False)
    assert dataset.messages[0]["code"] == "technique-mismatch"


@pytest.mark.parametrize("option", [(), ("--dry-run",)])
def test_ingesting_it_is_refused(measurement: Measurement, tmp_path: Path, option: tuple[str, ...]) -> None:
    path, output = tmp_path / "t.csv", StringIO()
    path.write_text(TIME_SERIES)
    with pytest.raises(CommandError):
        call_command("ingest", str(path), "--measurement", measurement.refcode, *option, stdout=output)
    assert "test_time_second" in output.getvalue()
    assert not Dataset.objects.exists()


def test_selecting_it_after_a_change_of_technique_is_refused(measurement: Measurement) -> None:
    cycled = factories.make_measurement(measurement.cell, technique="cycling")
    (dataset,) = add(cycled)
    cycled.technique, cycled.dataset = measurement.technique, dataset
    with pytest.raises(ValidationError) as refused:
        save_record(cycled, by=None)
    assert refused.value.error_dict["dataset"][0].code == "technique-mismatch"


def test_it_is_not_used_after_a_change_of_technique(measurement: Measurement) -> None:
    cycled = factories.make_measurement(measurement.cell, technique="cycling")
    add(cycled)
    cycled.technique = measurement.technique
    save_record(cycled, by=None)
    assert get_dataset_in_use(Measurement.objects.get(pk=cycled.pk)).dataset is None


def test_splitting_does_not_guess_the_technique_of_a_time_series(project: Project) -> None:
    """The spectra of a file on a measurement by cycling state their technique; time series state none."""
    measurement = factories.make_measurement(factories.make_cell(project), technique="eis")
    add_file(measurement=measurement, file=BytesIO(PEIS), filename="run.mpt", by=None)
    second = measurement.datasets.get(part=1)
    second.technique, second.columns = "", ["test_time_second", "voltage_volt", "current_ampere"]
    second.save()
    with pytest.raises(ValidationError) as refused:
        split_measurement(measurement=Measurement.objects.get(pk=measurement.pk), by=None)
    assert refused.value.error_list[0].code == "technique-mismatch"
    assert Measurement.objects.count() == 1
