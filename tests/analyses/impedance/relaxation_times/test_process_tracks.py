"""Peaks of the spectra of a series joined to processes."""

import numpy as np

from analyses.impedance.relaxation_times.drt_peaks import Peak
from analyses.impedance.relaxation_times.process_tracks import track_processes, without_jumps


def peak(time_constant_s: float, resistance_ohm: float, probability: float = 1.0) -> Peak:
    return Peak(time_constant_s, resistance_ohm, 0.9, np.eye(4), probability, True, 1.0)


def test_a_process_that_is_hidden_once_has_values_there_too() -> None:
    tracks = track_processes(
        np.arange(3.0), [[peak(1e-5, 10), peak(1e-2, 20)], [peak(1e-2, 40)], [peak(1e-5, 10), peak(1e-2, 80)]]
    )
    assert np.exp(tracks[..., 0]).round(6).tolist() == [[10, 10, 10], [20, 40, 80]]


def test_where_a_process_is_expected_follows_its_last_two_values() -> None:
    """Both are near 1e-3 s in the third spectrum, and continue as they came."""
    first, second = 10.0 ** np.array([-4, -3.5, -3.05, -2.5]), 10.0 ** np.array([-2, -2.5, -2.95, -3.5])
    tracks = track_processes(np.arange(4.0), [[peak(a, 10), peak(b, 11)] for a, b in zip(first, second, strict=True)])
    ends = {(round(row[0], 6), round(row[-1], 6)) for row in np.log10(np.exp(tracks[..., 1])).tolist()}
    assert ends == {(-4, -2.5), (-2, -3.5)}


def test_what_is_seen_once_or_not_supported_is_no_process() -> None:
    tracks = track_processes(
        np.arange(3.0), [[peak(1e-5, 10), peak(1e-2, 20)], [peak(1e-5, 10), peak(1e-2, 20, 0.2)], [peak(1e-5, 10)]]
    )
    assert tracks.shape == (1, 3, 3)


def test_spectra_without_peaks_have_no_processes() -> None:
    assert track_processes(np.arange(2.0), [[], []]).shape == (0, 2, 3)


def test_a_jump_of_two_spectra_leaves_neither_and_a_steady_change_leaves_all() -> None:
    apart = np.array([[3.0, -2.0, 0.9], [3.0, -9.0, 0.9]])
    assert without_jumps(np.arange(2.0), apart, np.full(2, True)) == (False, False)
    steady = np.column_stack((np.full(5, 3.0), -2.0 - 3 * np.arange(5), np.full(5, 0.9)))
    assert without_jumps(np.arange(5.0), steady, np.full(5, True)) == (True,) * 5
    steady[4, 1] += 4.0
    assert without_jumps(np.arange(5.0), steady, np.full(5, True)) == (True, True, True, True, False)
