import numpy as np
import pytest

from analyses.cycling.cycles.cycle_groups import CycleConditions, CycleGroups, group_cycles
from registry.contract.analysis_support.cycling.cycle_group_choice import (
    CURRENT_TOLERANCE,
    GROUP,
    GROUP_PARAMETERS,
    chosen_group,
    describe,
    group_messages,
    group_names,
    tolerances,
)
from registry.hookspecs import Inputs, Refused
from tests.coded import refuses


def inputs_of(**parameters: object) -> Inputs:
    defaults = {parameter.name: parameter.default for parameter in GROUP_PARAMETERS}
    return Inputs({}, dict, {**defaults, "reference_cycle": 0, **parameters})  # type: ignore[dict-item]


def groups_of(*currents: float) -> CycleGroups:
    parts = vars(CycleConditions.unknown(len(currents))) | {"discharge_current_a": np.array(currents)}
    return group_cycles(CycleConditions(**parts))


def cycles_of(groups: CycleGroups) -> np.ndarray:
    return np.arange(1.0, groups.number.size + 1)


FORMED = groups_of(*[1e-4] * 3, *[1e-3] * 9)


def test_the_main_group_is_taken_if_nothing_is_set() -> None:
    assert chosen_group(inputs_of(), FORMED, cycles_of(FORMED)) is FORMED.main


def test_a_group_can_be_set_by_its_name_or_by_the_reference_cycle() -> None:
    for chosen in ({GROUP.name: "formation"}, {"reference_cycle": 2}):
        assert chosen_group(inputs_of(**chosen), FORMED, cycles_of(FORMED)).name == "formation"


def test_an_unknown_name_is_refused_with_the_names_there_are() -> None:
    with refuses("unknown-cycle-group", Refused, name="fast", groups=["formation", "cycling"]):
        chosen_group(inputs_of(cycle_group="fast"), FORMED, cycles_of(FORMED))


@pytest.mark.parametrize(
    ("groups", "code"),
    [
        (groups_of(*[1e-4] * 6, *[1e-3] * 7), "several-cycle-groups"),
        (groups_of(*[1e-4] * 3, *[2e-4] * 3, *[5e-4] * 3), "rate-test"),
    ],
)
def test_without_a_clearly_largest_group_one_must_be_set(groups: CycleGroups, code: str) -> None:
    with refuses(code, Refused, parameter=GROUP.name) as caught:
        chosen_group(inputs_of(), groups, cycles_of(groups))
    assert len(caught.value.parameters["groups"]) == len(groups.groups)


def test_a_group_is_described_by_its_cycles_and_conditions() -> None:
    assert describe(FORMED.groups[0], cycles_of(FORMED)) == "formation (3 cycles from 1 to 3, discharge at 0.1 mA)"


def test_groups_are_listed_if_there_are_several() -> None:
    (message,) = group_messages(FORMED, cycles_of(FORMED))
    assert (message.code, len(message.parameters["groups"])) == ("cycle-groups", 2)
    assert group_messages(groups_of(1.0, 1.0), np.array([1.0, 2.0])) == ()


def test_each_cycle_has_the_name_of_its_group() -> None:
    assert group_names(FORMED) == ("formation",) * 3 + ("cycling",) * 9
    assert group_names(FORMED.moved(1))[0] == ""


def test_tolerances_are_those_that_were_set() -> None:
    limits = tolerances(inputs_of(**{CURRENT_TOLERANCE.name: 5.0}), 1e-6)
    assert (limits.current, limits.current_step_a, limits.voltage_v, limits.temperature_k) == (0.05, 1e-6, 0.01, 3.0)
