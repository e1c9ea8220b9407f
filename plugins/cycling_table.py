"""What the cycling plugins read of the data: a per-cycle table, given or made from the rows; registers nothing."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analyses.cycle_protocol import formation_cycles, interrupted_last, lacks_last
from analyses.cycle_series import ordered
from analyses.cycle_summary import CycleSummary, cycle_summary
from analyses.uncertainty import Estimate
from registry.hookspecs import Dataset, Inputs, Message, Parameter, Refused

Array = NDArray[np.float64]

CYCLE = "cycle_count"
DISCHARGE = "cycle_discharging_capacity_ah"
CHARGE = "cycle_charging_capacity_ah"
ROWS = ("test_time_second", "voltage_volt", "current_ampere")
COUNTERS = ("charging_capacity_ah", "discharging_capacity_ah")
MAH_PER_AH = 1000.0

FORMATION = Parameter(
    "formation_cycles",
    int,
    -1,
    "Cycles at the beginning that are formation; -1 recognises them by their lower current, where rows tell it.",
    minimum=-1,
    maximum=1000,
)
FROM_DATA, CHARGE_FIRST, DISCHARGE_FIRST = "from the data", "charge", "discharge"
FIRST_HALF = Parameter(
    "first_half",
    str,
    FROM_DATA,
    "Half-cycle the test begins with; efficiencies compare the other one with it. From the data: rows tell it by the "
    "first half-cycle; a per-cycle table does not, and is taken to charge first. Half-cells of anodes discharge first.",
    choices=(FROM_DATA, CHARGE_FIRST, DISCHARGE_FIRST),
)
EFFICIENCY_BOUND = 100 * (1 + 1e-9)
COUNTED_BY_CURRENT = (
    "The data do not number the cycles: they were counted by the sign of the current, rests and current about zero "
    "left out."
)


@dataclass(frozen=True)
class CyclingTable:
    """Capacities by cycle, without the interrupted last one; every array of shape (cycles,)."""

    cycle: Array
    discharge_mah: Array
    charge_mah: Array | None
    formation: int
    """Cycles at the beginning that are formation."""
    interrupted: int | None
    """Number of the last cycle, left out."""
    summary: CycleSummary | None
    """The same cycles with energies and voltages; None if the data are a per-cycle table."""
    messages: tuple[Message, ...]
    discharges_first: bool
    """True if a charge is what comes back."""

    @property
    def back_mah(self) -> Array | None:
        """Capacity that came back in each cycle; None if the data hold no charge [mAh]."""
        return self.charge_mah if self.discharges_first or self.charge_mah is None else self.discharge_mah

    @property
    def given_mah(self) -> Array | None:
        """Capacity of the half before that one, nan where there is none; None if the data hold no charge [mAh]."""
        if self.charge_mah is None:
            return None
        given = self.discharge_mah if self.discharges_first else self.charge_mah
        return given if self.summary is None else self.summary.preceding(given)

    @property
    def spans_numbers(self) -> bool:
        """True if what came back and what went in before it have different cycle numbers."""
        return self.summary is not None and self.summary.spans_numbers

    @property
    def first_place(self) -> int:
        """Place, from 0, of the first cycle after formation that has a discharge; the first of all if none has."""
        after = np.flatnonzero(self.discharge_mah[self.formation :] > 0)
        return self.formation + int(after[0]) if after.size else 0

    @property
    def efficiency_words(self) -> str:
        """How coulombic efficiency is defined here."""
        if self.spans_numbers:
            given, back = self._halves
            return f"{back} over the {given} before it, as the test begins with a {given} and numbers each {back} anew"
        if self.discharges_first:
            return "charge over the preceding discharge of the same cycle, as the test discharges first"
        return "discharge over charge of the same cycle"

    @property
    def energy_words(self) -> str:
        """Which two halves energy efficiency compares."""
        return "the same two half-cycles" if self.spans_numbers else "the same cycle"

    @property
    def _halves(self) -> tuple[str, str]:
        return (DISCHARGE_FIRST, CHARGE_FIRST) if self.discharges_first else (CHARGE_FIRST, DISCHARGE_FIRST)

    def above_unity(self, name: str, efficiency: Estimate) -> tuple[Message, ...]:
        """Return a warning if more came back than went in, beyond the uncertainty, with the likely cause."""
        if efficiency.interval()[0] <= EFFICIENCY_BOUND:
            return ()
        given, back = self._halves
        cause = f"Each {back} is compared with the {given} before it, as the test is taken to begin with a {given}"
        if self.summary is None:
            cause = (
                f"A per-cycle table does not say which half came first, and each {back} is compared with the {given}"
            )
        mend = f"if it begins with a {back}, set the parameter {FIRST_HALF.name} to “{back}”"
        text = f"{name} is {efficiency.magnitude:.4g} %, above 100 %: more came back than went in. {cause}: "
        other = f"else the cell held charge before, or the capacities of {given} and {back} are not of one scale"
        return (Message(f"{text}{mend}; {other}.", "warning"),)


def holds_cycles(dataset: Dataset) -> bool:
    """Return True if the data are a per-cycle table or rows one can be made from."""
    names = set(dataset.names)
    return {CYCLE, DISCHARGE} <= names or set(ROWS) <= names


def read_cycling(inputs: Inputs, dataset: Dataset) -> CyclingTable:
    """Return the table, or let `Unanswerable` say what is wrong with the data."""
    declared = int(inputs.parameter(FORMATION.name))
    first_half = str(inputs.parameter(FIRST_HALF.name))
    if {CYCLE, DISCHARGE} <= set(dataset.names):
        return _given(dataset, declared, first_half)
    return _made(dataset, declared, first_half)


def column(dataset: Dataset, name: str) -> Array:
    """Return a column as floating-point numbers."""
    return np.asarray(dataset.column(name), dtype=float)


def median_words(cycles: int) -> str:
    """Of how many cycles a number is the median."""
    return "of one cycle" if cycles == 1 else f"median of {cycles} cycles"


def _given(dataset: Dataset, declared: int, first_half: str) -> CyclingTable:
    names = [name for name in (DISCHARGE, CHARGE) if name in dataset.names]
    cycle, columns, remarks = ordered(column(dataset, CYCLE), **{name: column(dataset, name) for name in names})
    charge = columns[CHARGE] * MAH_PER_AH if CHARGE in columns else None
    messages = [Message(remark, "warning") for remark in remarks]
    discharge, discharges_first = columns[DISCHARGE] * MAH_PER_AH, first_half == DISCHARGE_FIRST
    interrupted = None
    lacking = [words for words, half in (("discharge", discharge), ("charge", charge)) if _lacks(half)]
    if "discharge" in lacking or (lacking and discharges_first):
        interrupted = int(cycle[-1])
        why = "it has neither charge nor discharge" if len(lacking) > 1 else f"it has no {lacking[0]}"
        messages.append(_interrupted_message(interrupted, why))
        cycle, discharge, charge = cycle[:-1], discharge[:-1], None if charge is None else charge[:-1]
    formation = max(declared, 0)
    if formation:
        messages.append(_formation_message(cycle, formation, "as declared"))
    return CyclingTable(cycle, discharge, charge, formation, interrupted, None, tuple(messages), discharges_first)


def _lacks(half: Array | None) -> bool:
    return half is not None and lacks_last(half)


def _made(dataset: Dataset, declared: int, first_half: str) -> CyclingTable:
    optional = {name: column(dataset, name) for name in (CYCLE, *COUNTERS) if name in dataset.names}
    whole = cycle_summary(*(column(dataset, name) for name in ROWS), **optional)
    messages = [Message(remark, "warning") for remark in whole.remarks]
    if first_half != FROM_DATA:
        whole = replace(whole, discharges_first=first_half == DISCHARGE_FIRST)
    if CYCLE not in optional:
        messages.append(Message(COUNTED_BY_CURRENT))
    source = "the instrument's counters" if whole.capacity_from == "counters" else "the integral of the current"
    messages.append(Message(f"Per-cycle table of {whole.cycle.size} cycles made from rows; capacity by {source}."))
    why = interrupted_last(whole)
    table, interrupted = (whole, None)
    if why:
        table, interrupted = whole.selected(np.arange(whole.cycle.size) < whole.cycle.size - 1), int(whole.cycle[-1])
        messages.append(_interrupted_message(interrupted, why))
    if table.spans_numbers:
        given, back = ("discharge", "charge") if table.discharges_first else ("charge", "discharge")
        text = (
            f"The test begins with a {given}, but its cycle number steps before each {back}: efficiencies compare each "
        )
        messages.append(Message(f"{text}{back} with the {given} before it, in the cycle before."))
    formation = declared if declared >= 0 else formation_cycles(table.mean_discharge_current_a)
    if formation:
        messages.append(_formation_message(table.cycle, formation, "by its current" if declared < 0 else "as declared"))
    cycle, columns, remarks = ordered(table.cycle, discharge=table.discharge_ah, charge=table.charge_ah)
    messages += [Message(f"The {remark}", "warning") for remark in remarks]
    return CyclingTable(
        cycle,
        columns["discharge"] * MAH_PER_AH,
        columns["charge"] * MAH_PER_AH,
        formation,
        interrupted,
        table,
        tuple(messages),
        table.discharges_first,
    )


def _interrupted_message(cycle: int, why: str) -> Message:
    return Message(f"The last cycle, {cycle}, is interrupted and left out: {why}.", "warning")


def _formation_message(cycle: Array, formation: int, how: str) -> Message:
    if formation >= cycle.size:
        text = f"{formation} formation cycles are declared, but the data hold {cycle.size} cycles: declare fewer"
        raise Refused(text)
    first, last = f"{cycle[0]:.0f}", f"{cycle[formation - 1]:.0f}"
    words = f"Cycle {first} is" if formation == 1 else f"Cycles {first} to {last} are"
    return Message(f"{words} formation ({how}); cycling begins with cycle {cycle[formation]:.0f}.")
