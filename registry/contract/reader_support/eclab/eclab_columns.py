"""Columns of EC-Lab and BT-Lab, in the spellings of any of their versions, text or binary.

Currents keep EC-Lab's sign: positive oxidises the working electrode, which charges a cell whose positive electrode is
the working one. ‘dq’ is the charge since the previous row, ‘dQ’ another variable, counted over a sequence.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Listed
from registry.contract.outcome import Message
from registry.contract.reader import UnreadableFile
from registry.contract.reader_support.columns.column_headers import KnownColumn
from registry.contract.reader_support.columns.electrode_potentials import COUNTER, WORKING, with_difference
from registry.contract.reader_support.columns.impedance_columns import MODULUS, PHASE
from registry.contract.reader_support.tables.instrument_table import known_columns, split_header

Array = NDArray[np.float64]

INCREMENT, MODE, HALF_CYCLE = "charge increment", "mode", "half cycle"
"""Columns that serve to compute others, and are not stored."""
NAMES = {
    "freq": "frequency_hertz",
    "re(z)": "real_impedance_ohm",
    "-im(z)": "-imaginary_impedance_ohm",
    "im(z)": "imaginary_impedance_ohm",
    "time": "test_time_second",
    "step time": "step_time_second",
    "ecell": "voltage_volt",
    "ewe-ece": "voltage_volt",
    "<ewe-ece>": "voltage_volt",
    "<ecell>": "voltage_volt",
    "ewe": WORKING,
    "<ewe>": WORKING,
    "ece": COUNTER,
    "<ece>": COUNTER,
    "i": "current_ampere",
    "<i>": "current_ampere",
    "cycle number": "cycle_count",
    "ns": "step_index",
    "(q-qo)": "net_capacity_ah",
    "q charge": "charging_capacity_ah",
    "q discharge": "discharging_capacity_ah",
    "energy charge": "charging_energy_wh",
    "energy discharge": "discharging_energy_wh",
    "temperature": "temperature_t1_celsius",
    "r": "internal_resistance_ohm",
}
POLAR = {MODULUS: ("|z|", "real_impedance_ohm"), PHASE: ("phase(z)", "two_theta_degree")}
"""As in `AUXILIARY`: what stands in for the two parts of the impedance where they were not exported."""
AUXILIARY = {
    INCREMENT: ("dq", "net_capacity_ah"),
    MODE: ("mode", "step_index"),
    HALF_CYCLE: ("half cycle", "cycle_count"),
}
"""EC-Lab's name of each auxiliary column, and a canonical column with the same unit."""
SEQUENCE_CHARGE = re.compile(r"^(\s*<?)dQ(?=[/>])")
AVERAGED = re.compile(r"<(?P<name>[^<>/]+)/(?P<unit>[^<>/]+)>")
COULOMB = re.compile(r"/\s*(?P<prefix>[mu\N{MICRO SIGN}\N{GREEK SMALL LETTER MU}k]?)C\s*$")
SECONDS_PER_HOUR = 3600.0
AT_REST = 3
"""The mode at open circuit."""
HALVES = 2
MOST_DISAGREEMENT = 0.01
"""Share of the charge up to which increments and the counted charge may differ."""


def eclab_columns(labels: Sequence[str], line: int, needed: Mapping[str, str]) -> dict[int, KnownColumn]:
    """Return the known columns by index, under canonical names or those of `AUXILIARY` and `POLAR`.

    Parameters
    ----------
    labels
        Names with units as EC-Lab writes them: `Ewe/V`, `<Ewe>/V`, `<Ewe/V>`, `(Q-Qo)/mA.h`, `(Q-Qo)/C`.
    line
        Line of the header, for errors.
    needed
        Canonical columns whose unit must fit; another column with such a unit is left out.

    Raises
    ------
    UnreadableFile
        `invalid-column`, for a needed column with a unit of another kind.
    """
    spelled = [spelled_label(label) for label in labels]
    columns = known_columns(spelled, NAMES, line, needed=needed)
    written = {split_header(label)[0] for label in spelled}
    has_polar_only = {"freq", *(name for name, _ in POLAR.values())} <= written and "re(z)" not in written
    for auxiliary, (name, like) in (AUXILIARY | POLAR if has_polar_only else AUXILIARY).items():
        for index, column in known_columns(spelled, {name: like}, line, needed={}).items():
            columns[index] = replace(column, canonical=auxiliary)
    return {
        index: replace(column, factor=column.factor / SECONDS_PER_HOUR) if COULOMB.search(labels[index]) else column
        for index, column in columns.items()
    }


def spelled_label(label: str) -> str:
    """Return a label in one spelling: `<Ewe>/V` for `<Ewe/V>`, and charges in ampere-hours."""
    plain = AVERAGED.sub(r"<\g<name>>/\g<unit>", label)
    plain = SEQUENCE_CHARGE.sub(r"\1charge of the sequence", plain)
    return COULOMB.sub(r"/\g<prefix>A.h", plain)


def with_cell_voltage(columns: Mapping[str, Array]) -> tuple[dict[str, Array], list[Message]]:
    """Return the columns with the voltage of the cell: as recorded, or Ewe − Ece, or Ewe of a cell of two electrodes.

    The potentials of the electrodes stay as columns where both, or the voltage too, were recorded.
    """
    columns = dict(columns)
    if "voltage_volt" in columns or WORKING not in columns:
        return columns, []
    if COUNTER not in columns:
        return {"voltage_volt" if name == WORKING else name: column for name, column in columns.items()}, []
    return with_difference(columns)


def with_charge(columns: Mapping[str, Array]) -> tuple[dict[str, Array], list[Message]]:
    """Return the columns without the auxiliary ones, with what follows from them.

    That is the current, if it is missing: charge since the previous row divided by the time since then; the counted
    charge and discharge, if they are missing, from the increments; and the cycle number, if it is missing, from the
    half-cycles.
    """
    columns = dict(columns)
    mode, half = columns.pop(MODE, None), columns.pop(HALF_CYCLE, None)
    increment = columns.pop(INCREMENT, None)
    messages = []
    if half is not None and "cycle_count" not in columns:
        columns["cycle_count"] = np.floor(half / HALVES)
        messages.append(
            Message("cycles-from-half-cycles", "No cycle number: two half-cycles counted by EC-Lab are one cycle.")
        )
    if increment is not None:
        messages += _disagreement(increment, columns)
    elif "net_capacity_ah" in columns and "current_ampere" not in columns:
        increment = np.diff(columns["net_capacity_ah"], prepend=columns["net_capacity_ah"][:1])
    if increment is not None:
        columns.setdefault("charging_capacity_ah", np.cumsum(np.maximum(increment, 0.0)))
        columns.setdefault("discharging_capacity_ah", np.cumsum(np.maximum(-increment, 0.0)))
    if "current_ampere" in columns or increment is None or "test_time_second" not in columns:
        return columns, messages
    current = mean_current(columns["test_time_second"], increment, mode)
    has_current = np.isfinite(current)
    columns = {name: column[has_current] for name, column in {**columns, "current_ampere": current}.items()}
    messages.append(
        Message(
            "current-from-charge", "The file has no current: computed as charge divided by time since the previous row."
        )
    )
    if dropped := int(has_current.size - has_current.sum()):
        messages.append(
            Message(
                "rows-without-duration",
                "Rows dropped, because charge but no time had passed since the previous row: {rows}.",
                "warning" if dropped > 1 else "info",
                rows=dropped,
            )
        )
    return columns, messages


def mean_current(time: Array, increment: Array, mode: Array | None) -> Array:
    """Return the mean current since the previous row [A].

    A row at which neither time nor charge has passed begins a step: it has the mean current until the next row, or none
    at rest. It is NaN where charge has passed without time, and in such a row at the end.

    `time` in s, `increment` the charge since the previous row [Ah], `mode` EC-Lab's; all of shape (rows,).
    """
    # The first row may be logged after the first interval of the test.
    interval = np.diff(time, prepend=0.0 if increment[0] and time[0] > 0 else np.nan)
    current = np.full(time.size, np.nan)
    np.divide(increment * SECONDS_PER_HOUR, interval, out=current, where=interval > 0)
    begins = ~(interval > 0) & (increment == 0)
    for row in np.flatnonzero(begins[:-1])[::-1]:
        current[row] = current[row + 1]
    if mode is not None:
        current[begins & (mode == AT_REST)] = 0.0
    return current


def complete_columns(
    columns: Mapping[str, Array], needed: Mapping[str, str], rows: NDArray[np.intp]
) -> tuple[dict[str, Array], list[Message]]:
    """Return the columns without missing numbers, and a message that names the others.

    `rows` are the rows of the table, from 0, that the columns hold; shape (rows,).

    Raises
    ------
    UnreadableFile
        `cell-not-a-number`, if a needed column has a gap.
    """
    gaps = {name: np.flatnonzero(~np.isfinite(column)) for name, column in columns.items()}
    for name, title in needed.items():
        if name in gaps and gaps[name].size:
            raise UnreadableFile(
                "cell-not-a-number",
                "row {row} of the table: the {title} is not a number",
                row=int(rows[gaps[name][0]]) + 1,
                title=title,
            )
    incomplete = [name for name in columns if gaps[name].size]
    if not incomplete:
        return dict(columns), []
    complete = {name: column for name, column in columns.items() if name not in incomplete}
    return complete, [
        Message(
            "incomplete-columns-dropped",
            "Dropped columns with empty cells or text: {columns}.",
            columns=Listed(incomplete),
        )
    ]


def _disagreement(increment: Array, columns: Mapping[str, Array]) -> Iterator[Message]:
    """Warn if the increments do not add up to the charge counted by the instrument."""
    if "net_capacity_ah" not in columns:
        return
    counted = columns["net_capacity_ah"] - columns["net_capacity_ah"][0]
    difference = np.abs(np.cumsum(increment) - increment[0] - counted)
    row = int(np.argmax(difference))
    if difference[row] > MOST_DISAGREEMENT * max(float(np.ptp(counted)), float(np.abs(increment).sum())):
        yield Message(
            "charges-disagree",
            "‘dq’ does not add up to ‘(Q-Qo)’: in row {row} they differ by {difference_mah:.3g} mAh.",
            "warning",
            row=row + 1,
            difference_mah=float(difference[row]) * 1e3,
        )
