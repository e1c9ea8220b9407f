"""Maccor text: the dialects of its exports (‘Rec  Cycle P  Cycle C …’ and ‘Rec#  Cyc#  Step …’).

Maccor writes current, capacity and energy mostly without sign, and a letter for the state, which gives them sign and
direction. Capacity and energy are reset at every step, or where the direction changes; they are summed. Units are part
of the names (‘mAmps’) or in brackets, in any capitals. Times are numbers, or days and clock times (‘1d 02:03:04.5’).
Where TestTime has neither unit nor clock times, the time stamps of the first and last record decide it (seconds,
minutes or hours); if they do not, the file is refused. Where energy per capacity shows that ‘Volts’ are millivolts,
they are read as such.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from registry.contract.reader_support.datasets.cycler_series import (
    continued_counts,
    series_of,
    summed_from,
    summed_messages,
)
from registry.contract.reader_support.files.number_table import Rows
from registry.contract.reader_support.files.plain_text import Line, file_head, lines
from registry.contract.reader_support.tables.instrument_table import (
    header_facts,
    known_columns,
    read_columns,
    require_columns,
    split_header,
    unread_columns,
)
from registry.contract.reader_support.time.clock_times import date_order, elapsed_seconds, spans_seconds
from registry.hookspecs import Message, ParsedDataset, Reader, UnreadableFile, hookimpl

CONTRACT_VERSION = 2

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

HEADER = re.compile(
    rb"^(\xef\xbb\xbf)?\"?Rec#?\"?[ ]*(?P<delimiter>[\t,;])[ ]*\"?Cyc(le|#)", re.MULTILINE | re.IGNORECASE
)
NAMES = {
    "test_time_second": "test_time_second",
    "step_time_second": "step_time_second",
    "testtime": "test_time_second",
    "test": "test_time_second",
    "test time": "test_time_second",
    "steptime": "step_time_second",
    "step time": "step_time_second",
    "voltage": "voltage_volt",
    "current": "current_ampere",
    "cycle c": "cycle_count",
    "cyc#": "cycle_count",
    "cycle": "cycle_count",
    "step": "step_index",
    "cap.": "charging_capacity_ah",
    "capacity": "charging_capacity_ah",
    "ener.": "charging_energy_wh",
    "energy": "charging_energy_wh",
}
NAME_OF_UNIT = {"V": "Voltage", "A": "Current", "Ah": "Cap.", "Wh": "Ener."}
"""Columns whose name is a unit, ‘Amps’ or ‘mAmp-hr’: what they hold."""
UNIT = re.compile(
    r"(?P<prefix>m|milli|u|µ|μ|micro)?(?P<base>v|volts?|a|amps?|amperes?|w|watts?)(?P<hours>h|hrs?|hours?)?"
)
"""An electrical unit without spaces, points and hyphens, in lower case; Maccor has no mega, so that M is milli."""
UNIT_OF_TIME = re.compile(r"(?P<s>s|secs?|seconds?)|(?P<min>mins?|minutes?)|(?P<h>h|hrs?|hours?)|(?P<d>d|days?)")
NEEDED = {
    "test_time_second": "TestTime", "voltage_volt": "Voltage", "current_ampere": "Current", "step_index": "Step",
}  # fmt: skip
TIMES = ("test_time_second", "step_time_second")
UNITS = {"testtime": "s", "test time": "s", "test": "s"}
"""A unit for times that have none, until the time stamps decide it."""
STATES = {"md", "state"}
STAMPS = {"dpt time", "dpt-time"}
CHARGING, DISCHARGING = ("c", "chg", "charge"), ("d", "dis", "dchg", "discharge")
UNITS_OF_TIME = {"s": 1.0, "min": 60.0, "h": 3600.0}
UNLIKE = 0.02
"""Relative difference between the stamps and the times up to which they agree."""
MILLI, UNLIKE_ENERGY = 1e-3, 0.1
"""Relative difference up to which energy per capacity is the mean voltage, or a thousandth of it."""
OFFSET = 1e-3
"""Share of the largest current up to which one outside charge and discharge is the offset of the instrument."""
FACTS = {
    "tester": "instrument", "channel": "channel", "tester channel": "channel", "name": "name", "filename": "name",
    "procedure": "schedule", "started": "started", "date of test": "started", "description": "comments",
}  # fmt: skip
FACT_NAME = re.compile(r"[A-Za-z][A-Za-z .']*:(\s|$)")


@dataclass(frozen=True)
class Labels:
    """The column labels of a file, and the columns that are not numbers, by index."""

    labels: tuple[str, ...]
    """With units as the other readers spell them; a label that was not understood as it is in the file."""
    is_timed: bool
    """True if the test time has a unit."""
    states: int | None
    stamps: int | None


def recognises(head: bytes, name: str) -> bool:
    """Return True for a text that has the headers of a Maccor export."""
    return HEADER.search(head) is not None


def read(path: Path) -> tuple[ParsedDataset, ...]:
    """Return the one time series of the file."""
    header, header_line, delimiter = _header(path)
    written = tuple(label.strip().strip('"').strip() for label in header_line.text.rstrip().split(delimiter))
    labels = _labels(written, header_line.number)
    rows = Rows(path, header_line.after, header_line.number, delimiter, written, quoted=True, has_thousands=True)
    clocks = _clock_columns(rows, labels.labels)
    spelled = tuple(f"{clocks[index]} [s]" if index in clocks else label for index, label in enumerate(labels.labels))
    known = known_columns(spelled, NAMES, header_line.number, UNITS, NEEDED)
    require_columns(known, NEEDED, written, header_line.number)
    clocks = {index: name for index, name in clocks.items() if index in known}
    numeric = {index: column for index, column in known.items() if index not in clocks}
    needed = {name: label for name, label in NEEDED.items() if name not in clocks.values()}
    states, stamps = ([index] if index is not None else [] for index in (labels.states, labels.stamps))
    columns, numbers, messages = read_columns(rows, numeric, needed, words=(*states, *stamps, *clocks))
    for index, canonical in clocks.items():
        columns[canonical] = elapsed_seconds(numbers.words[index], written[index])
    stamp_texts = numbers.words[stamps[0]] if stamps else None
    if not labels.is_timed and "test_time_second" not in clocks.values():
        columns["test_time_second"], unit_message = _timed(columns["test_time_second"], stamp_texts, header_line.number)
        messages.append(unit_message)
    messages += _voltage_in_volts(columns)
    if states:
        messages += _apply_states(columns, numbers.words[states[0]])
    else:
        messages += _apply_signs(columns, header_line.number)
    messages += unread_columns(written, [*known, *clocks, *states, *stamps])
    day_first = date_order(_ends(stamp_texts)) if stamps else None
    return (series_of(columns, header | dict(numbers.steps), messages, day_first=day_first),)


def _header(path: Path) -> tuple[dict[str, str], Line, str]:
    """Return the facts above the table, the line of its column names, and the delimiter."""
    above: list[Line] = []
    for line in islice(lines(file_head(path)), 1000):
        if match := HEADER.match(line.text.encode()):
            delimiter = match["delimiter"].decode()
            break
        above.append(line)
    else:
        raise UnreadableFile(
            "no-column-names",
            "no line with column names (‘Rec  Cycle P  Cycle C  Step …’): the file is truncated; export it again",
        )
    facts: dict[str, str] = {}
    for text in above:
        for name, value in _facts(text.text, delimiter):
            facts.setdefault(FACTS.get(name.casefold(), ""), value)
    facts.pop("", None)
    instrument = facts.pop("instrument", "")
    return header_facts(instrument=instrument or "Maccor", **facts), line, delimiter


def _facts(text: str, delimiter: str) -> list[tuple[str, str]]:
    """Return names and values of a line of the head: ‘Name:  value’ in two cells or in one, or ‘Name  value’."""
    cells = [re.sub(r"[^\x20-\x7e]+", "", cell).strip() for cell in next(csv.reader([text], delimiter=delimiter), [])]
    facts = []
    while cells:
        name, _, value = cells.pop(0).partition(":")
        if not value and cells and not FACT_NAME.match(cells[0]):
            value = cells.pop(0)
        if value:
            facts.append((name.strip(), value.strip()))
    return facts


def _labels(written: Sequence[str], line: int) -> Labels:
    names = [split_header(label)[0] for label in written]
    states = [index for index, name in enumerate(names) if name in STATES]
    stamps = [index for index, name in enumerate(names) if name in STAMPS]
    labels = tuple(_spelled(label) for label in written)
    times = [split_header(label)[1] for label in labels if NAMES.get(split_header(label)[0]) == "test_time_second"]
    return Labels(labels, bool(times and times[0]), *(indices[0] if indices else None for indices in (states, stamps)))


def _spelled(label: str) -> str:
    """Return a label with its unit spelled as the other readers do: ‘Current [A]’ for ‘Amps’, ‘Step Time [s]’ for
    ‘Step (Sec)’."""
    name, unit = split_header(label)
    if unit_of_name := _unit(name):
        return f"{NAME_OF_UNIT[unit_of_name.lstrip('mu')]} [{unit_of_name}]"
    of_time = UNIT_OF_TIME.fullmatch(unit.casefold())
    if of_time and name == "step":
        name = "step time"
    spelled = of_time.lastgroup if of_time else _unit(unit)
    return f"{name} [{spelled}]" if spelled and name in NAMES else label


def _unit(text: str) -> str:
    """Return an electrical unit in its usual spelling, ‘mAh’ for ‘MAmp-Hr’; empty if it is none of a column."""
    match = UNIT.fullmatch(re.sub(r"[\s.·*_-]", "", text.casefold()))
    if match is None:
        return ""
    prefix = {"": "", "m": "m"}.get((match["prefix"] or "").removesuffix("illi"), "u")
    unit = match["base"][0].upper() + ("h" if match["hours"] else "")
    return prefix + unit if unit in NAME_OF_UNIT else ""


def _clock_columns(rows: Rows, labels: Sequence[str]) -> dict[int, str]:
    """Return the columns of times whose first cell is a clock time, under their canonical names."""
    with rows.opened() as file:
        first = next((line for line in iter(lambda: file.readline(1 << 16), b"") if line.strip()), b"")
    cells = first.decode("latin-1").split(rows.delimiter)
    names = {index: NAMES.get(split_header(label)[0], "") for index, label in enumerate(labels)}
    return {index: name for index, name in names.items() if name in TIMES and ":" in "".join(cells[index : index + 1])}


def _timed(time: Array, stamps: Any, line: int) -> tuple[Array, Message]:
    """Return the times in seconds, by the time stamps of the first and last record."""
    spans = spans_seconds(*_ends(stamps)) if stamps is not None else set()
    counted = float(time[-1] - time[0])
    agreeing = [unit for unit in UNITS_OF_TIME if any(_agree(counted * UNITS_OF_TIME[unit], span) for span in spans)]
    if len(agreeing) == 1:
        return time * UNITS_OF_TIME[agreeing[0]], Message(
            "time-unit-decided",
            "TestTime has no unit: {unit} according to the time stamps of the records.",
            unit=agreeing[0],
        )
    raise UnreadableFile(
        "time-unit-unknown",
        "line {line}: TestTime has no unit, and the time stamps (DPT Time) do not decide it: export the file "
        "again with units, or use a column mapping",
        line=line,
    )


def _ends(stamps: Any) -> tuple[str, str]:
    """Return the time stamps of the first and last record."""
    return str(stamps[0].as_py()), str(stamps[-1].as_py())


def _agree(counted: float, span: float) -> bool:
    return span > 0 and abs(counted / span - 1) < UNLIKE


def _voltage_in_volts(columns: dict[str, Array]) -> list[Message]:
    """Divide a voltage by 1000 if the counters of energy and capacity show that it is in millivolts.

    Over the rows of one step, the energy is the sum of voltage times charge; their ratio is the mean voltage.
    """
    if not {"charging_capacity_ah", "charging_energy_wh"} <= set(columns):
        return []
    step, voltage = columns["step_index"], columns["voltage_volt"]
    charge, energy = np.diff(np.abs(columns["charging_capacity_ah"])), np.diff(np.abs(columns["charging_energy_wh"]))
    counts = (np.diff(step) == 0) & (charge > 0)
    written = float(np.sum(((voltage[1:] + voltage[:-1]) / 2 * charge)[counts]))
    if written <= 0:
        return []
    ratio = float(np.sum(energy[counts])) / written
    if abs(ratio / MILLI - 1) > UNLIKE_ENERGY:
        return []
    columns["voltage_volt"] = voltage / 1000
    return [
        Message(
            "voltage-in-millivolts",
            "Voltage read as mV: energy per capacity is {ratio:.3g} of the numbers in the column, which names volts.",
            "warning",
            ratio=ratio,
        )
    ]


def _apply_states(columns: dict[str, Array], states: Any) -> list[Message]:
    """Apply the state of each record: the sign of current, the direction of charge and energy."""
    import pyarrow as pa
    import pyarrow.compute as pc

    letters = pc.utf8_lower(pc.utf8_trim_whitespace(states))
    discharging, charging = (
        np.asarray(pc.is_in(letters, value_set=pa.array(words)), dtype=bool) for words in (DISCHARGING, CHARGING)
    )
    current = columns["current_ampere"]
    is_signed = _is_signed(current, discharging)
    messages = _check_other_states(current, charging | discharging, states, is_signed=is_signed)
    columns["current_ampere"] = np.where(discharging, -np.abs(current), np.where(charging, np.abs(current), current))
    return messages + _sum_counters(columns, charging.astype(float) - discharging)


def _apply_signs(columns: dict[str, Array], line: int) -> list[Message]:
    """Take the direction from the sign of the current, in a file without states whose discharges are negative."""
    current = columns["current_ampere"]
    if not (current < 0).any():
        raise UnreadableFile(
            "missing-columns",
            "line {header_line_number}: no column ‘Md’ or ‘State’ (charge or discharge), and no current is negative: "
            "export again with all columns, or use a column mapping",
            header_line_number=line,
        )
    direction = np.where(np.abs(current) > OFFSET * np.max(np.abs(current)), np.sign(current), 0.0)
    message = Message("direction-from-sign", "No column ‘Md’ or ‘State’: negative currents are read as discharge.")
    return [message, *_sum_counters(columns, direction)]


def _sum_counters(columns: dict[str, Array], direction: Array) -> list[Message]:
    """Replace the counters of capacity and energy by those of charge and of discharge, from the start of the test."""
    hours = np.diff(columns["test_time_second"], prepend=columns["test_time_second"][:1]) / 3600
    expected = {"capacity_ah": np.abs(columns["current_ampere"]) * hours}
    expected["energy_wh"] = expected["capacity_ah"] * columns["voltage_volt"]
    steps = np.diff(columns["step_index"], prepend=columns["step_index"][:1]) != 0
    cycle = columns.get("cycle_count", columns["step_index"])
    cycles = np.diff(cycle, prepend=cycle[:1]) != 0
    restarted = 0
    for kind, amount in expected.items():
        if f"charging_{kind}" not in columns:
            continue
        counter = np.abs(columns[f"charging_{kind}"])
        borders = steps | (cycles & (np.diff(counter, prepend=counter[:1]) < 0))
        rows, previous, resets = continued_counts(counter, amount, direction, borders)
        added = summed_from(counter, rows, previous)
        columns[f"charging_{kind}"] = np.cumsum(np.where(direction > 0, added, 0.0))
        columns[f"discharging_{kind}"] = np.cumsum(np.where(direction < 0, added, 0.0))
        restarted = max(restarted, resets)
    return summed_messages(restarted)


def _is_signed(current: Array, discharging: Flags) -> bool:
    """Return True if the file writes a sign: the discharges are negative, or, without any, some current is."""
    return bool(np.sum(current[discharging]) < 0 if discharging.any() else (current < 0).any())


def _check_other_states(current: Array, has_direction: Flags, states: Any, *, is_signed: bool) -> list[Message]:
    """Raise `UnreadableFile` for a current whose direction is not known; return a message if it is an offset only."""
    others = ~has_direction & (current != 0)
    if is_signed or not others.any():
        return []
    largest = float(np.max(np.abs(current[others])))
    if largest <= OFFSET * float(np.max(np.abs(current))):
        return [
            Message(
                "offset-current",
                "{rows} records outside charge and discharge have a current of up to {current:g} A of unknown "
                "direction: read as charge.",
                "warning",
                rows=int(np.count_nonzero(others)),
                current=largest,
            )
        ]
    row = int(np.argmax(np.abs(current) * others))
    raise UnreadableFile(
        "current-in-unknown-state",
        "record {row} has a current of {columns:g} A in the state ‘{as_py}’, which is neither charge (C) nor "
        "discharge (D)",
        row=row + 1,
        columns=current[row],
        as_py=str(states[row].as_py()).strip(),
    )


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the text files of Maccor."""
    return (Reader(name="maccor", version="1.4.0", title="Maccor text", recognises=recognises, read=read),)
