"""Comparison tables as CSV (RFC 4180, UTF-8): a head and rows, nothing else, as pandas and spreadsheets read them.

A column of numbers contains numbers alone; qualifiers, uncertainties, bounds and notes stand in columns of their own
next to it, if there are any. References stand in the last columns.
"""

import csv
import io

from registry.contract.table_data import DataCell, data_columns
from registry.contract.table_text import guarded
from registry.hookspecs import PrintedTable, TableFormat, hookimpl

CONTRACT_VERSION = 2


def _written(cell: DataCell) -> str:
    return guarded(cell.text) if cell.number is None else cell.text


def render(table: PrintedTable) -> bytes:
    """Write a table as CSV: a row a measurement, in a transposed table too."""
    columns = data_columns(table)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(guarded(column.title) for column in columns)
    writer.writerows(
        [_written(cell) for cell in row] for row in zip(*(column.cells for column in columns), strict=True)
    )
    return buffer.getvalue().encode()


@hookimpl
def register_table_formats() -> list[TableFormat]:
    """Add the format `csv`."""
    return [TableFormat(name="csv", media_type="text/csv; charset=utf-8", extension="csv", render=render)]
