"""Groups of comparable cycles: at the same currents, between the same voltages, at the same temperature.

Capacities are compared within one group only. A check at C/10 between cycles at 1C says nothing about the fade at 1C.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analyses.statistics.medians import MAD_TO_SIGMA

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

MAIN_FACTOR = 1.5
"""The group a result is given of has so many times the cycles of the next."""
FEWEST_RATES = 3
MOST_CYCLES_A_RATE = 10
"""In a rate test there are three currents or more, and none is held for more cycles in a row."""
FEWEST_CYCLES_A_RATE = 2
"""Of a rate test before many cycles at one current, on average."""
MOST_SCATTER_SHARE = 0.05
"""End voltages scatter by up to this share of the voltage window before cycles count as different."""
SCATTER_FACTOR = 6.0


class GroupKind(StrEnum):
    """Purpose of a group of cycles."""

    CYCLING = "cycling"
    """The cycles a test is about, and later ones like them under other conditions."""
    FORMATION = "formation"
    """Before the first of them, and never again."""
    CAPACITY_CHECK = "capacity check"
    """At another current, between or before and after them."""
    OTHER = "other cycles"
    """Between them, at their current but another temperature or voltage window: interrupted ones, for instance."""
    RATE_STEP = "rate step"
    """One current of a rate test."""


@dataclass(frozen=True, kw_only=True)
class Tolerances:
    """How far cycles of one group may lie apart."""

    current: float = 0.02
    """Relative difference of the currents, in each direction."""
    current_step_a: float = 0.0
    """Resolution of the current column, which is allowed in any case [A]."""
    voltage_v: float = 0.010
    """Of the voltages a charge and a discharge end at, from one cycle of the group to its next [V]."""
    temperature_k: float = 3.0
    """Of the mean temperature of a cycle and that of the group [K]."""


@dataclass(frozen=True, kw_only=True)
class CycleConditions:
    """Conditions of each cycle; every array of shape (cycles,), nan where unknown."""

    charge_current_a: Array
    """Current of the constant-current part of the charge, positive [A]."""
    discharge_current_a: Array
    """Positive, too [A]."""
    charge_end_voltage_v: Array
    """Nan too where the rows do not tell it [V]."""
    discharge_end_voltage_v: Array
    temperature_degc: Array
    """Mean over the cycle [°C]."""
    charge_currents: Array
    """Number of constant currents of the charge, one after the other."""
    discharge_currents: Array

    def after(self, cycles: int) -> "CycleConditions":
        """Return the conditions without those of the first cycles."""
        return CycleConditions(**{name: part[cycles:] for name, part in vars(self).items()})

    @classmethod
    def unknown(cls, cycles: int) -> "CycleConditions":
        """Return the conditions of a table that has none: all cycles are comparable."""
        nothing = np.full(cycles, np.nan)
        return cls(**dict.fromkeys(cls.__dataclass_fields__, nothing))


@dataclass(frozen=True, kw_only=True, eq=False)
class CycleGroup:
    """Comparable cycles of a test. Its numbers are medians, nan if unknown."""

    number: int
    """From 1, in order of the first cycle."""
    kind: GroupKind
    name: str
    """The kind, numbered if there are several of it: `capacity check`, `rate step 2`."""
    members: Rows
    """Indices of its cycles, rising."""
    charge_current_a: float
    discharge_current_a: float
    charge_end_voltage_v: float
    discharge_end_voltage_v: float
    temperature_degc: float
    charge_currents: float
    discharge_currents: float


@dataclass(frozen=True, kw_only=True)
class CycleGroups:
    """The groups of a test and which of them its results are given of."""

    groups: tuple[CycleGroup, ...]
    number: Rows
    """Number of the group of each cycle, of shape (cycles,)."""
    is_rate_test: bool
    """True if there are three currents or more and none is held for more than ten cycles in a row, in all cycles."""
    main: CycleGroup | None
    """The group with at least 1.5 times the cycles of the next; None without one, and in a rate test."""

    def of_kind(self, kind: GroupKind) -> tuple[CycleGroup, ...]:
        """Return the groups of a kind, in order."""
        return tuple(group for group in self.groups if group.kind == kind)

    @property
    def has_rate_steps(self) -> bool:
        """True for a rate test, also one before cycles at one current."""
        return bool(self.of_kind(GroupKind.RATE_STEP))

    @property
    def formation_cycles(self) -> int:
        """Number of cycles before the main group's first, if all of them are formation."""
        if self.main is None:
            return 0
        first = int(self.main.members[0])
        return first if sum(group.members.size for group in self.of_kind(GroupKind.FORMATION)) == first else 0

    def moved(self, cycles: int) -> "CycleGroups":
        """Return the groups with so many cycles before them that belong to none (number 0)."""
        if not cycles:
            return self
        groups = tuple(replace(group, members=group.members + cycles) for group in self.groups)
        number = np.concatenate((np.zeros(cycles, dtype=np.intp), self.number))
        main = groups[self.groups.index(self.main)] if self.main else None
        return replace(self, groups=groups, number=number, main=main)

    def named(self, name: str) -> CycleGroup | None:
        """Return the group of this name, None if there is none."""
        return next((group for group in self.groups if group.name == name), None)


def group_cycles(conditions: CycleConditions, tolerances: Tolerances | None = None) -> CycleGroups:
    """Sort cycles into groups of comparable ones.

    A cycle belongs to the group, of those met so far the latest first, from whose first cycle its currents differ by
    no more than the tolerance, from whose last cycle its end voltages, and from whose mean its temperature; where the
    steps of the program are known, the numbers of their currents are the same. The
    tolerance of the end voltages grows with their scatter from cycle to cycle (six times 1.4826 times the median
    difference, up to 5 % of the voltage window), since an instrument that writes a row a minute misses the end of a
    step. What is not known of a cycle separates it from none.

    Cycles at three currents or more, none for more than ten cycles in a row, are the steps of a rate test. So are those
    before the first longer run at one current, if one of their currents is above it and there are two cycles or more
    for each current, and of this run as many as there were at its current before; the cycles after them are grouped by
    themselves.

    Parameters
    ----------
    conditions : CycleConditions
        Of each cycle, in the order they ran.
    tolerances : Tolerances, optional

    Returns
    -------
    CycleGroups
        The main group of equally many cycles in two of them is None: which is meant must be said.

    Examples
    --------
    >>> currents = np.array([0.1, 0.1, 1.0, 1.0, 1.0, 0.1, 1.0, 1.0])
    >>> parts = vars(CycleConditions.unknown(8)) | {"discharge_current_a": currents}
    >>> [(group.name, group.members.tolist()) for group in group_cycles(CycleConditions(**parts)).groups]
    [('capacity check', [0, 1, 5]), ('cycling', [2, 3, 4, 6, 7])]
    """
    limits = _Limits.of(conditions, tolerances or Tolerances())
    rates = _rate_cycles(conditions, limits)
    cycles = range(conditions.charge_current_a.size)
    steps, after = _sort(conditions, limits, cycles[:rates]), _sort(conditions, limits, cycles[rates:])
    drafts = [*steps, *after]
    number = np.zeros(len(cycles), dtype=np.intp)
    for index, draft in enumerate(drafts, start=1):
        number[draft.members] = index
    main = _main(after)
    kinds = [GroupKind.RATE_STEP] * len(steps) + [_kind(draft, main, limits) for draft in after]
    named = zip(drafts, kinds, _names(kinds), strict=True)
    groups = tuple(_group(conditions, *parts, number=number) for number, parts in enumerate(named, start=1))
    return CycleGroups(
        groups=groups,
        number=number,
        is_rate_test=bool(steps) and not after,
        main=groups[drafts.index(main)] if main is not None else None,
    )


@dataclass(frozen=True)
class _Limits:
    """The largest differences within a group."""

    current: float
    current_step_a: float
    charge_end_v: float
    discharge_end_v: float
    temperature_k: float

    @classmethod
    def of(cls, conditions: CycleConditions, tolerances: Tolerances) -> "_Limits":
        upper, lower = conditions.charge_end_voltage_v, conditions.discharge_end_voltage_v
        both = upper - lower
        window = float(np.nanmedian(both)) if np.isfinite(both).any() else 0.0
        return cls(
            tolerances.current,
            tolerances.current_step_a,
            _end_limit(upper, abs(window), tolerances.voltage_v),
            _end_limit(lower, abs(window), tolerances.voltage_v),
            tolerances.temperature_k,
        )

    def allows_current(self, current: float, reference: float) -> bool:
        """Return True if a current is that of the reference."""
        return _near(current, reference, max(self.current * reference, self.current_step_a))


def _end_limit(ends: Array, window: float, tolerance: float) -> float:
    known = ends[np.isfinite(ends)]
    if known.size < 3:
        return tolerance
    scatter = SCATTER_FACTOR * MAD_TO_SIGMA * float(np.median(np.abs(np.diff(known))))
    return max(tolerance, min(scatter, MOST_SCATTER_SHARE * window))


@dataclass
class _Draft:
    """A group while its cycles are being found."""

    first: tuple[float, ...]
    last: tuple[float, ...]
    mean_degc: float
    members: list[int] = field(default_factory=list)

    def holds(self, cycle: tuple[float, ...], limits: _Limits) -> bool:
        """Return True if a cycle is like those of the group."""
        charge, discharge, upper, lower, degc, *numbers = cycle
        return (
            limits.allows_current(charge, self.first[0])
            and limits.allows_current(discharge, self.first[1])
            and _near(upper, self.last[2], limits.charge_end_v)
            and _near(lower, self.last[3], limits.discharge_end_v)
            and _near(degc, self.mean_degc, limits.temperature_k)
            and all(_near(number, own, 0.0) for number, own in zip(numbers, self.first[5:], strict=True))
        )

    def add(self, index: int, cycle: tuple[float, ...]) -> None:
        """Take a cycle into the group; what the group did not know is known from here on."""
        self.members.append(index)
        self.first = tuple(map(_known, self.first, cycle))
        self.last = tuple(map(_known, cycle, self.last))
        degc = cycle[4]
        if not math.isnan(degc):
            mean = _known(self.mean_degc, degc)
            self.mean_degc = mean + (degc - mean) / len(self.members)


def _known(first: float, otherwise: float) -> float:
    return otherwise if math.isnan(first) else first


def _near(value: float, other: float, limit: float) -> bool:
    """Return True if two numbers are within a limit, round-off aside, or one of them is not known."""
    difference = abs(value - other)
    return difference <= limit * (1 + 1e-9) or math.isnan(difference)


def _sort(conditions: CycleConditions, limits: _Limits, cycles: range) -> list[_Draft]:
    """Return the groups of these cycles in order of their first."""
    drafts: list[_Draft] = []
    latest: list[_Draft] = []
    parts = [getattr(conditions, name)[cycles.start : cycles.stop] for name in CycleConditions.__dataclass_fields__]
    for index, cycle in zip(cycles, zip(*(part.tolist() for part in parts), strict=True), strict=True):
        draft = next((draft for draft in latest if draft.holds(cycle, limits)), None)
        if draft is None:
            draft = _Draft(cycle, cycle, cycle[4])
            drafts.append(draft)
            latest.insert(0, draft)
        elif draft is not latest[0]:
            latest.remove(draft)
            latest.insert(0, draft)
        draft.add(index, cycle)
    return drafts


def _rate_cycles(conditions: CycleConditions, limits: _Limits) -> int:
    """Return how many cycles from the first on are those of a rate test; zero without one."""
    runs = _runs(conditions, limits)
    count = conditions.discharge_current_a.size
    long = next((index for index, run in enumerate(runs) if run.length > MOST_CYCLES_A_RATE), len(runs))
    before = {run.level: run for run in reversed(runs[:long])}
    if len(before) < FEWEST_RATES:
        return 0
    if long == len(runs):
        return count
    block = runs[long]
    # Formation comes up to the current of the cycles after it, and a pulse is one cycle; a rate test goes beyond.
    if max(before) <= block.level or block.first < FEWEST_CYCLES_A_RATE * len(before):
        return 0
    return block.first + (before[block.level].length if block.level in before else 0)


class _Run(NamedTuple):
    """Successive cycles at one discharge current."""

    level: float
    first: int
    length: int
    """Without cycles whose current is not known."""


def _runs(conditions: CycleConditions, limits: _Limits) -> list[_Run]:
    runs: list[_Run] = []
    for index, current in enumerate(conditions.discharge_current_a.tolist()):
        if not math.isfinite(current):
            continue
        level = next((run.level for run in runs if limits.allows_current(current, run.level)), current)
        if runs and runs[-1].level == level:
            runs[-1] = runs[-1]._replace(length=runs[-1].length + 1)
        else:
            runs.append(_Run(level, index, 1))
    return runs


def _main(drafts: Sequence[_Draft]) -> _Draft | None:
    if not drafts:
        return None
    first, *others = sorted(drafts, key=lambda draft: -len(draft.members))
    return first if not others or len(first.members) >= MAIN_FACTOR * len(others[0].members) else None


def _kind(draft: _Draft, main: _Draft | None, limits: _Limits) -> GroupKind:
    if main is None or draft is main:
        return GroupKind.CYCLING
    if draft.members[-1] < main.members[0]:
        return GroupKind.FORMATION
    # After the main group's last cycle, and never before, the test went on under other conditions.
    if draft.members[0] > main.members[-1]:
        return GroupKind.CYCLING
    same = all(limits.allows_current(own, its) for own, its in zip(draft.first[:2], main.first[:2], strict=True))
    return GroupKind.OTHER if same else GroupKind.CAPACITY_CHECK


def _names(kinds: Sequence[GroupKind]) -> Iterator[str]:
    met: dict[GroupKind, int] = {}
    for kind in kinds:
        met[kind] = met.get(kind, 0) + 1
        yield f"{kind} {met[kind]}" if kinds.count(kind) > 1 else str(kind)


def _group(conditions: CycleConditions, draft: _Draft, kind: GroupKind, name: str, *, number: int) -> CycleGroup:
    members = np.array(draft.members, dtype=np.intp)

    def median(numbers: Array) -> float:
        known = numbers[members][np.isfinite(numbers[members])]
        return float(np.median(known)) if known.size else math.nan

    return CycleGroup(
        number=number,
        kind=kind,
        name=name,
        members=members,
        charge_current_a=median(conditions.charge_current_a),
        discharge_current_a=median(conditions.discharge_current_a),
        charge_end_voltage_v=median(conditions.charge_end_voltage_v),
        discharge_end_voltage_v=median(conditions.discharge_end_voltage_v),
        temperature_degc=median(conditions.temperature_degc),
        charge_currents=draft.first[5],
        discharge_currents=draft.first[6],
    )
