import numpy as np
import pytest

from analyses.cycling.capacity.rate_steps import rate_steps, recovery_percent
from analyses.cycling.cycles.cycle_groups import CycleConditions, CycleGroups, group_cycles
from analyses.insufficient_data import InsufficientData

RATES_A = np.repeat([1e-4, 2e-4, 5e-4, 1e-3, 1e-4], 5)
CAPACITY_MAH = np.repeat([2.0, 1.9, 1.7, 1.2, 1.96], 5) - 0.001 * np.arange(25)


def groups_of(currents: np.ndarray) -> CycleGroups:
    return group_cycles(
        CycleConditions(**vars(CycleConditions.unknown(currents.size)) | {"discharge_current_a": currents})
    )


def test_each_block_of_comparable_cycles_is_a_step_with_its_median_and_range() -> None:
    steps = rate_steps(groups_of(RATES_A), CAPACITY_MAH, np.full(25, 0.01))
    assert [step.current_a for step in steps] == pytest.approx([1e-4, 2e-4, 5e-4, 1e-3, 1e-4])
    assert [step.capacity_mah.magnitude for step in steps] == pytest.approx(CAPACITY_MAH[2::5])
    assert steps[0].capacity_mah.interval() == pytest.approx((1.988, 2.008))
    assert steps[1].range_mah == pytest.approx((1.891, 1.895))


def test_the_recovery_is_that_of_a_current_that_comes_back() -> None:
    steps = rate_steps(groups_of(RATES_A), CAPACITY_MAH, np.zeros(25))
    recovery, first, last = recovery_percent(steps)
    assert recovery.magnitude == pytest.approx(100 * CAPACITY_MAH[22] / CAPACITY_MAH[2])
    assert (first.members[0], last.members[0]) == (0, 20)


def test_the_resolution_widens_the_recovery() -> None:
    recovery, _, _ = recovery_percent(rate_steps(groups_of(RATES_A), CAPACITY_MAH, np.full(25, 0.02)))
    assert recovery.interval() == pytest.approx((100 * 1.918 / 2.018, 100 * 1.958 / 1.978), rel=1e-6)


def test_without_a_current_that_comes_back_there_is_no_recovery() -> None:
    steps = rate_steps(groups_of(RATES_A[:20]), CAPACITY_MAH[:20], np.zeros(20))
    with pytest.raises(InsufficientData) as caught:
        recovery_percent(steps)
    assert caught.value.code == "no-repeated-current"


def test_cycles_without_a_discharge_are_left_out() -> None:
    capacity = CAPACITY_MAH.copy()
    capacity[[0, 7]] = np.nan
    steps = rate_steps(groups_of(RATES_A), capacity, np.zeros(25))
    assert [step.members.size for step in steps] == [4, 4, 5, 5, 5]
