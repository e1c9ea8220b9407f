import numpy as np

from registry.contract.reader_support.spectrum import parts, spectrum_dataset
from registry.hookspecs import UnreadableFile
from tests.coded import refuses


def points(*frequencies: float) -> dict[str, np.ndarray]:
    """Return a table of points with Z = 1 - 2i."""
    frequency = np.array(frequencies, dtype=float)
    ones = np.ones_like(frequency)
    return {"frequency_hertz": frequency, "real_impedance_ohm": ones, "imaginary_impedance_ohm": -2 * ones}


def test_drops_rows_at_frequency_zero_with_a_message() -> None:
    only = spectrum_dataset(points(0, 10, 0, 1), {})
    assert only.columns["frequency_hertz"].tolist() == [10, 1]
    assert only.columns["imaginary_impedance_ohm"].tolist() == [-2, -2]
    assert (only.messages[0].code, only.messages[0].parameters["rows"]) == ("rows-at-frequency-zero", 2)


def test_a_table_without_any_frequency_is_refused() -> None:
    with refuses("no-impedance", UnreadableFile):
        spectrum_dataset(points(0, 0), {})


def test_refuses_a_negative_frequency_with_its_row() -> None:
    with refuses("frequency-not-positive", UnreadableFile, row=2, frequency=-1.0):
        spectrum_dataset(points(10, -1), {})


def test_warns_if_the_number_of_points_differs_from_the_stated_one() -> None:
    (message,) = spectrum_dataset(points(10, 1), {}, expected_points=3).messages
    assert (message.level, message.text) == (
        "warning",
        "Incomplete file: 2 of 3 points.",
    )


def test_runs_of_one_number_are_parts() -> None:
    columns = {**points(10, 1, 10, 1), "cycle_count": np.array([1.0, 1, 2, 2]), "step_index": np.zeros(4)}
    spectra = list(parts(columns, ("cycle_count", "step_index")))
    assert [values for values, _ in spectra] == [(1, 0), (2, 0)]
    assert [part["frequency_hertz"].tolist() for _, part in spectra] == [[10, 1], [10, 1]]


def test_without_keys_there_is_one_part() -> None:
    assert [values for values, _ in parts(points(10, 1), ())] == [()]
