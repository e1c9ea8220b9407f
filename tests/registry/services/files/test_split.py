"""Splitting a file into one measurement per dataset."""

from io import BytesIO

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied

from registry.models import Dataset, Measurement, Project
from registry.selectors.analysis_inputs.dataset_in_use import get_dataset_in_use
from registry.services.files import reparse
from registry.services.files.dataset import add_file, save_dataset
from registry.services.files.reading import queue_file
from registry.services.files.split import STATE, split_measurement
from registry.services.files.upload import upload_file
from registry.services.jobs.background import do_due_work
from registry.services.measurement import save_measurement
from registry.services.record import save_record
from registry.services.tag import save_tags
from tests import factories
from tests.coded import invalid
from tests.plugins.readers.samples import GAMRY, PEIS


@pytest.fixture
def measurement(project: Project) -> Measurement:
    """Two spectra, at 3.7 V in cycle 1 and at 3.8 V in cycle 2."""
    setup = factories.make_setup(project)
    measurement = factories.make_measurement(
        factories.make_pellet(project),
        technique="eis",
        label="Run 7",
        stack_pressure_mpa="10 MPa",
        temperature_degc="RT",
        setup=setup,
        parameters={"ionic-conductivity": {"resistance_method": "minimum"}},
    )
    add(measurement, PEIS, "run.mpt")
    return measurement


def add(measurement: Measurement, content: bytes, name: str) -> list[Dataset]:
    return add_file(measurement=measurement, file=BytesIO(content), filename=name, by=None)


def split(measurement: Measurement, by: User | None = None) -> list[Measurement]:
    measurements = split_measurement(measurement=measurement, by=by)
    return list(Measurement.objects.filter(pk__in=[item.pk for item in measurements]).order_by("pk"))


def state(measurement: Measurement) -> tuple[str, ...]:
    entered = factories.written(measurement)
    return tuple(entered[slug] for slug in STATE)


def test_each_dataset_gets_a_measurement_with_the_same_conditions(measurement: Measurement) -> None:
    first, second = split(measurement)
    assert first == measurement
    for name in ("setup", "technique", "cell", "parameters"):
        assert getattr(first, name) == getattr(second, name) == getattr(measurement, name)
    for item in (first, second):
        copied = {slug: text for slug, text in factories.written(item).items() if slug not in STATE}
        assert copied == {"stack_pressure_mpa": "10 MPa", "temperature_degc": "RT"}
    assert [get_dataset_in_use(item).dataset.part for item in (first, second)] == [0, 1]
    assert Dataset.objects.count() == 2


def test_each_measurement_gets_the_tags(measurement: Measurement) -> None:
    save_tags(measurement, ["dry room", "redone"], by=None)
    for item in split(measurement):
        assert sorted(item.tags.values_list("name", flat=True)) == ["dry room", "redone"]


def test_voltage_and_cycle_number_come_from_the_dataset(measurement: Measurement) -> None:
    first, second = split(measurement)
    assert [state(item) for item in (first, second)] == [("3.700 V", "1"), ("3.800 V", "2")]


def test_entered_voltage_is_kept_and_not_copied(measurement: Measurement) -> None:
    save_measurement(measurement, {"voltage_v": "3.71 V"}, by=None)
    first, second = split(measurement)
    assert [state(item) for item in (first, second)] == [("3.71 V", "1"), ("3.800 V", "2")]


def test_labels_are_unique(measurement: Measurement) -> None:
    factories.make_measurement(measurement.cell, technique="eis", label="Run 7, cycle number 2")
    assert [item.label for item in split(measurement)] == ["Run 7, cycle number 1", "Run 7, cycle number 2 (2)"]


def test_labels_use_the_file_name_without_a_measurement_label(measurement: Measurement) -> None:
    measurement.label = ""
    save_record(measurement, by=None)
    assert [item.label for item in split(measurement)] == ["run, cycle number 1", "run, cycle number 2"]


def test_long_label_is_truncated(measurement: Measurement) -> None:
    measurement.label = "x" * 160
    save_record(measurement, by=None)
    assert {len(item.label) <= 160 and item.label.endswith(("1", "2")) for item in split(measurement)} == {True}


def test_selected_dataset_stays_on_its_measurement(measurement: Measurement) -> None:
    measurement.dataset = measurement.datasets.get(part=1)
    save_record(measurement, by=None)
    split(measurement)
    assert measurement.datasets.get().part == 1
    assert Measurement.objects.get(pk=measurement.pk).label == "Run 7, cycle number 2"


def test_all_datasets_are_split_off_if_the_measurement_has_other_data(project: Project) -> None:
    measurement = factories.make_measurement(factories.make_pellet(project), technique="eis")
    (before,) = add(measurement, GAMRY.encode(), "run.DTA")
    add(measurement, PEIS, "run.mpt")
    assert len(split(measurement)) == 2
    assert measurement.datasets.get() == before
    assert Measurement.objects.count() == 3


def test_dataset_of_another_technique_gets_a_measurement_of_that_technique(measurement: Measurement) -> None:
    dataset = measurement.datasets.get(part=1)
    dataset.technique = "cycling"
    save_dataset(dataset, by=None)
    first, second = split(measurement)
    assert (first.technique, second.technique, second.parameters) == ("eis", "cycling", {})
    assert second.label == "Run 7, cycle number 2, galvanostatic cycling"


def test_history_records_the_split(measurement: Measurement, colleague: User) -> None:
    _, second = split(measurement, colleague)
    (change,) = second.history.all()
    assert (change.history_user, change.history_change_reason) == (
        colleague,
        f"split off from {measurement.refcode}",
    )
    assert second.datasets.get().history.first().history_change_reason.startswith("split off")


def test_rereading_keeps_each_dataset_on_its_measurement(measurement: Measurement) -> None:
    first, second = split(measurement)
    for item in (first, second):
        queue_file(item.datasets.get(), by=None)
    do_due_work()
    assert [(item.datasets.get().part, item.datasets.get().status) for item in (first, second)] == [
        (0, "parsed"),
        (1, "parsed"),
    ]
    assert {item.change for item in reparse.reparse_files(list(Dataset.objects.all()), by=None)} == {"same data"}


def test_uploading_the_same_file_after_a_split_changes_nothing(measurement: Measurement) -> None:
    split(measurement)
    (dataset,) = upload_file(measurement=measurement, file=BytesIO(PEIS), filename="run.mpt", by=None)
    assert (dataset.part, dataset.status, Dataset.objects.count()) == (0, "parsed", 2)


def test_file_with_a_single_dataset_cannot_be_split(project: Project) -> None:
    measurement = factories.make_measurement(factories.make_pellet(project), technique="eis")
    add(measurement, GAMRY.encode(), "run.DTA")
    with invalid("nothing-to-split"):
        split(measurement)


def test_file_being_read_cannot_be_split(measurement: Measurement) -> None:
    queue_file(measurement.datasets.get(part=0), by=None)
    with invalid("file-being-read", "", "run.mpt"):
        split(measurement)


def test_viewer_cannot_split(measurement: Measurement, viewer: User) -> None:
    with pytest.raises(PermissionDenied):
        split(measurement, viewer)
    assert Measurement.objects.count() == 1


def test_selected_dataset_missing_from_its_file_is_deselected(measurement: Measurement) -> None:
    measurement.dataset = measurement.datasets.get(part=1)
    save_record(measurement, by=None)
    Dataset.objects.filter(part=1).update_untracked(part=7)
    queue_file(measurement.datasets.get(part=0), by=None)
    do_due_work()
    measurement.refresh_from_db()
    assert measurement.dataset is None
    assert "dataset" in measurement.history.first().history_change_reason
