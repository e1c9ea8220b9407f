import numpy as np

from registry.web.plots.decimation import kept_positions


def test_few_points_all_stay() -> None:
    assert kept_positions(np.arange(5.0), 5) == [0, 1, 2, 3, 4]


def test_spike_first_and_last_stay() -> None:
    y = np.sin(np.arange(100_000.0))
    y[54_321] = 7.0
    kept = kept_positions(y, 4000)
    assert len(kept) <= 4000
    assert {0, 54_321, 99_999} <= set(kept)
    assert kept == sorted(kept)


def test_a_gap_stays_a_gap() -> None:
    y = np.ones(1000)
    y[300:700] = np.nan
    kept = kept_positions(y, 20)
    assert np.isnan(y[kept]).any()
