import numpy as np
import pytest

from analyses.impedance.spectrum import check_spectrum, resistance_at_intercept, resistance_at_minimum
from analyses.insufficient_data import InsufficientData
from tests.coded import refuses
from tests.spectra import FREQUENCY, SAMPLES, make_spectrum, read_ec_lab
from tests.trials import holds, trials

REAL = np.linspace(100, 200, FREQUENCY.size)
IMAGINARY = -np.linspace(5, 500, FREQUENCY.size)


def changed(column: np.ndarray, row: int, number: float) -> np.ndarray:
    copy = column.copy()
    copy[row] = number
    return copy


def test_sorts_from_the_highest_frequency_to_the_lowest() -> None:
    spectrum = check_spectrum(FREQUENCY[::-1], REAL[::-1], IMAGINARY[::-1])
    assert (np.diff(spectrum.frequency_hertz) < 0).all()
    assert spectrum.impedance_ohm[0] == 100 - 5j


def test_keeps_what_is_inside_the_window() -> None:
    spectrum = check_spectrum(FREQUENCY, REAL, IMAGINARY, lowest_frequency_hz=1.0, highest_frequency_hz=1e6)
    assert 1.0 <= spectrum.frequency_hertz[-1] < spectrum.frequency_hertz[0] <= 1e6
    assert spectrum.outside_window == FREQUENCY.size - spectrum.frequency_hertz.size > 0


@pytest.mark.parametrize(
    ("frequency", "real", "imaginary", "code", "parameters"),
    [
        (FREQUENCY[:9], REAL[:9], IMAGINARY[:9], "too-few-frequencies", {"fewest_points": 10, "inside_size": 9}),
        (FREQUENCY, REAL[:9], IMAGINARY, "unequal-columns", {}),
        (
            FREQUENCY,
            changed(REAL, 4, np.nan),
            IMAGINARY,
            "value-not-finite",
            {"name": "real_impedance_ohm", "bad": "row 5"},
        ),
        (
            FREQUENCY,
            REAL,
            changed(IMAGINARY, 0, np.inf),
            "value-not-finite",
            {"name": "imaginary_impedance_ohm", "bad": "row 1"},
        ),
        (changed(FREQUENCY, 2, 0.0), REAL, IMAGINARY, "frequency-not-positive", {"frequency": 0.0, "bad": "row 3"}),
        (changed(FREQUENCY, 2, -1.0), REAL, IMAGINARY, "frequency-not-positive", {"frequency": -1.0, "bad": "row 3"}),
        (np.tile(FREQUENCY, 2), np.tile(REAL, 2), np.tile(IMAGINARY, 2), "frequency-changes-direction", {"inside": 61}),
        (FREQUENCY, changed(REAL, 3, -60.0), IMAGINARY, "negative-resistance", {"real": -60.0, "rows": "row 4"}),
        (FREQUENCY, REAL, -IMAGINARY, "positive-reactance", {"positive": 60, "count": 60}),
        (np.ones(12), np.ones(12), -np.ones(12), "too-few-frequencies", {"inside_size": 1}),
    ],
)
def test_refuses_invalid_spectra_with_the_reason(frequency, real, imaginary, code: str, parameters: dict) -> None:
    with refuses(code, InsufficientData, **parameters):
        check_spectrum(frequency, real, imaginary)


def test_two_segments_that_share_a_frequency_are_one_spectrum() -> None:
    columns = (np.insert(column, 31, column[30]) for column in (FREQUENCY, REAL, IMAGINARY))
    spectrum = check_spectrum(*columns, left_out_hz=[FREQUENCY[5]])
    assert spectrum.frequency_hertz.size == FREQUENCY.size - 1
    assert spectrum.rows.tolist() == [row for row in range(1, 62) if row not in (6, 32)]
    (repeated,) = spectrum.repeated
    assert (repeated.rows, repeated.agrees) == ((31, 32), True)


def test_refuses_an_empty_window() -> None:
    with refuses("empty-frequency-window", InsufficientData, lowest_frequency_hz=10.0, highest_frequency_hz=1.0):
        check_spectrum(FREQUENCY, REAL, IMAGINARY, lowest_frequency_hz=10.0, highest_frequency_hz=1.0)
    with refuses("too-few-frequencies", InsufficientData, inside_size=0):
        check_spectrum(FREQUENCY, REAL, IMAGINARY, lowest_frequency_hz=1e8)


def test_leaves_an_unphysical_point_out_with_the_window() -> None:
    spectrum = check_spectrum(FREQUENCY, changed(REAL, 0, -60.0), IMAGINARY, highest_frequency_hz=5e6)
    assert spectrum.frequency_hertz.size == FREQUENCY.size - 1 - int(FREQUENCY[1] > 5e6)


def test_counts_points_slightly_below_zero_and_an_inductive_end() -> None:
    imaginary = changed(changed(IMAGINARY, 0, 3.0), 1, 1.0)
    spectrum = check_spectrum(FREQUENCY, changed(REAL, 59, -5.0), imaginary)
    assert (spectrum.negative_real_points, spectrum.inductive_points) == (1, 2)


def test_tells_a_blocking_tail_from_the_end_of_an_arc() -> None:
    assert make_spectrum().ends_in_blocking_tail
    assert not make_spectrum("R0-p(R1,CPE1)", (50.0, 1000.0, 1e-7, 0.9)).ends_in_blocking_tail


def test_the_minimum_of_an_arc_far_from_the_tail_is_the_resistance() -> None:
    """R0 + R1 = 1050 Ω by construction; arc and tail are separated by seven decades."""
    estimate = resistance_at_minimum(make_spectrum(values=(50.0, 1000.0, 2e-10, 1.0, 1e-3, 1.0)), 0.001)
    assert estimate is not None
    assert estimate.magnitude == pytest.approx(1050.0, rel=2e-3)


def test_without_an_arc_there_is_no_minimum() -> None:
    assert resistance_at_minimum(make_spectrum("R0-CPE0", (100.0, 1e-6, 0.9)), 0.001) is None
    assert resistance_at_minimum(make_spectrum("R0-CPE0", (100.0, 1e-6, 0.9), 0.01), 0.01) is None


def test_the_intercept_of_a_resistor_and_a_capacitor_with_a_cable_is_the_resistance() -> None:
    """Re Z = 100 Ω at every frequency by construction, so also where Im Z = 0."""
    spectrum = make_spectrum("L0-R0-C0", (1e-5, 100.0, 1e-6))
    estimate = resistance_at_intercept(spectrum, 0.001)
    assert spectrum.inductive_points > 0
    assert estimate is not None
    assert estimate.magnitude == pytest.approx(100.0, rel=1e-9)


def test_an_intercept_before_an_arc_is_not_taken() -> None:
    spectrum = make_spectrum("L0-R0-p(R1,CPE1)-CPE2", (3e-5, 300.0, 1000.0, 1e-9, 0.9, 1e-6, 0.85))
    assert spectrum.inductive_points > 0
    assert resistance_at_intercept(spectrum, 0.001) is None


@trials(200)
@pytest.mark.parametrize("noise", [0.001, 0.01, 0.03])
@pytest.mark.parametrize("method", ["minimum", "intercept"])
def test_stated_interval_covers_the_value_without_noise(method: str, noise: float, trials: int) -> None:
    """The uncertainty covers the result for the same spectrum without noise in 90-99 % of 200 cases."""
    circuit, values, read = {
        "minimum": ("p(R1,CPE1)-CPE2", (1000.0, 1e-9, 0.9, 1e-6, 0.85), resistance_at_minimum),
        "intercept": ("L0-R0-CPE0", (3e-5, 100.0, 1e-6, 0.9), resistance_at_intercept),
    }[method]
    true = read(make_spectrum(circuit, values), noise)
    assert true is not None
    estimates = [read(make_spectrum(circuit, values, noise, [7, trial]), noise) for trial in range(trials)]
    inside = [estimate.interval()[0] <= true.magnitude <= estimate.interval()[1] for estimate in estimates if estimate]
    assert len(inside) >= 0.95 * trials
    assert holds(inside)


def test_lpscl_pellet_at_the_minimum() -> None:
    """EC-Lab sample, LPSCl between stainless steel at -25 °C and 50 MPa: 1440 Ω where -Im Z is least."""
    for path in SAMPLES.glob("PEIS_LPSCl_IonBlocking_-25C.txt"):
        estimate = resistance_at_minimum(read_ec_lab(path), 0.001)
        assert estimate is not None
        assert estimate.magnitude == pytest.approx(1440.0, abs=5.0)


def test_leaves_out_single_points_by_frequency() -> None:
    """Written with four digits; rows count from 1 in the order of the data, here from the lowest frequency."""
    order = slice(None, None, -1)
    wanted = [float(f"{FREQUENCY[index]:.4g}") for index in (10, 40)]
    spectrum = check_spectrum(FREQUENCY[order], REAL[order], IMAGINARY[order], left_out_hz=wanted)
    assert spectrum.frequency_hertz.size == FREQUENCY.size - 2
    assert [point.frequency_hertz for point in spectrum.left_out] == [FREQUENCY[10], FREQUENCY[40]]
    assert [point.row for point in spectrum.left_out] == [50, 20]
    assert spectrum.rows[0] == 60


def test_a_point_left_out_is_not_held_against_physics() -> None:
    spectrum = check_spectrum(FREQUENCY, changed(REAL, 30, -1e4), IMAGINARY, left_out_hz=[FREQUENCY[30]])
    assert spectrum.left_out[0].impedance_ohm.real == -1e4


def test_a_frequency_to_leave_out_must_be_one_of_the_spectrum() -> None:
    between = float(np.sqrt(FREQUENCY[10] * FREQUENCY[11]) * 1.01)
    with refuses("no-point-at-frequency", InsufficientData, frequency_hz=between, nearest_hz=float(FREQUENCY[10])):
        check_spectrum(FREQUENCY, REAL, IMAGINARY, left_out_hz=[between])


def test_refuses_if_too_few_points_are_left() -> None:
    with refuses("too-few-frequencies", InsufficientData, inside_size=9):
        check_spectrum(FREQUENCY[:10], REAL[:10], IMAGINARY[:10], left_out_hz=[FREQUENCY[0]])


def test_points_left_out_join_those_left_out_before() -> None:
    spectrum = check_spectrum(FREQUENCY, REAL, IMAGINARY, left_out_hz=[FREQUENCY[20]])
    assert [point.row for point in spectrum.without([0, 30]).left_out] == [1, 21, 32]


@pytest.mark.parametrize("seed", range(30))
def test_noise_about_zero_at_low_frequency_is_no_blocking_tail(seed: int) -> None:
    spectrum = make_spectrum("R0-p(R1,CPE1)", (10.0, 50.0, 1e-6, 0.9), 0.025, [seed, 8], np.geomspace(1e6, 1e-2, 81))
    assert not spectrum.ends_in_blocking_tail


def test_two_points_in_each_others_rows_are_one_sweep() -> None:
    clean = make_spectrum()
    order = np.arange(clean.frequency_hertz.size)
    order[[20, 21]] = order[[21, 20]]
    impedance = clean.impedance_ohm[order]
    spectrum = check_spectrum(clean.frequency_hertz[order], impedance.real, impedance.imag)
    assert spectrum.frequency_hertz.tolist() == clean.frequency_hertz.tolist()
    assert spectrum.impedance_ohm.tolist() == clean.impedance_ohm.tolist()


def test_a_segment_that_begins_two_points_back_is_a_second_sweep() -> None:
    frequency = np.concatenate((np.geomspace(1e6, 1e3, 31), np.geomspace(1.4e3, 1, 32)))
    impedance = 10 + 100 / (1 + 2j * np.pi * frequency * 1e-3)
    with refuses("frequency-changes-direction", InsufficientData):
        check_spectrum(frequency, impedance.real, impedance.imag)
