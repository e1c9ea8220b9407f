"""Maccor text: both dialects of its export (‘Rec  Cycle P  Cycle C …’ and ‘Rec#  Cyc#  Step …’).

Maccor writes current, capacity and energy without sign, and a letter for the state, which gives them sign and
direction. Capacity and energy are reset at every step; they are summed. Where TestTime has no unit, the time stamps of
the first and last record decide it (seconds, minutes or hours); if they do not, the file is refused.
"""

import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from registry.contract.reader_support.clock_times import date_order, spans_seconds
from registry.contract.reader_support.cycler_series import series_of
from registry.contract.reader_support.instrument_table import (
    header_facts,
    known_columns,
    read_columns,
    split_header,
    unread_columns,
)
from registry.contract.reader_support.number_table import Rows
from registry.contract.reader_support.plain_text import Line, file_head, lines
from registry.hookspecs import Message, ParsedDataset, Reader, UnreadableFile, hookimpl

CONTRACT_VERSION = 2

Array = NDArray[np.float64]

HEADER = re.compile(rb"^Rec#?\t\s*Cyc(le|#)", re.MULTILINE)
NAMES = {
    "testtime": "test_time_second",
    "test": "test_time_second",
    "test time": "test_time_second",
    "steptime": "step_time_second",
    "voltage": "voltage_volt",
    "volts": "voltage_volt",
    "current": "current_ampere",
    "amps": "current_ampere",
    "cycle c": "cycle_count",
    "cyc#": "cycle_count",
    "cycle": "cycle_count",
    "step": "step_index",
    "cap.": "charging_capacity_ah",
    "amp-hr": "charging_capacity_ah",
    "ener.": "charging_energy_wh",
    "watt-hr": "charging_energy_wh",
}
UNITS = {"volts": "V", "amps": "A", "amp-hr": "Ah", "watt-hr": "Wh", "testtime": "s", "test time": "s"}
NEEDED = {
    "test_time_second": "TestTime", "voltage_volt": "Voltage", "current_ampere": "Current", "step_index": "Step",
}  # fmt: skip
STATES = {"md", "state"}
STAMPS = {"dpt time", "dpt-time"}
UNITS_OF_TIME = {"s": 1.0, "min": 60.0, "h": 3600.0}
UNLIKE = 0.02
"""Relative difference between the stamps and the times up to which they agree."""


def recognises(head: bytes, name: str) -> bool:
    """Return True for a text that has the headers of a Maccor export."""
    return HEADER.search(head) is not None


def read(path: Path) -> tuple[ParsedDataset, ...]:
    """Return the one time series of the file."""
    header, header_line = _header(path)
    labels = tuple(label.strip() for label in header_line.text.rstrip().split("\t"))
    names = [split_header(label) for label in labels]
    known = known_columns(labels, NAMES, header_line.number, UNITS, NEEDED)
    states = [index for index, (name, _) in enumerate(names) if name in STATES]
    stamps = [index for index, (name, _) in enumerate(names) if name in STAMPS]
    if not states:
        raise UnreadableFile(
            "missing-columns",
            "line {header_line_number}: no column ‘Md’ or ‘State’ (charge or discharge): export again with all columns",
            header_line_number=header_line.number,
        )
    columns, numbers, messages = read_columns(
        Rows(path, header_line.after, header_line.number, "\t", labels), known, NEEDED, words=(states[0], *stamps[:1])
    )
    if any(name in UNITS and not unit and name.startswith("test") for name, unit in names):
        columns["test_time_second"], unit_message = _timed(
            columns["test_time_second"], numbers.words[stamps[0]] if stamps else None, header_line.number
        )
        messages.append(unit_message)
    day_first = date_order(_ends(numbers.words[stamps[0]])) if stamps else None
    step = columns["step_index"]
    restarts = np.diff(step, prepend=step[0]) != 0
    _apply_states(columns, numbers.words[states[0]])
    messages += unread_columns(labels, [*known, *states, *stamps])
    return (series_of(columns, header, messages, restarts=restarts, day_first=day_first),)


def _header(path: Path) -> tuple[dict[str, str], Line]:
    above: list[Line] = []
    for line in islice(lines(file_head(path)), 1000):
        if HEADER.match(line.text.encode()):
            break
        above.append(line)
    else:
        raise UnreadableFile(
            "no-column-names",
            "no line with column names (‘Rec  Cycle P  Cycle C  Step …’): the file is truncated; export it again",
        )
    facts = {}
    for text in above:
        name, _, value = text.text.partition("\t")
        facts[name.strip().rstrip(":")] = re.sub(r"[^\x20-\x7e]+", "", value).strip()
    return header_facts(
        instrument=f"Maccor {facts.get('Tester', '')}",
        channel=facts.get("Channel", ""),
        name=facts.get("Name", ""),
        schedule=facts.get("Procedure", ""),
        started=facts.get("Started", ""),
        comments=facts.get("Description", ""),
    ), line


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


def _apply_states(columns: dict[str, Array], states: Any) -> None:
    """Apply the state of each record: the sign of current, the direction of charge and energy."""
    import pyarrow.compute as pc

    letters = pc.utf8_trim_whitespace(states)
    discharging = np.asarray(pc.equal(letters, "D"), dtype=bool)
    charging = np.asarray(pc.equal(letters, "C"), dtype=bool)
    is_flowing = ~(discharging | charging) & (columns["current_ampere"] != 0)
    if is_flowing.any() and not (columns["current_ampere"] < 0).any():
        row = int(np.argmax(is_flowing))
        raise UnreadableFile(
            "current-in-unknown-state",
            "record {row} has a current of {columns:g} A in the state ‘{as_py}’, which is neither charge (C) nor "
            "discharge (D)",
            row=row + 1,
            columns=columns["current_ampere"][row],
            as_py=letters[row].as_py(),
        )
    columns["current_ampere"] = np.where(discharging, -np.abs(columns["current_ampere"]), columns["current_ampere"])
    for kind in ("capacity_ah", "energy_wh"):
        if f"charging_{kind}" in columns:
            counted = columns[f"charging_{kind}"]
            columns[f"charging_{kind}"] = np.where(charging, counted, 0.0)
            columns[f"discharging_{kind}"] = np.where(discharging, counted, 0.0)


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the text files of Maccor."""
    return (Reader(name="maccor", version="1.1.0", title="Maccor text", recognises=recognises, read=read),)
