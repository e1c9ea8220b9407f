"""Tables of rows of several levels, each with its own header: cycles, the steps of a cycle, the records of a step.

A row of level n, from 0, begins with n empty cells, and belongs to the last row of the level above:

    Cycle Index,Chg. Cap.(Ah)
    ,Step Index,Step Type
    ,,DataPoint,Voltage(V)
    1,0.00151
    ,1,CC Chg
    ,,1,3.0000

The first row of the level below can follow in the same line: `1,0.00151,1,CC Chg`.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from registry.contract.reader import UnreadableFile
from registry.contract.reader_support.files.number_table import Rows, ragged_rows

Labels = tuple[str, ...]


@dataclass(frozen=True)
class NestedHeader:
    """The header lines of a table of several levels."""

    levels: tuple[Labels, ...]
    """Labels of each level, from the outermost, with the empty cells before them."""
    delimiter: str

    @property
    def deepest(self) -> int:
        """Return the level of the records, from 0."""
        return len(self.levels) - 1

    def level_of(self, row: Sequence[str]) -> int:
        """Return the level of a row by the number of empty cells it begins with."""
        return min(leading_blanks(row), self.deepest)


def leading_blanks(cells: Iterable[str]) -> int:
    """Return how many cells are empty before the first that is not."""
    count = 0
    for cell in cells:
        if cell.strip():
            break
        count += 1
    return count


def nested_header(texts: Iterable[str], delimiter: str) -> NestedHeader | None:
    """Return the header that the first lines of a file make, None if the table has one level."""
    levels: list[Labels] = []
    for text in texts:
        labels = tuple(label.strip().strip('"').strip() for label in text.split(delimiter))
        if leading_blanks(labels) != len(levels):
            break
        levels.append(labels)
    return NestedHeader(tuple(levels), delimiter) if len(levels) > 1 else None


def write_records(rows: Rows, header: NestedHeader, inherited: Sequence[tuple[int, int]], target: Path) -> Rows:
    """Write the records as a flat table to `target`, one line per line of the file, and return its rows.

    Parameters
    ----------
    rows
        Rows below the header lines; the labels are those of the deepest level.
    header
        The labels of all levels.
    inherited
        Level and index, both from 0, of the cells of outer rows that every record gets as further columns at its end.
    target
        A file to write; lines of outer levels are empty in it, so that line numbers stay those of the file.

    Raises
    ------
    UnreadableFile
        `ragged-rows` for a row with more or fewer cells than its header, `record-without-outer-row` for a record
        before the first row of an outer level.
    """
    with (
        rows.path.open(encoding="latin-1", newline="") as source,
        target.open("w", encoding="latin-1", newline="") as flat,
    ):
        source.seek(rows.start)
        _write(source, flat, rows, header, inherited)
    labels = (*rows.labels, *(header.levels[level][index] for level, index in inherited))
    return Rows(target, 0, rows.line, rows.delimiter, labels, quoted=rows.quoted)


def _write(
    source: TextIO, flat: TextIO, rows: Rows, header: NestedHeader, inherited: Sequence[tuple[int, int]]
) -> None:
    writer = csv.writer(flat, delimiter=rows.delimiter, lineterminator="\n")
    outer: list[list[str]] = []
    reader = csv.reader(source, delimiter=rows.delimiter)
    for row in reader:
        line = rows.line + reader.line_num
        level = header.level_of(row)
        if not any(cell.strip() for cell in row):
            flat.write("\n")
        elif level < header.deepest:
            outer = outer[:level] + _outer_rows(row, level, rows, header, line)
            flat.write("\n")
        else:
            if len(outer) < header.deepest:
                raise UnreadableFile(
                    "record-without-outer-row",
                    "line {line}: a record before the first row of ‘{outer_label}’: export the file again",
                    line=line,
                    outer_label=_name(header, len(outer)),
                )
            record = _trimmed(row, level, rows, header, line)
            writer.writerow([*record, *(outer[above][index] for above, index in inherited)])


def _outer_rows(row: list[str], level: int, rows: Rows, header: NestedHeader, line: int) -> list[list[str]]:
    """Return the row of this level, and that of the next if it follows in the same line."""
    width = len(header.levels[level])
    rest = row[width:]
    is_joined = level + 1 < header.deepest and len(rest) == len(header.levels[level + 1]) - (level + 1)
    if is_joined and any(cell.strip() for cell in rest):
        return [row[:width], [""] * (level + 1) + rest]
    return [_trimmed(row, level, rows, header, line)]


def _trimmed(row: list[str], level: int, rows: Rows, header: NestedHeader, line: int) -> list[str]:
    """Return a row without empty cells beyond its header, or refuse it if it has more or fewer cells."""
    width = len(header.levels[level])
    if len(row) < width or any(cell.strip() for cell in row[width:]):
        header_line = rows.line - header.deepest + level
        raise ragged_rows(line, row, Rows(rows.path, 0, header_line, rows.delimiter, header.levels[level]))
    return row[:width]


def _name(header: NestedHeader, level: int) -> str:
    """Return the first label of a level."""
    return next(label for label in header.levels[level] if label)
