"""Arbin CSV: the channel table of MITS Pro, with units in the headers or with Arbin's own fixed ones (s, V, A, Ah, Wh).

Current is negative on discharge. Charge_Capacity and the like run until the schedule resets them; they are summed over
resets. A metadata file has no series and is not read. Saved again by Excel, the file may have semicolons and decimal
commas.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from registry.contract.reader_support.arbin_headers import NAMES, NEEDED, fixed_units, plain_labels
from registry.contract.reader_support.datasets.cycler_series import series_of
from registry.contract.reader_support.files.number_cells import NUMBER
from registry.contract.reader_support.files.number_table import Rows
from registry.contract.reader_support.files.plain_text import file_head, lines
from registry.contract.reader_support.tables.instrument_table import (
    header_facts,
    known_columns,
    read_columns,
    unread_columns,
)
from registry.contract.reader_support.time.clock_times import is_stamp
from registry.contract.reader_support.time.start_stamps import start_of
from registry.hookspecs import Message, ParsedDataset, Reader, UnreadableFile, hookimpl

CONTRACT_VERSION = 2

DATES = "date time"
HEADER_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\bTest[_ ]Time\b",
        r"\bCycle[_ ]Index\b",
        r"\bStep[_ ]Index\b",
        r"\bData[_ ]Point\b|\bDate[_ ]?Time\b",
    )
)


def recognises(head: bytes, name: str) -> bool:
    """Return True for a text whose first line has the headers of an Arbin channel."""
    first = next(lines(head), None)
    return first is not None and all(pattern.search(first.text) for pattern in HEADER_PATTERNS)


def read(path: Path) -> tuple[ParsedDataset, ...]:
    """Return the one time series of the file."""
    text_lines = lines(file_head(path))
    head, first = next(text_lines, None), next(text_lines, None)
    if head is None or first is None:
        raise UnreadableFile("no-rows", "no rows below the header (line 1): export the file again")
    delimiter = next((mark for mark in head.text if mark in ",;\t"), ",")
    labels = tuple(label.strip().strip('"') for label in head.text.split(delimiter))
    cells = [cell.strip().strip('"') for cell in first.text.split(delimiter)]
    headers = known_columns(plain_labels(labels), NAMES, head.number, fixed_units(labels), NEEDED)
    stamps = [index for index, known in headers.items() if known.canonical == "unix_time_second"]
    for index in stamps:
        if index >= len(cells) or not NUMBER.fullmatch(cells[index].replace(",", ".")):
            del headers[index]
    decimals = (".",) if delimiter == "," else (".", ",")
    rows = Rows(path, head.after, head.number, delimiter, labels, quoted=True, decimals=decimals)
    dates = [index for index, label in enumerate(plain_labels(labels)) if label.casefold() == DATES]
    dates = [index for index in dates if index < len(cells) and is_stamp(cells[index])]
    columns, numbers, messages = read_columns(rows, headers, NEEDED, words=dates)
    started, of_start = (
        start_of(numbers.words[dates[0]], labels[dates[0]], columns["test_time_second"]) if dates else (None, [])
    )
    messages += [*of_start, *unread_columns(labels, [*headers, *dates])]
    if fixed_units(labels):
        messages.insert(
            0, Message("units-assumed", "No units in the headers: used Arbin's own (s, V, A, Ah, Wh, Ω, °C).")
        )
    dataset = series_of(columns, header_facts(instrument="Arbin") | dict(numbers.steps), messages)
    return (replace(dataset, start_time=started),)


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the CSV exports of Arbin."""
    return (Reader(name="arbin-csv", version="1.2.0", title="Arbin CSV", recognises=recognises, read=read),)
