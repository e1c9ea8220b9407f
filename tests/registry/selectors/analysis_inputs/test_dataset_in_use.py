"""Which dataset a measurement uses: the selected one, or the only one that matches its technique."""

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError

from registry import plugin_loading
from registry.contract.vocabulary import PARTS, UNDECLARED
from registry.models import AnalysisRun, Dataset, Measurement, Project
from registry.selectors.analysis_inputs.dataset_in_use import (
    dataset_state,
    get_dataset_in_use,
    list_datasets_by_role,
)
from registry.selectors.analysis_inputs.facts import measurement_facts, measurements_with_inputs
from registry.services.files.dataset import add_file, save_dataset
from registry.services.record import delete_record, save_record
from registry.services.runs.analysis import run_analysis
from tests import factories
from tests.coded import invalid
from tests.plugins.readers.samples import GAMRY, PEIS, VERSASTUDIO

SEGMENTS = VERSASTUDIO.replace(
    "<Graph1>",
    "<Segment2>\nType=2\nDefinition=Segment #, Point #, E(V), I(A), Elapsed Time(s), 0\n"
    "1,0,0.1,1E-6,5\n1,1,0.1,1E-6,6\n</Segment2>\n\n<Graph1>",
).encode()

OTHER = GAMRY.replace("\t", "\t", 1) + "\n"


@pytest.fixture
def measurement(project: Project) -> Measurement:
    return factories.make_measurement(factories.make_pellet(project), technique="eis")


@pytest.fixture
def spectra(measurement: Measurement) -> list[Dataset]:
    return add(measurement, PEIS, "run.mpt")


def add(measurement: Measurement, content: bytes, name: str) -> list[Dataset]:
    return add_file(measurement=measurement, file=BytesIO(content), filename=name, by=None)


def select(measurement: Measurement, dataset: Dataset | None) -> None:
    measurement.dataset = dataset
    save_record(measurement, by=None)


def test_the_only_dataset_of_a_file_is_used(measurement: Measurement) -> None:
    (only,) = add(measurement, GAMRY.encode(), "run.DTA")
    assert get_dataset_in_use(measurement).dataset == only


def test_several_datasets_require_a_selection(measurement: Measurement, spectra: list[Dataset]) -> None:
    used = get_dataset_in_use(measurement)
    assert used.dataset is None
    assert used.undecided.code == "several-datasets"
    assert used.undecided.parameters == {"filenames": ["run.mpt"], "count": 2}
    assert list_datasets_by_role(measurement) == {PARTS: spectra}
    select(measurement, spectra[0])
    assert get_dataset_in_use(measurement).dataset == spectra[0]
    assert list_datasets_by_role(measurement) == {}


def test_of_several_files_none_is_taken_for_the_right_one(measurement: Measurement) -> None:
    (older,), (newer,) = add(measurement, GAMRY.encode(), "run.DTA"), add(measurement, OTHER.encode(), "again.DTA")
    used = get_dataset_in_use(measurement)
    assert used.undecided is not None
    assert (used.undecided.code, used.undecided.parameters["filenames"]) == (
        "several-datasets",
        ["again.DTA", "run.DTA"],
    )
    assert list_datasets_by_role(measurement) == {UNDECLARED: [older, newer]}
    select(measurement, older)
    assert get_dataset_in_use(measurement).dataset == older
    assert list_datasets_by_role(measurement) == {}


def test_a_segment_without_frequency_does_not_compete_with_a_spectrum(measurement: Measurement) -> None:
    spectrum, series = add(measurement, SEGMENTS, "run.par")
    assert (spectrum.technique, series.technique) == ("eis", "")
    assert get_dataset_in_use(measurement).dataset == spectrum


def test_a_dataset_of_another_technique_does_not_compete(measurement: Measurement) -> None:
    spectrum, series = add(measurement, SEGMENTS, "run.par")
    series.technique = "cycling"
    save_dataset(series, by=None)
    assert get_dataset_in_use(measurement).dataset == spectrum
    with pytest.raises(ValidationError, match=r"galvanostatic cycling.*electrochemical"):
        select(measurement, series)


def test_an_unreadable_file_needs_no_selection(measurement: Measurement) -> None:
    add(measurement, b"nothing known", "run.dat")
    used = get_dataset_in_use(measurement)
    assert (used.dataset, used.undecided) == (None, None)


def test_an_analysis_refuses_without_a_selection(measurement: Measurement, spectra: list[Dataset]) -> None:
    run = run_analysis(measurement=measurement, analysis=ionic(), by=None)
    assert run.status == "refused"
    assert run.messages[0]["code"] == "several-datasets"
    assert run.messages[0]["parameters"] == {"filenames": ["run.mpt"], "count": 2}
    assert run.inputs["dataset.sha256"] is None


def test_a_selection_makes_results_stale_and_is_recorded_in_the_history(
    measurement: Measurement, spectra: list[Dataset]
) -> None:
    run = run_analysis(measurement=measurement, analysis=ionic(), by=None)
    select(measurement, spectra[0])
    assert AnalysisRun.objects.get(pk=run.pk).stale_since
    first = run_analysis(measurement=measurement, analysis=ionic(), by=None)
    select(measurement, spectra[1])
    assert AnalysisRun.objects.get(pk=first.pk).stale_since
    select(measurement, spectra[0])
    assert AnalysisRun.objects.get(pk=first.pk).stale_since is None
    selected = [row.dataset_id for row in measurement.history.order_by("history_id")]
    assert selected == [None, spectra[0].pk, spectra[1].pk, spectra[0].pk]


def test_a_dataset_of_another_measurement_is_refused(measurement: Measurement, spectra: list[Dataset]) -> None:
    other = factories.make_measurement(measurement.cell, technique="eis")
    with invalid("dataset-of-another-measurement", "dataset"):
        select(other, spectra[0])


def test_a_dataset_without_data_is_refused(measurement: Measurement) -> None:
    (failed,) = add(measurement, b"nothing known", "run.dat")
    with pytest.raises(ValidationError, match="no data"):
        select(measurement, failed)


def test_a_dataset_in_use_cannot_be_deleted(measurement: Measurement, spectra: list[Dataset]) -> None:
    select(measurement, spectra[0])
    with invalid("in_use", "", measurement.refcode):
        delete_record(spectra[0], by=None)
    delete_record(measurement, by=None)
    assert not Dataset.objects.exists()


def test_constant_voltage_and_cycle_are_the_state_of_a_dataset(
    measurement: Measurement, spectra: list[Dataset]
) -> None:
    assert [dataset_state(item) for item in spectra] == [
        {"voltage_v": "3.700 V", "cycle_number": "1"},
        {"voltage_v": "3.800 V", "cycle_number": "2"},
    ]


def test_a_varying_voltage_is_not_part_of_the_state(measurement: Measurement) -> None:
    content = b"frequency_hertz,real_impedance_ohm,imaginary_impedance_ohm,voltage_volt\n10,1,-1,3.70\n1,2,-1,3.72\n"
    (only,) = add(measurement, content, "run.csv")
    assert dataset_state(only) == {}


def test_facts_take_a_constant_number_of_queries(
    measurement: Measurement, spectra: list[Dataset], django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        (loaded,) = measurements_with_inputs([measurement.pk])
        assert "dataset.undecided" in measurement_facts(loaded)


def ionic():
    return plugin_loading.current().analyses["ionic-conductivity"]
