"""Each dataset of a file made a measurement of its own."""

from io import BytesIO

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError

from registry.models import Dataset, Measurement, Project
from registry.selectors.analysis_inputs.dataset_in_use import get_dataset_in_use
from registry.services.background import do_due_work
from registry.services.files import reparse
from registry.services.files.dataset import add_file, save_dataset
from registry.services.files.reading import queue_file
from registry.services.files.split import split_measurement
from registry.services.files.upload import upload_file
from registry.services.record import save_record
from tests import factories
from tests.plugins.readers.samples import GAMRY, PEIS


@pytest.fixture
def measurement(project: Project) -> Measurement:
    """Two spectra, at 3.7 V in cycle 1 and at 3.8 V in cycle 2."""
    setup = factories.make_setup(project)
    made = factories.make_measurement(
        factories.make_pellet(project),
        technique="eis",
        label="Run 7",
        stack_pressure="10 MPa",
        temperature="RT",
        setup=setup,
        parameters={"ionic-conductivity": {"resistance_method": "minimum"}},
    )
    add(made, PEIS, "run.mpt")
    return made


def add(measurement: Measurement, content: bytes, name: str) -> list[Dataset]:
    return add_file(measurement=measurement, file=BytesIO(content), filename=name, by=None)


def split(measurement: Measurement, by: User | None = None) -> list[Measurement]:
    made = split_measurement(measurement=measurement, by=by)
    return list(Measurement.objects.filter(pk__in=[item.pk for item in made]).order_by("pk"))


def test_each_dataset_has_a_measurement_under_the_same_conditions(measurement: Measurement) -> None:
    one, other = split(measurement)
    assert one == measurement
    for name in ("stack_pressure", "temperature", "setup", "technique", "cell", "parameters"):
        assert getattr(one, name) == getattr(other, name) == getattr(measurement, name)
    assert [get_dataset_in_use(each).dataset.part for each in (one, other)] == [0, 1]
    assert Dataset.objects.count() == 2


def test_voltage_and_cycle_number_are_those_of_the_dataset(measurement: Measurement) -> None:
    one, other = split(measurement)
    assert (one.voltage, one.cycle_number) == ("3.700 V", 1)
    assert (other.voltage, other.cycle_number) == ("3.800 V", 2)


def test_what_was_entered_stays_and_is_not_copied_to_another_state(measurement: Measurement) -> None:
    measurement.voltage = "3.71 V"
    save_record(measurement, by=None)
    one, other = split(measurement)
    assert (one.voltage, other.voltage) == ("3.71 V", "3.800 V")


def test_labels_tell_them_apart(measurement: Measurement) -> None:
    factories.make_measurement(measurement.cell, technique="eis", label="Run 7, cycle number 2")
    assert [item.label for item in split(measurement)] == ["Run 7, cycle number 1", "Run 7, cycle number 2 (2)"]


def test_without_a_label_the_file_names_them(measurement: Measurement) -> None:
    measurement.label = ""
    save_record(measurement, by=None)
    assert [item.label for item in split(measurement)] == ["run, cycle number 1", "run, cycle number 2"]


def test_a_label_as_long_as_can_be_is_cut(measurement: Measurement) -> None:
    measurement.label = "x" * 160
    save_record(measurement, by=None)
    assert {len(item.label) <= 160 and item.label.endswith(("1", "2")) for item in split(measurement)} == {True}


def test_the_dataset_chosen_stays_where_it_is(measurement: Measurement) -> None:
    measurement.dataset = measurement.datasets.get(part=1)
    save_record(measurement, by=None)
    split(measurement)
    assert measurement.datasets.get().part == 1
    assert Measurement.objects.get(pk=measurement.pk).label == "Run 7, cycle number 2"


def test_beside_other_data_all_datasets_go(project: Project) -> None:
    measurement = factories.make_measurement(factories.make_pellet(project), technique="eis")
    (before,) = add(measurement, GAMRY.encode(), "run.DTA")
    add(measurement, PEIS, "run.mpt")
    assert len(split(measurement)) == 2
    assert measurement.datasets.get() == before
    assert Measurement.objects.count() == 3


def test_a_dataset_of_another_technique_has_a_measurement_of_that(measurement: Measurement) -> None:
    series = measurement.datasets.get(part=1)
    series.technique = "cycling"
    save_dataset(series, by=None)
    one, other = split(measurement)
    assert (one.technique, other.technique, other.parameters) == ("eis", "cycling", {})
    assert other.label == "Run 7, cycle number 2, galvanostatic cycling"


def test_the_history_says_where_each_came_from(measurement: Measurement, colleague: User) -> None:
    _, other = split(measurement, colleague)
    (made,) = other.history.all()
    assert (made.history_user, made.history_change_reason) == (
        colleague,
        f"of a dataset that was on {measurement.refcode}",
    )
    assert other.datasets.get().history.first().history_change_reason == "made a measurement of its own"


def test_the_file_read_again_gives_each_its_own_dataset(measurement: Measurement) -> None:
    one, other = split(measurement)
    for each in (one, other):
        queue_file(each.datasets.get(), by=None)
    do_due_work()
    assert [(each.datasets.get().part, each.datasets.get().status) for each in (one, other)] == [
        (0, "parsed"),
        (1, "parsed"),
    ]
    assert {each.change for each in reparse.reparse_files(list(Dataset.objects.all()), by=None)} == {"same data"}


def test_the_same_file_sent_again_is_there_already(measurement: Measurement) -> None:
    split(measurement)
    (standing,) = upload_file(measurement=measurement, file=BytesIO(PEIS), filename="run.mpt", by=None)
    assert (standing.part, standing.status, Dataset.objects.count()) == (0, "parsed", 2)


def test_one_dataset_is_nothing_to_part(project: Project) -> None:
    measurement = factories.make_measurement(factories.make_pellet(project), technique="eis")
    add(measurement, GAMRY.encode(), "run.DTA")
    with pytest.raises(ValidationError, match="holds several datasets"):
        split(measurement)


def test_a_file_that_is_being_read_is_waited_for(measurement: Measurement) -> None:
    queue_file(measurement.datasets.get(part=0), by=None)
    with pytest.raises(ValidationError, match=r"run.mpt is being read"):
        split(measurement)


def test_a_viewer_parts_nothing(measurement: Measurement, viewer: User) -> None:
    with pytest.raises(PermissionDenied):
        split(measurement, viewer)
    assert Measurement.objects.count() == 1


def test_a_dataset_used_that_its_file_lost_is_used_no_more(measurement: Measurement) -> None:
    measurement.dataset = measurement.datasets.get(part=1)
    save_record(measurement, by=None)
    Dataset.objects.filter(part=1).update_untracked(part=7)
    queue_file(measurement.datasets.get(part=0), by=None)
    do_due_work()
    measurement.refresh_from_db()
    assert measurement.dataset is None
    assert "not in its file any more" in measurement.history.first().history_change_reason
