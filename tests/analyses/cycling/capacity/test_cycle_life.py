import numpy as np
import pytest

from analyses.cycling.capacity.cycle_life import life_cycles
from analyses.cycling.cycles.cycle_series import CycleSeries, cycle_series
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from tests.coded import refuses
from tests.trials import holds, trials

SHAPES = {
    "straight": lambda index: index,
    "faster and faster": lambda index: index**2,
    "slower and slower": lambda index: (1 - np.exp(-3 * index)) / (1 - np.exp(-3)),
}


def series_of(capacity) -> CycleSeries:
    capacity = np.asarray(capacity, dtype=float)
    return cycle_series(np.arange(1.0, 1 + capacity.size), capacity, window=5)


def steady(cycles: int, percent_per_cycle: float) -> np.ndarray:
    """Return a straight fade from 18 mAh at cycle 1."""
    return 18.0 * (1 - percent_per_cycle / 100 * np.arange(cycles))


def faded(cycles: int, loss: float, shape: str = "straight") -> np.ndarray:
    """Return a course from 18 mAh at cycle 1 that has lost this share at the end."""
    return 18.0 * (1 - loss * SHAPES[shape](np.arange(cycles) / (cycles - 1)))


def scattered(truth: np.ndarray, noise: float, seed: int) -> CycleSeries:
    """Return the course with normal scatter, relative to the first capacity."""
    return series_of(truth + truth[0] * np.random.default_rng(seed).normal(0, noise, truth.size))


def test_counts_the_cycles_to_80_percent() -> None:
    """By hand: 1 - 0.0006 (n - 1) < 0.8 first at n = 335."""
    life = life_cycles(series_of(steady(500, 0.06)), 1, 500)
    assert life == Estimate.exact(335)


@pytest.mark.parametrize("factor", [0.5, 1.5])
@pytest.mark.parametrize("odd", [100, 334, 335, 340, 500])
def test_one_anomalous_cycle_changes_the_life_by_at_most_one_cycle(odd: int, factor: float) -> None:
    capacity = steady(500, 0.06)
    capacity[odd - 1] *= factor
    life = life_cycles(series_of(capacity), 1, 500)
    assert life is not None
    assert abs(life.magnitude - 335) <= 1


def test_a_capacity_that_recovers_has_not_ended_its_life() -> None:
    capacity = np.full(100, 18.0)
    capacity[40:60] = 12.0
    assert life_cycles(series_of(capacity), 1, 100) is None


def test_no_life_ends_above_the_limit() -> None:
    assert life_cycles(series_of(steady(100, 0.05)), 1, 100) is None


@trials(200)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("cycles", "loss", "noise"),
    [(30, 0.4, 0.01), (200, 0.25, 0.003), (200, 0.4, 0.03), (1000, 0.25, 0.003), (1000, 0.25, 0.03)],
)
def test_its_interval_holds_the_true_life_in_95_of_100_runs(
    cycles: int, loss: float, noise: float, shape: str, trials: int
) -> None:
    """200 runs with a scatter of 1 to 120 cycles' fade; the true life is the first cycle of the course below 80 %."""
    truth = faded(cycles, loss, shape)
    life = int(np.argmax(truth < 0.8 * 18 - 1e-9)) + 1
    inside = []
    for seed in range(trials):
        try:
            estimate = life_cycles(scattered(truth, noise, seed), 1, cycles)
        except InsufficientData:
            continue
        if estimate is not None:
            low, high = estimate.interval()
            inside.append(low <= life <= high)
    assert len(inside) >= 0.9 * trials
    # A whole number that scatter moves by a cycle at most is covered more often.
    assert holds(inside, high=0.99 if noise * cycles > 2 * loss else 1.0)


@trials(200)
@pytest.mark.parametrize(("percent", "noise"), [(0.1, 0.001), (0.2, 0.0001), (0.1, 0.003)])
def test_its_interval_holds_a_life_that_is_known_to_a_few_cycles(percent: float, noise: float, trials: int) -> None:
    """200 runs to 90 %: at least 90 % of the intervals contain the true life."""
    truth = steady(200, percent)
    life = int(np.argmax(truth < 0.9 * 18 - 1e-9)) + 1
    inside = []
    for seed in range(trials):
        estimate = life_cycles(scattered(truth, noise, seed), 1, 200, 0.9)
        assert estimate is not None
        low, high = estimate.interval()
        inside.append(low <= life <= high)
    assert holds(inside, high=1.0)


@pytest.mark.slow
def test_strong_scatter_makes_no_life_too_long() -> None:
    """The running median's last crossing is 60 of 500 cycles late here; the mean of 100 lives is not."""
    truth = faded(1000, 0.4)
    lives = [life_cycles(scattered(truth, 0.03, seed), 1, 1000) for seed in range(100)]
    magnitudes = np.array([life.magnitude for life in lives if life is not None])
    assert magnitudes.size == 100
    assert abs(magnitudes.mean() - 501) < 3 * magnitudes.std() / 10


def test_refuses_a_life_where_the_fade_is_within_the_scatter() -> None:
    """30 cycles lose a quarter, with a scatter of 8 %: most of them may be the first below 80 %."""
    for seed in range(2, 7):
        with refuses("fade-within-scatter", InsufficientData, cycles_size=30):
            life_cycles(scattered(faded(30, 0.25), 0.08, seed), 1, 30)


def test_scatter_about_a_capacity_that_does_not_fade_ends_no_life() -> None:
    assert life_cycles(scattered(faded(300, 0.0), 0.03, 1), 1, 300) is None


def test_a_sudden_death_is_known_to_the_cycle_despite_scatter() -> None:
    """From 18 mAh to half of it between cycles 100 and 101."""
    truth = np.where(np.arange(150) < 100, 18.0, 9.0)
    life = life_cycles(scattered(truth, 0.01, 3), 1, 150)
    assert life is not None
    assert abs(life.magnitude - 101) <= 1
