"""Neware CSV as BTSDA exports it: one row a record, with cycle, step, step type and times as hours:minutes:seconds.

Current is negative on discharge. Chg. Cap. and DChg. Cap. start again at every step; they are summed.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from plugins.readers.clock import elapsed_seconds
from plugins.readers.cycler_series import series_of
from plugins.readers.instrument_table import described, known_heads, left_out, parted_head, read_known
from plugins.readers.number_table import Rows
from plugins.readers.plain_text import beginning, lines
from registry.hookspecs import Reader, Recording, UnreadableFile, hookimpl

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
    """Return True for a text whose first line has the heads of a Neware export."""
    return START.match(head) is not None


def read(path: Path) -> tuple[Recording, ...]:
    """Return the one time series of the file."""
    head = next(lines(beginning(path)), None)
    if head is None:
        raise UnreadableFile("the file is empty (0 bytes): export it again")
    delimiter = next((mark for mark in head.text if mark in ",;\t"), ",")
    labels = tuple(label.strip().strip('"') for label in head.text.split(delimiter))
    heads = known_heads(labels, NAMES, head.number, needed=NEEDED)
    times = {place: TIMES[name] for place, label in enumerate(labels) if (name := parted_head(label)[0]) in TIMES}
    if "test_time_second" not in times.values():
        raise UnreadableFile(
            f"line {head.number}: the table has no column for test_time_second (‘Cumulative Time’ or ‘Total Time’): "
            "export the file again with all columns"
        )
    dates = [place for place, label in enumerate(labels) if label == "Date"]
    rows = Rows(path, head.after, head.number, delimiter, labels, quoted=True)
    columns, numbers, messages = read_known(rows, heads, NEEDED, words=(*times, *dates))
    for place, canonical in times.items():
        columns[canonical] = elapsed_seconds(numbers.words.pop(place), labels[place])
    started = str(numbers.words[dates[0]][0].as_py()) if dates else ""
    messages += left_out(labels, [*heads, *times, *dates])
    return (series_of(columns, described(instrument="Neware", started=started), messages),)


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the CSV exports of Neware."""
    return (Reader(name="neware-csv", version="1.0.0", title="Neware CSV (BTSDA)", recognises=recognises, read=read),)
