from typing import Any

import numpy as np
import pytest

from analyses.cycling.cycles.cycle_series import cycle_series, ordered
from analyses.insufficient_data import InsufficientData
from tests.coded import refuses
from tests.trials import holds, trials

CYCLES = np.arange(1.0, 101)
STEADY = 18.0 * (1 - 0.001 * (CYCLES - 1))


def anomalies(capacity, window=5):
    series = cycle_series(np.arange(1.0, len(capacity) + 1), np.asarray(capacity, dtype=float), window=window)
    return series.cycle[series.anomalous].tolist()


@pytest.mark.parametrize("cycle", [1, 2, 3, 50, 98, 99, 100])
@pytest.mark.parametrize("factor", [0.5, 0.97, 1.03, 1.5])
def test_finds_a_single_anomalous_cycle_at_any_position(cycle: int, factor: float) -> None:
    capacity = STEADY.copy()
    capacity[cycle - 1] *= factor
    assert anomalies(capacity) == [cycle]


def test_finds_every_checkpoint_at_another_rate() -> None:
    capacity = STEADY.copy()
    capacity[24::25] *= 1.1
    assert anomalies(capacity) == [25, 50, 75, 100]


def test_finds_two_adjacent_anomalous_cycles() -> None:
    capacity = STEADY.copy()
    capacity[40:42] *= 0.6
    assert anomalies(capacity) == [41, 42]


@pytest.mark.parametrize(
    "capacity",
    [
        STEADY,
        18.0 * (1 - (CYCLES / 120) ** 4),
        18.0 * np.where(CYCLES < 50, 1.0, 0.8),
        18.0 * (1 + 0.05 * 0.4 ** (CYCLES - 1)),
        18.0 * np.minimum(1.0, 1.5 - CYCLES / 100),
        np.full(100, 18.0),
    ],
    ids=["steady fade", "rollover", "lasting step", "first cycles settle", "knee", "no fade"],
)
def test_a_smooth_course_has_no_anomalous_cycles(capacity: np.ndarray) -> None:
    assert anomalies(capacity) == []


@pytest.mark.parametrize("noise", [1e-4, 1e-3, 1e-2])
@pytest.mark.parametrize("slope", [1e-4, 5e-3])
def test_scatter_alone_hardly_makes_an_anomaly(noise: float, slope: float) -> None:
    rng = np.random.default_rng(7)
    false_alarms = sum(
        len(anomalies(18.0 * (1 - slope * CYCLES) * (1 + rng.normal(0, noise, CYCLES.size)))) for _ in range(20)
    )
    assert false_alarms <= 0.005 * 20 * CYCLES.size


def test_separates_scatter_from_fade() -> None:
    rng = np.random.default_rng(11)
    series = cycle_series(np.arange(1.0, 1001), 18 - 0.01 * np.arange(1000) + rng.normal(0, 0.05, 1000), window=5)
    assert series.scatter_mah == pytest.approx(0.05, rel=0.1)


def test_a_straight_line_has_no_scatter() -> None:
    assert cycle_series(CYCLES, STEADY, window=5).scatter_mah == 0.0


def test_an_anomalous_cycle_is_kept_as_measured_beside_what_its_neighbours_lead_to() -> None:
    capacity = STEADY.copy()
    capacity[49] = 3.0
    series = cycle_series(CYCLES, capacity, window=5)
    assert series.capacity_at(50) == 3.0
    assert series.measured_at(50).interval() == (3.0, 3.0)
    assert series.expected_at(50) == pytest.approx(STEADY[49])
    assert series.level_at(50).magnitude == pytest.approx(STEADY[49])
    assert series.capacity_at(51) == capacity[50]


@trials(200)
@pytest.mark.parametrize("index", [0, 40, 99])
def test_the_level_at_an_anomalous_cycle_holds_its_capacity_in_95_of_100_runs(index: int, trials: int) -> None:
    """A line with known scatter, one cycle at half its capacity: first, middle or last."""
    cycle, truth = np.arange(1.0, 101.0), 18 * (1 - 0.0015 * np.arange(100))
    rng, inside = np.random.default_rng(11), []
    for _ in range(trials):
        capacity = truth + rng.normal(0, 0.02, 100)
        capacity[index] = 9.0
        low, high = cycle_series(cycle, capacity, window=5).level_at(index + 1).interval()
        inside.append(low <= truth[index] <= high)
    assert holds(inside, high=1.0)


def test_three_cycles_are_too_few_for_an_anomaly() -> None:
    assert anomalies([10, 5, 10]) == []


def test_refuses_a_cycle_that_is_not_there_and_names_the_nearest() -> None:
    with refuses("cycle-not-in-data", InsufficientData, cycle=500, first=1.0, last=100.0, nearest=100.0):
        cycle_series(CYCLES, STEADY, window=5).capacity_at(500)


@pytest.mark.parametrize("window", [0, 1, 2, 4])
def test_refuses_a_window_without_centre(window: int) -> None:
    with refuses("even-anomaly-window", InsufficientData, window=window):
        cycle_series(CYCLES, STEADY, window=window)


def test_sorts_cycles_and_says_where_the_order_broke() -> None:
    cycle, columns, remarks = ordered(np.array([1.0, 3.0, 2.0]), capacity_ah=np.array([0.3, 0.1, 0.2]))
    assert cycle.tolist() == [1, 2, 3]
    assert columns["capacity_ah"].tolist() == [0.3, 0.2, 0.1]
    (remark,) = remarks
    assert (remark.code, remark.parameters) == ("cycles-out-of-order", {"row": 3, "cycle": 2})


def test_flags_a_cycle_without_capacity() -> None:
    _, _, remarks = ordered(np.array([1.0, 2.0]), capacity_ah=np.array([0.3, 0.0]))
    (remark,) = remarks
    assert (remark.code, remark.parameters) == ("capacity-is-zero", {"column": "capacity_ah", "cycles": [2]})


def test_a_missing_capacity_is_a_half_cycle_that_did_not_happen() -> None:
    cycle, columns, remarks = ordered(np.array([3.0, 1, 2]), capacity_ah=np.array([1.0, 3, np.nan]))
    (remark,) = (remark for remark in remarks if remark.code == "capacity-missing")
    assert remark.parameters == {"column": "capacity_ah", "cycles": [2]}
    assert cycle.tolist() == [1, 2, 3]
    assert np.isnan(columns["capacity_ah"][1])


@pytest.mark.parametrize(
    ("cycle", "capacity", "code", "parameters"),
    [
        ([1, 2, 2], [1, 1, 1], "repeated-cycle", {"cycle": 2, "times": 2, "rows": [2, 3], "cycles": 1}),
        ([1, 2.5, 3], [1, 1, 1], "irregular-cycle-numbers", {"cycle": 2.5, "row": 2}),
        ([1, np.nan, 3], [1, 1, 1], "irregular-cycle-numbers", {"row": 2}),
        ([1, 2, 3], [1, np.inf, 1], "capacity-not-positive", {"row": 2, "cycle": 2}),
        ([1, 2, 3], [1, 1, -1], "capacity-not-positive", {"number": -1, "row": 3, "cycle": 3}),
        ([], [], "no-cycles", {}),
    ],
)
def test_refuses_a_table_it_cannot_trust(
    cycle: list[float], capacity: list[float], code: str, parameters: dict[str, Any]
) -> None:
    with pytest.raises(InsufficientData) as refusal:
        ordered(np.array(cycle, dtype=float), capacity_ah=np.array(capacity, dtype=float))
    assert refusal.value.code == code
    assert parameters.items() <= refusal.value.parameters.items()
