"""Novonix CSV (UHPC): a summary, the protocol, and the records below ‘[Data]’.

Times are hours. Current is negative on discharge; where it is not, the codes of ‘Step Type’ tell the direction (2, 9
and 10 are discharges; after the documentation of preparenovonix, Lancaster University). ‘Capacity’ and ‘Energy’ are one
counter of both directions; they are separated by the current, and counted since the start of the test. Mass, area and
capacity of the summary are entered by hand; they are named in a message and used by nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.rows.charge_counter import OF_FIRST_INTERVAL, before_first_row_ah
from registry.contract.reader_support.datasets.cycler_series import NEEDED, series_of
from registry.contract.reader_support.files.number_table import Rows
from registry.contract.reader_support.files.plain_text import Line, file_head, lines
from registry.contract.reader_support.tables.instrument_table import (
    header_facts,
    known_columns,
    read_columns,
    unread_columns,
)
from registry.hookspecs import Listed, Message, ParsedDataset, Reader, UnreadableFile, hookimpl

CONTRACT_VERSION = 2

Array = NDArray[np.float64]

SUMMARY, DATA, SECOND_LINE = "[Summary]", "[Data]", "Novonix"
MOST_HEADER_LINES = 5000
NAMES = {
    "run time": "test_time_second",
    "step time": "step_time_second",
    "potential": "voltage_volt",
    "voltage": "voltage_volt",
    "current": "current_ampere",
    "cycle number": "cycle_count",
    "step number": "step_index",
    "temperature": "temperature_t1_celsius",
}
COUNTERS = {"capacity": "capacity_ah", "energy": "energy_wh"}
"""Counters of both directions, and the ends of the names of those of each direction."""
STEP_TYPE = "step type"
LIKE = {"capacity": "net_capacity_ah", "energy": "charging_energy_wh", STEP_TYPE: "step_index"}
"""Columns that are read to compute others, with a canonical column of the same unit."""
DISCHARGES = (2, 9, 10)
FACTS = {
    "Channel": "channel",
    "Cell": "name",
    "Description": "comments",
    "Protocol": "schedule",
    "Started": "started",
    "Version": "software",
}
SECONDS_PER_HOUR = 3600.0
ENTERED = ("Mass (g)", "Capacity (Ah)", "Area (cm2)")


def recognises(head: bytes, name: str) -> bool:
    """Return True for a text that begins with the summary of Novonix."""
    first = [line.text.strip() for line in islice(lines(head[:4096]), 2)]
    return len(first) == 2 and first[0] == SUMMARY and first[1].startswith(SECOND_LINE)


def read(path: Path) -> tuple[ParsedDataset, ...]:
    """Return the one time series of the file."""
    above, header = _header(path)
    labels = tuple(label.strip() for label in header.text.rstrip("\r\n").split(","))
    known = known_columns(labels, NAMES, header.number, needed=NEEDED)
    for name, like in LIKE.items():
        for index, column in known_columns(labels, {name: like}, header.number, needed={}).items():
            known[index] = replace(column, canonical=name)
    rows = Rows(path, header.after, header.number, ",", labels, decimals=(".",))
    columns, numbers, messages = read_columns(rows, known, NEEDED)
    messages += _signed(columns, columns.pop(STEP_TYPE, None))
    for name, quantity in COUNTERS.items():
        if name in columns:
            columns |= _by_direction(columns.pop(name), quantity, columns)
    facts, entered = _facts(above)
    messages += [*entered, *unread_columns(labels, list(known))]
    return (series_of(columns, {**facts, **numbers.steps}, messages),)


def _header(path: Path) -> tuple[list[str], Line]:
    """Return the lines above the records, and the line of their headers."""
    above: list[str] = []
    for line in islice(lines(file_head(path)), MOST_HEADER_LINES):
        if above and above[-1] == DATA and line.text.strip():
            return above, line
        if line.text.strip():
            above.append(line.text.strip())
    raise UnreadableFile(
        "truncated-header",
        "no line ‘{marker}’ with headers below it: the file is truncated; export it again",
        marker=DATA,
    )


def _facts(above: Sequence[str]) -> tuple[dict[str, str], list[Message]]:
    """Return the entries of the summary, and the message about those entered by hand."""
    entries = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in above) if value}
    facts = header_facts(instrument="Novonix", **{fact: entries.get(name, "") for name, fact in FACTS.items()})
    entered = [f"{name} {entries[name]}" for name in ENTERED if entries.get(name)]
    if not entered:
        return facts, []
    return facts, [
        Message(
            "entered-parameters",
            "Not used: {entries} of the Novonix summary; area and mass come from the layers of the cell.",
            entries=Listed(entered),
        )
    ]


def _signed(columns: dict[str, Array], step_type: Array | None) -> list[Message]:
    """Turn the sign of the current in steps of discharge, if the file writes none."""
    current = columns["current_ampere"]
    is_discharge = np.isin(step_type, DISCHARGES) if step_type is not None else np.zeros(current.size, dtype=bool)
    if (current < 0).any() or not is_discharge.any():
        return []
    columns["current_ampere"] = np.where(is_discharge, -current, current)
    return [
        Message(
            "direction-from-step-type",
            "No current is negative: currents of the step types 2, 9 and 10 were made negative.",
        )
    ]


def _by_direction(counter: Array, quantity: str, columns: Mapping[str, Array]) -> dict[str, Array]:
    """Return what a counter of both directions counts in each, since the start of the test.

    The first row of a step continues from the step before or starts from zero, whichever is closer to what the current
    tells. The first row of the test has what passed since its start. In the other rows the counter grows, or falls in a
    discharge if it counts both directions in one.
    """
    current = columns["current_ampere"]
    hours = np.diff(columns["test_time_second"], prepend=columns["test_time_second"][:1]) / SECONDS_PER_HOUR
    per_charge = columns["voltage_volt"] if quantity == COUNTERS["energy"] else np.ones(counter.size)
    expected = np.abs(current) * hours * per_charge
    added = np.abs(np.diff(counter, prepend=counter[:1]))
    before = before_first_row_ah(columns["test_time_second"], current) * per_charge[0] if counter.size > 1 else 0.0
    if np.abs(counter[0]) <= OF_FIRST_INTERVAL * before:
        added[0] = np.abs(counter[0])
    if "step_index" in columns:
        starts = np.diff(columns["step_index"], prepend=columns["step_index"][:1]) != 0
        from_zero = np.abs(counter)
        restarts = starts & (np.abs(from_zero - expected) < np.abs(added - expected))
        added = np.where(restarts, from_zero, added)
    return {
        f"charging_{quantity}": np.cumsum(np.where(current > 0, added, 0.0)),
        f"discharging_{quantity}": np.cumsum(np.where(current < 0, added, 0.0)),
    }


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the CSV files of Novonix."""
    return (Reader(name="novonix", version="1.1.0", title="Novonix CSV", recognises=recognises, read=read),)
