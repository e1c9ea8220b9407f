"""The group of comparable cycles to analyse, and descriptions of groups for messages."""

import math

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Listed
from analyses.cycling.cycles.cycle_groups import CycleGroup, CycleGroups, Tolerances
from registry.contract.analysis import Parameter
from registry.contract.in_text import InText
from registry.contract.inputs import Inputs
from registry.contract.outcome import Message, ParameterChange, Refused

Array = NDArray[np.float64]

MA_PER_A = 1000.0
MV_PER_V = 1000.0
MOST_OFFERED = 8
"""Groups of cycles offered as buttons."""

GROUP = Parameter(
    name="cycle_group",
    type=str,
    default="",
    help="Name of the group of comparable cycles to analyse, e.g. capacity check; if empty, the group with at least "
    "1.5 times as many cycles as any other.",
    title="Group of cycles",
)
CURRENT_TOLERANCE = Parameter(
    name="current_tolerance_percent",
    type=float,
    default=2.0,
    help="Largest difference between the currents of comparable cycles, in either direction.",
    unit="%",
    minimum=0.01,
    maximum=50.0,
    title="Tolerance of the current",
)
VOLTAGE_TOLERANCE = Parameter(
    name="voltage_tolerance_mv",
    type=float,
    default=10.0,
    help="Largest difference between the end voltages of successive comparable cycles, on charge and on discharge.",
    unit="mV",
    minimum=0.1,
    maximum=1000.0,
    title="Tolerance of the voltage window",
)
TEMPERATURE_TOLERANCE = Parameter(
    name="temperature_tolerance_k",
    type=float,
    default=3.0,
    help="Largest deviation of the temperature of a cycle from the mean of its group.",
    unit="K",
    minimum=0.1,
    maximum=100.0,
    title="Tolerance of the temperature",
)
GROUP_PARAMETERS = (GROUP, CURRENT_TOLERANCE, VOLTAGE_TOLERANCE, TEMPERATURE_TOLERANCE)


def tolerances(inputs: Inputs, current_step_a: float = 0.0) -> Tolerances:
    """Return the tolerances that were set. Differences within the resolution of the current [A] separate no cycles."""
    return Tolerances(
        current=float(inputs.parameter(CURRENT_TOLERANCE.name)) / 100,
        current_step_a=current_step_a,
        voltage_v=float(inputs.parameter(VOLTAGE_TOLERANCE.name)) / MV_PER_V,
        temperature_k=float(inputs.parameter(TEMPERATURE_TOLERANCE.name)),
    )


def chosen_group(inputs: Inputs, groups: CycleGroups, cycle: Array) -> CycleGroup:
    """Return the group that was set, that of the reference cycle that was set, or the main one.

    Refuses if there is none of this name, or if nothing was set and no group is clearly the largest.
    """
    if name := str(inputs.parameter(GROUP.name)).strip():
        group = groups.named(name)
        if group is None:
            raise Refused(
                "unknown-cycle-group",
                "no group of cycles is named ‘{name}’: choose one of {groups}",
                name=name,
                groups=Listed(group.name for group in groups.groups),
            )
        return group
    if reference := int(inputs.parameter("reference_cycle")):
        index = np.flatnonzero(cycle == reference)
        own = [group for group in groups.groups if index.size and index[0] in group.members]
        if own:
            return own[0]
    if groups.main is None:
        raise _undecided(groups, cycle)
    return groups.main


def _undecided(groups: CycleGroups, cycle: Array) -> Refused:
    described = Listed((describe(group, cycle) for group in groups.groups), between="; ")
    if groups.is_rate_test:
        return Refused(
            "rate-test",
            "a rate test has no fade or cycle life, as capacities at different currents are not comparable: "
            "choose one of its groups with the parameter ‘{parameter}’: {groups}",
            parameter=InText(GROUP.name, GROUP.label),
            groups=described,
        ).offering(*_choices(groups))
    return Refused(
        "several-cycle-groups",
        "the test has several groups of cycles that are not comparable, and none is clearly the largest: "
        "choose one with the parameter ‘{parameter}’: {groups}",
        parameter=InText(GROUP.name, GROUP.label),
        groups=described,
    ).offering(*_choices(groups))


def _choices(groups: CycleGroups) -> tuple[ParameterChange, ...]:
    """Return a button for each group of cycles."""
    names = [group.name for group in groups.groups[:MOST_OFFERED]]
    return tuple(ParameterChange(GROUP.name, name, f"Analyse {name}") for name in names)


def group_messages(groups: CycleGroups, cycle: Array) -> tuple[Message, ...]:
    """Return a message that lists the groups, if there are several."""
    if len(groups.groups) < 2:
        return ()
    return (
        Message(
            "cycle-groups",
            "Groups of comparable cycles: {groups}.",
            groups=Listed((describe(group, cycle) for group in groups.groups), between="; "),
        ),
    )


def describe(group: CycleGroup, cycle: Array) -> str:
    """Return a group in words: `capacity check (15 cycles from 1 to 103, discharge at 0.14 mA)`."""
    members = group.members
    span = f"{members.size} cycles from {cycle[members[0]]:.0f} to {cycle[members[-1]]:.0f}"
    parts = [span if members.size > 1 else f"cycle {cycle[members[0]]:.0f}"]
    if not math.isnan(group.discharge_current_a):
        parts.append(f"discharge at {group.discharge_current_a * MA_PER_A:.3g} mA")
    for half, currents in (("charge", group.charge_currents), ("discharge", group.discharge_currents)):
        if currents > 1:
            parts.append(f"{half} in {currents:.0f} steps")
    if not math.isnan(group.discharge_end_voltage_v + group.charge_end_voltage_v):
        parts.append(f"{group.discharge_end_voltage_v:.3g} to {group.charge_end_voltage_v:.3g} V")
    if not math.isnan(group.temperature_degc):
        parts.append(f"{group.temperature_degc:.3g} °C")
    return f"{group.name} ({', '.join(parts)})"


def group_names(groups: CycleGroups) -> tuple[str, ...]:
    """Return the name of the group of each cycle, of shape (cycles,); empty text for none."""
    names = ("", *(group.name for group in groups.groups))
    return tuple(names[number] for number in groups.number)


def formation_message(cycle: Array, formation: int, how: str) -> Message:
    """Return which cycles are formation, and how they were chosen."""
    return Message(
        "formation",
        "Formation: cycles {first:.0f} to {last:.0f} ({how}); cycling begins at cycle {cycle:.0f}.",
        first=cycle[0],
        last=cycle[formation - 1],
        how=how,
        cycle=cycle[formation],
    )
