import numpy as np
import pytest

from registry.contract.reader_support.datasets.spectrum import parts, spectrum_datasets
from registry.hookspecs import ParsedDataset, UnreadableFile
from tests.coded import refuses


def points(*frequencies: float) -> dict[str, np.ndarray]:
    """Return a table of points with Z = 1 - 2i."""
    frequency = np.array(frequencies, dtype=float)
    ones = np.ones_like(frequency)
    return {"frequency_hertz": frequency, "real_impedance_ohm": ones, "imaginary_impedance_ohm": -2 * ones}


def codes(dataset: ParsedDataset) -> list[str]:
    return [message.code for message in dataset.messages]


def test_drops_rows_at_frequency_zero_with_a_message() -> None:
    (only,) = spectrum_datasets(points(0, 10, 0, 1), {})
    assert only.columns["frequency_hertz"].tolist() == [10, 1]
    assert only.columns["imaginary_impedance_ohm"].tolist() == [-2, -2]
    assert (only.messages[0].code, only.messages[0].parameters["rows"]) == ("rows-at-frequency-zero", 2)


def test_a_table_without_any_frequency_is_refused() -> None:
    with refuses("no-impedance", UnreadableFile):
        spectrum_datasets(points(0, 0), {})


def test_refuses_a_negative_frequency_with_its_row() -> None:
    with refuses("frequency-not-positive", UnreadableFile, row=2, frequency=-1.0):
        spectrum_datasets(points(10, -1), {})


def test_warns_if_the_number_of_points_differs_from_the_stated_one() -> None:
    ((message,),) = (dataset.messages for dataset in spectrum_datasets(points(10, 1), {}, expected_points=3))
    assert (message.code, message.level) == ("incomplete-file", "warning")
    assert (message.parameters["rows"], message.parameters["points"]) == (2, 3)


def test_sweeps_are_datasets_with_a_label_each() -> None:
    table = points(1000, 100, 10, 1, 10, 100, 1000)
    first, second = spectrum_datasets(table, {}, label="curve 2", expected_points=7)
    assert first.columns["frequency_hertz"].tolist() == [1000, 100, 10, 1]
    assert second.columns["frequency_hertz"].tolist() == [10, 100, 1000]
    assert (first.label, second.label) == ("curve 2, sweep 1, falling frequency", "curve 2, sweep 2, rising frequency")
    assert codes(first) == codes(second) == ["sweeps-separated"]
    assert first.messages[0].parameters["count"] == 2


@pytest.mark.parametrize("rising", [False, True])
def test_segments_that_overlap_tell_how_to_join_them(rising: bool) -> None:
    first, second = np.geomspace(1e6, 1e3, 31), np.geomspace(10**3.3, 1, 34)
    if rising:
        first, second = second[::-1], first[::-1]
    sweeps = spectrum_datasets(points(*first, *second), {})
    assert len(sweeps) == 2
    (message,) = (message for message in sweeps[0].messages if message.code == "sweeps-overlap")
    assert message.parameters == {"row": first.size + 1, "frequency_hz": pytest.approx(second[0]), "overlap": 4}
    (joined,) = spectrum_datasets(points(*first, *second[4:]), {})
    assert joined.columns["frequency_hertz"].size == 61


def test_a_sweep_that_is_measured_again_does_not_overlap() -> None:
    first, second = spectrum_datasets(points(*np.geomspace(1e6, 1, 61), *np.geomspace(1e6, 1, 61)), {})
    assert codes(first) == codes(second) == ["sweeps-separated"]


@pytest.mark.parametrize(
    ("frequencies", "code", "parameters"),
    [
        ((1000, 1000, 100, 100, 10, 10), "frequencies-repeated", {"count": 3}),
        ((1000, 100, 200, 50, 20, 10), "points-out-of-order", {"count": 1, "frequency": 200.0, "row": 3}),
        ((1000, 1, 500, 2, 400, 3, 300, 4, 200, 5), "frequencies-unordered", {}),
    ],
)
def test_what_is_not_a_sweep_is_named(frequencies: tuple[float, ...], code: str, parameters: dict[str, float]) -> None:
    (only,) = spectrum_datasets(points(*frequencies), {})
    assert codes(only) == [code]
    assert dict(only.messages[0].parameters) == parameters


def test_rows_that_alternate_between_cycles_are_separated_by_the_cycle_number() -> None:
    frequency = np.ravel(np.c_[np.logspace(3, 0, 10), np.logspace(0, 3, 10)])
    table = {**points(*frequency), "cycle_count": np.tile([1.0, 2.0], 10)}
    first, second = spectrum_datasets(table, {})
    assert (first.label, second.label) == ("cycle 1", "cycle 2")
    assert first.columns["frequency_hertz"].tolist() == np.logspace(3, 0, 10).tolist()


def test_runs_of_one_number_are_parts() -> None:
    columns = {**points(10, 1, 10, 1), "cycle_count": np.array([1.0, 1, 2, 2]), "step_index": np.zeros(4)}
    spectra = list(parts(columns, ("cycle_count", "step_index")))
    assert [values for values, _ in spectra] == [(1, 0), (2, 0)]
    assert [part["frequency_hertz"].tolist() for _, part in spectra] == [[10, 1], [10, 1]]


def test_without_keys_there_is_one_part() -> None:
    assert [values for values, _ in parts(points(10, 1), ())] == [()]
