"""Known answers: programs written down in the tests themselves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyses.cycling.cycles.cycle_groups import CycleConditions, CycleGroups, GroupKind, Tolerances, group_cycles


def grouped(
    currents: list[float], *, charge: list[float] | None = None, tolerances: Tolerances | None = None, **columns: object
) -> CycleGroups:
    parts = vars(CycleConditions.unknown(len(currents)))
    parts |= {"discharge_current_a": np.array(currents), "charge_current_a": np.array(charge or currents)}
    parts |= {name: np.array(column, dtype=float) for name, column in columns.items()}
    return group_cycles(CycleConditions(**parts), tolerances)


def named(groups: CycleGroups) -> dict[str, list[int]]:
    return {group.name: [int(index) + 1 for index in group.members] for group in groups.groups}


def test_cycles_of_one_current_are_one_group() -> None:
    groups = grouped([1.0] * 5)
    assert named(groups) == {"cycling": [1, 2, 3, 4, 5]}
    assert groups.main is groups.groups[0]


def test_eight_formation_cycles_precede_the_cycling() -> None:
    groups = grouped([0.1] * 8 + [0.333] * 16)
    assert named(groups) == {"formation": [*range(1, 9)], "cycling": [*range(9, 25)]}
    assert groups.main is not None
    assert groups.main.name == "cycling"


def test_checks_that_come_back_are_one_group_from_their_first_block_on() -> None:
    checks = [0.1] * 3
    groups = grouped([*checks, *([1.0] * 22 + checks) * 4])
    assert named(groups)["capacity check"] == [1, 2, 3, 26, 27, 28, 51, 52, 53, 76, 77, 78, 101, 102, 103]
    assert groups.main is not None
    assert groups.main.members.size == 88


def test_two_groups_of_about_the_same_size_leave_the_choice() -> None:
    groups = grouped([0.1] * 10 + [0.5] * 14)
    assert groups.main is None
    assert named(groups) == {"cycling 1": [*range(1, 11)], "cycling 2": [*range(11, 25)]}
    assert groups.named("cycling 2") is groups.groups[1]
    assert groups.named("cycling") is None


@pytest.mark.parametrize(
    ("currents", "is_rate_test"),
    [
        ([0.1] * 5 + [0.2] * 5 + [0.5] * 5 + [0.1] * 5, True),
        ([0.1] * 10 + [0.2] * 10 + [0.5] * 10, True),
        ([0.1] * 10 + [0.2] * 10 + [0.5] * 11, False),
        ([0.1] * 5 + [0.5] * 5, False),
        ([0.1, 0.2, 0.5] + [1.0] * 20, False),
    ],
)
def test_a_rate_test_has_three_currents_none_held_for_more_than_ten_cycles(
    currents: list[float], is_rate_test: bool
) -> None:
    groups = grouped(currents)
    assert groups.is_rate_test is is_rate_test
    assert {group.kind for group in groups.groups if is_rate_test} <= {GroupKind.RATE_STEP}


def test_a_step_of_a_rate_test_that_comes_back_is_one_group() -> None:
    groups = grouped([0.1] * 3 + [0.2] * 3 + [0.5] * 3 + [0.1] * 3)
    assert named(groups) == {
        "rate step 1": [1, 2, 3, 10, 11, 12],
        "rate step 2": [4, 5, 6],
        "rate step 3": [7, 8, 9],
    }


def test_a_rate_test_before_many_cycles_has_its_steps_and_its_recovery() -> None:
    groups = grouped([0.1] * 3 + [0.2] * 3 + [0.5] * 3 + [0.1] * 63)
    assert named(groups) == {
        "rate step 1": [1, 2, 3, 10, 11, 12],
        "rate step 2": [4, 5, 6],
        "rate step 3": [7, 8, 9],
        "cycling": [*range(13, 73)],
    }
    assert groups.has_rate_steps
    assert not groups.is_rate_test
    assert groups.main is groups.groups[3]


@pytest.mark.parametrize("before", [[0.1, 0.1, 0.2, 0.2, 0.5, 0.5], [0.1, 0.2, 2.0]], ids=["formation", "pulse"])
def test_formation_before_many_cycles_is_no_rate_test(before: list[float]) -> None:
    groups = grouped(before + [1.0] * 60)
    assert not groups.has_rate_steps
    assert groups.main is not None
    assert groups.main.members.size == 60


def test_the_current_of_either_direction_separates_cycles() -> None:
    groups = grouped([1.0] * 9, charge=[1.0] * 6 + [2.0] * 3)
    assert [group.members.size for group in groups.groups] == [6, 3]
    assert groups.groups[1].charge_current_a == 2.0


@pytest.mark.parametrize(("ratio", "count"), [(1.0199, 1), (1.021, 2)])
def test_currents_of_a_group_differ_by_up_to_two_per_cent(ratio: float, count: int) -> None:
    assert len(grouped([1.0] * 4 + [ratio] * 2).groups) == count


def test_a_current_that_creeps_is_held_against_the_first() -> None:
    assert len(grouped([1.012**number for number in range(4)]).groups) == 2


def test_the_resolution_of_the_current_separates_no_cycles() -> None:
    currents = [0.0010, 0.0011, 0.0010, 0.0011]
    assert len(grouped(currents).groups) == 2
    assert len(grouped(currents, tolerances=Tolerances(current_step_a=1e-4)).groups) == 1


@pytest.mark.parametrize("column", ["charge_end_voltage_v", "discharge_end_voltage_v"])
def test_another_voltage_window_is_another_group(column: str) -> None:
    opposite = {"charge_end_voltage_v": 4.4, "discharge_end_voltage_v": 2.5}
    ends = {name: [value] * 8 for name, value in opposite.items()}
    ends[column] = [3.3] * 6 + [3.32] * 2
    assert [group.members.size for group in grouped([1.0] * 8, **ends).groups] == [6, 2]
    ends[column] = [3.3] * 6 + [3.309] * 2
    assert len(grouped([1.0] * 8, **ends).groups) == 1


def test_an_end_voltage_that_drifts_stays_in_its_group() -> None:
    ends = np.linspace(4.0, 4.2, 60)
    assert len(grouped([1.0] * 60, charge_end_voltage_v=ends).groups) == 1


def test_end_voltages_that_scatter_are_not_different_windows() -> None:
    ends = 2.5 - np.random.default_rng(1).uniform(0, 0.05, 60)
    assert len(grouped([1.0] * 60, charge_end_voltage_v=[4.2] * 60, discharge_end_voltage_v=ends).groups) == 1


def test_another_temperature_is_another_group() -> None:
    degc = [25.0, 26.0, 27.5, 25.5] * 3 + [45.0] * 4 + [25.0] * 3
    groups = grouped([1.0] * 19, temperature_degc=degc)
    assert named(groups)["other cycles"] == [13, 14, 15, 16]
    assert groups.groups[1].temperature_degc == 45.0


def test_a_charge_in_more_steps_is_another_group() -> None:
    assert len(grouped([1.0] * 9, charge_currents=[1] * 6 + [2] * 3).groups) == 2


def test_what_is_not_known_of_a_cycle_separates_it_from_none() -> None:
    currents = [1.0, np.nan, 1.0, 1.0]
    assert named(grouped(currents)) == {"cycling": [1, 2, 3, 4]}
    assert named(grouped([np.nan] * 4)) == {"cycling": [1, 2, 3, 4]}


def test_an_interrupted_cycle_is_no_capacity_check() -> None:
    ends = [2.5] * 4 + [3.1] + [2.5] * 4
    groups = grouped([1.0] * 9, discharge_end_voltage_v=ends, charge_end_voltage_v=[4.2] * 9)
    assert named(groups)["other cycles"] == [5]


def test_no_cycles_have_no_groups() -> None:
    groups = grouped([])
    assert (groups.groups, groups.main, groups.number.size) == ((), None, 0)


@given(st.lists(st.sampled_from([0.1, 0.2, 0.5, 1.0, float("nan")]), max_size=60))
def test_every_cycle_is_in_one_group(currents: list[float]) -> None:
    groups = grouped(currents)
    assert sorted(index for group in groups.groups for index in group.members) == [*range(len(currents))]
    for group in groups.groups:
        assert (groups.number[group.members] == group.number).all()
    assert len({group.name for group in groups.groups}) == len(groups.groups)
    assert all((group.kind is GroupKind.RATE_STEP) is groups.is_rate_test for group in groups.groups)
