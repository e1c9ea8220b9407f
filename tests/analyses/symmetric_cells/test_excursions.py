import numpy as np
import pytest

from analyses.symmetric_cells.excursions import LIMIT, Watch, log_likelihood_ratio


def test_a_change_is_taken_for_real_after_its_fewest_rows() -> None:
    watch = Watch()
    assert watch.feed(100, np.array([-5.0] * 10 + [50.0] * 4), 5) is None
    assert watch.feed(114, np.array([50.0] * 3), 5) == 114
    assert watch.begin == 110


def test_fewer_rows_are_none() -> None:
    watch = Watch()
    assert watch.feed(0, np.array([-1.0, 50.0, 50.0, 50.0, 50.0] + [-50.0] * 4 + [50.0] * 4), 5) is None
    assert watch.begin == 9


def test_weak_evidence_adds_up() -> None:
    watch = Watch()
    assert watch.feed(0, np.full(100, LIMIT / 50), 5) == 49
    assert watch.begin == 0


def test_two_rows_are_enough_at_the_end() -> None:
    watch = Watch()
    watch.feed(0, np.array([-5.0, -5.0, 50.0, 50.0]), 5)
    assert watch.lasts_to(3, 5)
    watch = Watch()
    watch.feed(0, np.array([-5.0, -5.0, 50.0]), 5)
    assert not watch.lasts_to(2, 5)


@pytest.mark.parametrize("noise", [0.1, 0.3, 1.0])
def test_noise_alone_makes_no_change(noise: float) -> None:
    """10 000 rows: by chance one in a million rows."""
    ratio = 1 + np.random.default_rng(5).normal(0, noise, 10_000)
    assert Watch().feed(0, log_likelihood_ratio(ratio, 0.7, np.full(ratio.size, noise)), 5) is None
