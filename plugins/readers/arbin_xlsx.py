"""Arbin workbooks (.xlsx): the channel sheets; pages of one channel are joined, channels are separate.

Current is negative on discharge. Other sheets (Global_Info, statistics, charts) hold no series; Global_Info gives the
header.
"""

import math
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from registry.contract.reader_support.arbin_headers import NAMES, NEEDED, fixed_units, plain_labels
from registry.contract.reader_support.datasets.cycler_series import series_of
from registry.contract.reader_support.files.number_cells import CellError
from registry.contract.reader_support.files.workbook import SheetRows, Workbook, is_workbook
from registry.contract.reader_support.tables.instrument_table import (
    header_facts,
    known_columns,
    require_columns,
    unread_columns,
)
from registry.hookspecs import Message, OtherFormatError, ParsedDataset, Reader, UnreadableFile, hookimpl

CONTRACT_VERSION = 2

Array = NDArray[np.float64]

CHANNEL = re.compile(r"Channel[_ ]?(?P<channel>[\d-]+?)(?:_(?P<page>\d+))?")
FACTS = {"Schedule File Name": "schedule", "Start DateTime": "started", "Software Version": "software"}


def recognises(head: bytes, name: str) -> bool:
    """Return True for an Excel workbook; whether it is Arbin's shows when it is opened."""
    return is_workbook(head)


def read(path: Path) -> tuple[ParsedDataset, ...]:
    """Return one time series for each channel of the workbook."""
    workbook = Workbook(path)
    channels: dict[str, list[tuple[str, SheetRows]]] = {}
    for name in sorted(workbook.names, key=_page_number):
        if match := CHANNEL.fullmatch(name):
            channels.setdefault(match["channel"], []).append((name, workbook.rows(name)))
    if not channels:
        raise OtherFormatError(
            "no-channel-sheet",
            "no sheet of an Arbin channel (such as ‘Channel_1_1’): the sheets are {names}; save the data sheet "
            "as CSV (UTF-8) with column names and units",
            names=", ".join(workbook.names)[:200] or "none",
        )
    facts = _facts(workbook.rows("Global_Info") if "Global_Info" in workbook.names else [])
    several = len(channels) > 1
    return tuple(
        _dataset(pages, {**facts, "channel": channel}, f"channel {channel}" if several else "")
        for channel, pages in channels.items()
    )


def _page_number(sheet: str) -> list[int]:
    """Return the numbers of channel and page in the name of a sheet; the sheets may be in another order."""
    return [int(digits) for digits in re.findall(r"\d+", sheet)]


def _facts(rows: SheetRows) -> dict[str, str]:
    """Return the entries of Global_Info: a row of names above a row for each channel."""
    facts = {"instrument": "Arbin"}
    for index, row in enumerate(rows[:-1]):
        if row and row[0] == "Channel":
            below = dict(zip(row, rows[index + 1], strict=False))
            facts |= {name: str(below[label]) for label, name in FACTS.items() if below.get(label)}
            break
    return header_facts(**facts)


def _dataset(pages: Iterable[tuple[str, SheetRows]], facts: dict[str, str], label: str) -> ParsedDataset:
    parts = [_page(name, rows) for name, rows in pages]
    first = parts[0]
    names = [name for name in first[0] if all(name in columns for columns, _ in parts)]
    columns = {name: np.concatenate([columns[name] for columns, _ in parts]) for name in names}
    return series_of(columns, facts, first[1], label=label)


def _page(sheet: str, rows: SheetRows) -> tuple[dict[str, Array], list[Message]]:
    """Return the columns of one sheet, and messages."""
    if len(rows) < 2:
        raise UnreadableFile("no-rows", "sheet ‘{sheet}’: no rows below the header", sheet=sheet)
    labels = tuple(str(cell) for cell in rows[0])
    try:
        headers = known_columns(plain_labels(labels), NAMES, 1, fixed_units(labels), NEEDED)
        require_columns(headers, NEEDED, labels, 1)
    except UnreadableFile as error:
        raise UnreadableFile("invalid-sheet", "sheet ‘{sheet}’, {error}", sheet=sheet, error=error) from error
    columns = {}
    for index, head in list(headers.items()):
        column = np.array([_number(row[index]) for row in rows[1:]])
        if np.isfinite(column).all():
            columns[head.canonical] = head.converted(column)
        elif head.canonical in NEEDED:
            row = int(np.argmin(np.isfinite(column)))
            cell = str(rows[row + 1][index])[:40]
            raise UnreadableFile(
                "cell-not-a-number",
                "sheet ‘{sheet}’, row {row}, column {column} (‘{header}’): {error}",
                sheet=sheet,
                row=row + 2,
                column=index + 1,
                header=labels[index],
                error=CellError("not-a-number", "‘{cell}’ is not a number", cell=cell)
                if cell
                else CellError("empty-cell", "the cell is empty"),
            )
        else:
            del headers[index]
    return columns, unread_columns(labels, list(headers))


def _number(cell: object) -> float:
    return float(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else math.nan


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the workbooks of Arbin."""
    return (
        Reader(name="arbin-xlsx", version="1.2.1", title="Arbin workbook (.xlsx)", recognises=recognises, read=read),
    )
