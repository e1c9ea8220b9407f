"""Neware workbooks (.xlsx) of BTSDA: the sheets of records (‘record’, ‘detail’, ‘记录层’), known by their headers.

Sheets that continue with the same headers are joined: Excel contains a million rows in each. Other sheets (cycles,
steps, logs) hold no series.
"""

import csv
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from registry.contract.reader_support.files.number_table import Rows
from registry.contract.reader_support.files.workbook import SheetRows, Workbook, cell_text, is_workbook
from registry.contract.reader_support.neware.neware_headers import is_record_header
from registry.contract.reader_support.neware.neware_records import neware_series
from registry.hookspecs import Listed, Message, OtherFormatError, ParsedDataset, Reader, hookimpl

CONTRACT_VERSION = 2

HEADER_ROWS = 20
"""Rows of a sheet in which its header is looked for."""


def recognises(head: bytes, name: str) -> bool:
    """Return True for an Excel workbook; whether it is Neware's shows when it is opened."""
    return is_workbook(head)


def read(path: Path) -> tuple[ParsedDataset, ...]:
    """Return the time series of the records."""
    workbook = Workbook(path)
    headers = {name: header for name in workbook.names if (header := _header(workbook.first_rows(name, HEADER_ROWS)))}
    if not headers:
        raise OtherFormatError(
            "no-record-sheet",
            "no sheet of Neware records (with ‘DataPoint’ and ‘Cycle Index’ in its header): the sheets are {names}; "
            "save the data sheet as CSV (UTF-8) with column names and units",
            names=Listed(workbook.names),
        )
    labels = next(iter(headers.values()))[1]
    joined = [name for name, (_, own) in headers.items() if own == labels]
    left = [name for name in workbook.names if name not in joined]
    messages = [Message("sheets-left-out", "Not read: the sheets {names}.", names=Listed(left))] if left else []
    with tempfile.TemporaryDirectory() as directory:
        table = Path(directory) / "records.csv"
        with table.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            for name in joined:
                writer.writerows(_cells(workbook.rows(name)[headers[name][0] + 1 :], len(labels)))
        rows = Rows(table, 0, headers[joined[0]][0] + 1, ",", labels, quoted=True, decimals=(".",))
        return (neware_series(rows, messages),)


def _header(rows: SheetRows) -> tuple[int, tuple[str, ...]] | None:
    """Return the index of the row with the headers of records, and the headers; None if there is none."""
    for index, row in enumerate(rows):
        labels = tuple(cell_text(cell) for cell in row)
        while labels and not labels[-1]:
            labels = labels[:-1]
        if is_record_header(labels):
            return index, labels
    return None


def _cells(rows: SheetRows, count: int) -> Iterator[list[str]]:
    """Yield the cells of each row that is not blank, as text."""
    for row in rows:
        cells = [cell_text(cell) for cell in row[:count]]
        if any(cells):
            yield cells


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the workbooks of Neware."""
    return (
        Reader(
            name="neware-xlsx",
            version="1.2.0",
            title="Neware workbook (.xlsx)",
            recognises=recognises,
            read=read,
            priority=-1,
        ),
    )
