"""Neware CSV as BTSDA exports it: one row a record, with cycle, step, step type and times as hours:minutes:seconds.

Current is negative on discharge. Chg. Cap. and DChg. Cap. start again at every step; they are summed.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from registry.contract.reader_support.clock_times import elapsed_seconds
from registry.contract.reader_support.cycler_series import series_of
from registry.contract.reader_support.instrument_table import (
    header_facts,
    known_columns,
    read_columns,
    split_header,
    unread_columns,
)
from registry.contract.reader_support.number_table import Rows
from registry.contract.reader_support.plain_text import file_head, lines
from registry.hookspecs import ParsedDataset, Reader, UnreadableFile, hookimpl

CONTRACT_VERSION = 2

START = re.compile(rb"(\xef\xbb\xbf)?\"?DataPoint\"?[,;\t]\"?Cycle Index\"?[,;\t]\"?Step Index\"?[,;\t]")
NAMES = {
    "voltage": "voltage_volt",
    "current": "current_ampere",
    "cycle index": "cycle_count",
    "step index": "step_index",
    "chg. cap.": "charging_capacity_ah",
    "dchg. cap.": "discharging_capacity_ah",
    "chg. energy": "charging_energy_wh",
    "dchg. energy": "discharging_energy_wh",
    "t1": "temperature_t1_celsius",
}
NEEDED = {"voltage_volt": "Voltage", "current_ampere": "Current"}
TIMES = {"cumulative time": "test_time_second", "total time": "test_time_second", "time": "step_time_second"}


def recognises(head: bytes, name: str) -> bool:
    """Return True for a text whose first line has the headers of a Neware export."""
    return START.match(head) is not None


def read(path: Path) -> tuple[ParsedDataset, ...]:
    """Return the one time series of the file."""
    header_line = next(lines(file_head(path)), None)
    if header_line is None:
        raise UnreadableFile("empty-file", "the file is empty (0 bytes): export it again")
    delimiter = next((mark for mark in header_line.text if mark in ",;\t"), ",")
    labels = tuple(label.strip().strip('"') for label in header_line.text.split(delimiter))
    known = known_columns(labels, NAMES, header_line.number, needed=NEEDED)
    times = {index: TIMES[name] for index, label in enumerate(labels) if (name := split_header(label)[0]) in TIMES}
    if "test_time_second" not in times.values():
        raise UnreadableFile(
            "missing-columns",
            "line {header_line_number}: no column for test_time_second (‘Cumulative Time’ or ‘Total Time’): "
            "export the file again with all columns",
            header_line_number=header_line.number,
        )
    dates = [index for index, label in enumerate(labels) if label == "Date"]
    rows = Rows(path, header_line.after, header_line.number, delimiter, labels, quoted=True)
    columns, numbers, messages = read_columns(rows, known, NEEDED, words=(*times, *dates))
    for index, canonical in times.items():
        columns[canonical] = elapsed_seconds(numbers.words.pop(index), labels[index])
    started = str(numbers.words[dates[0]][0].as_py()) if dates else ""
    messages += unread_columns(labels, [*known, *times, *dates])
    return (series_of(columns, header_facts(instrument="Neware", started=started), messages),)


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the CSV exports of Neware."""
    return (Reader(name="neware-csv", version="1.1.0", title="Neware CSV (BTSDA)", recognises=recognises, read=read),)
