import numpy as np
import pytest

from analyses.impedance.sweep_segments import are_segments, overlaps

HIGH, LOW = np.geomspace(1e6, 1e3, 31), np.geomspace(1.5e3, 0.1, 43)


@pytest.mark.parametrize("rising", [False, True])
@pytest.mark.parametrize("low", [LOW, LOW[LOW < 1e3], LOW[LOW < 200]])
def test_segments_that_overlap_meet_or_leave_less_than_a_decade_are_of_one_sweep(low: np.ndarray, rising: bool) -> None:
    sweeps = [low[::-1], HIGH[::-1]] if rising else [HIGH, low]
    assert are_segments(sweeps)
    assert not are_segments(sweeps[::-1])


def test_three_segments_are_of_one_sweep() -> None:
    assert are_segments([HIGH, np.geomspace(1.5e3, 8, 20), np.geomspace(10, 0.01, 20)])


@pytest.mark.parametrize(
    "sweeps",
    [
        [HIGH],
        [HIGH, HIGH],
        [HIGH, HIGH[::-1]],
        [HIGH, LOW[::-1]],
        [HIGH, HIGH[5:]],
        [HIGH, HIGH[2:-2]],
        [HIGH, HIGH / 3],
        [HIGH, LOW[LOW < 50]],
        [HIGH, LOW[-3:]],
        [HIGH, np.full(8, 500.0)],
        [HIGH, np.append(LOW, 0.0)],
    ],
    ids=str,
)
def test_other_sweeps_are_spectra_of_their_own(sweeps: list[np.ndarray]) -> None:
    """One, repeated, turned, within another, mostly within another, beyond a gap, of few points, at one frequency."""
    assert not are_segments(sweeps)


def impedance(frequency: np.ndarray) -> np.ndarray:
    return 100 / (1 + 1j * frequency / 2e3) + 1e6 / (1j * frequency)


@pytest.mark.parametrize("factor", [1.0, 1.03])
def test_an_overlap_has_its_range_its_points_and_how_far_the_segments_differ(factor: float) -> None:
    (overlap,) = overlaps([HIGH, LOW], [impedance(HIGH), factor * impedance(LOW)])
    assert (overlap.lowest_hz, overlap.highest_hz) == pytest.approx((1e3, 1.5e3))
    assert overlap.points == np.count_nonzero(HIGH <= 1.5e3) + np.count_nonzero(LOW >= 1e3)
    assert overlap.difference == pytest.approx(factor - 1, abs=1e-3)


def test_segments_that_only_meet_have_no_overlap() -> None:
    low = LOW[LOW < 1e3]
    assert overlaps([HIGH, low], [impedance(HIGH), impedance(low)]) == ()
