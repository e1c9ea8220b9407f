import numpy as np

from analyses.impedance.relaxation_times.process_matching import match_processes


def test_near_processes_are_pairs_whatever_their_order() -> None:
    first = np.array([[1e-6, 20.0], [1e-4, 50.0], [1e-1, 200.0]])
    assert match_processes(first, first[::-1] * 1.3) == [(0, 2), (1, 1), (2, 0)]


def test_a_process_without_another_within_a_decade_is_no_pair() -> None:
    assert match_processes(np.array([[1e-6, 20.0], [1e-2, 50.0]]), np.array([[1e-2, 60.0], [1e1, 20.0]])) == [(1, 0)]
    assert match_processes(np.array([[1e-6, 20.0]]), np.array([[1e-4, 20.0]])) == []


def test_of_two_equally_fast_processes_that_of_like_resistance_is_the_pair() -> None:
    first = np.array([[1e-3, 10.0]])
    assert match_processes(first, np.array([[2e-3, 500.0], [5e-4, 12.0]])) == [(0, 1)]


def test_no_processes_make_no_pairs() -> None:
    assert match_processes(np.empty((0, 2)), np.array([[1.0, 1.0]])) == []
