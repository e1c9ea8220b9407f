"""Rows of numbers in a text file, read at once, or row by row to locate an error."""

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from registry.contract.reader import UnreadableFile
from registry.contract.reader_support.files.grouped_numbers import could_be_grouped, first_grouped, may_be_grouped
from registry.contract.reader_support.files.number_cells import CellError, grouped_error, number

Array = NDArray[np.float64]

DELIMITERS = {"\t": "tab", ";": "semicolon", ",": "comma", " ": "spaces"}
"""Column separators; a space means any run of spaces and tabs."""
THOUSANDS = {
    ",": (r"^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?([eE][+-]?\d+)?$", "."),
    ".": (r"^[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d*)?([eE][+-]?\d+)?$", ","),
}
"""Marks between thousands, with the form of a number that has them and the decimal mark next to them."""
DECIMAL_AFTER = {",": r"^[+-]?(0?\.\d|\d+\.(\d{1,2}$|\d{4})|.*,\d{3}\.\d)", ".": r"^[+-]?\d{1,3}(\.\d{3})+,\d"}
"""A number that shows the decimal mark for certain: one that the other reading cannot explain."""
MINUS_SIGN = "−".encode()
COMMENT = re.compile(rb"^#[^\r\n]*", re.MULTILINE)


@dataclass(frozen=True)
class Rows:
    """The position of a table in a file, and its column labels."""

    path: Path
    start: int
    """Byte at which the rows begin."""
    line: int
    """Line of the file, from 1, after which they begin: that of the header, if there is one."""
    delimiter: str
    labels: tuple[str, ...]
    end: int | None = None
    """Byte at which the rows end, None for the end of the file."""
    quoted: bool = False
    decimals: tuple[str, ...] = (".", ",")
    has_thousands: bool = False
    """True if the program may separate thousands, as in 1,304.5 or 1.304,5."""
    has_minus_signs: bool = False
    """True if numbers have the typographic minus sign (U+2212 in UTF-8), as spreadsheets of some languages write it."""
    has_comments: bool = False
    """True if lines that begin with # stand between the rows: they are read as blank."""

    def where(self, index: int) -> str:
        return f"column {index + 1} (‘{self.labels[index]}’)"

    def opened(self) -> IO[bytes]:
        """Return the rows as a stream of bytes, without loading the file into memory."""
        file = self.path.open("rb")
        file.seek(self.start)
        if self.is_plain:
            return file
        with file:
            content = file.read(-1 if self.end is None else self.end - self.start)
        if self.has_comments:
            content = COMMENT.sub(b"", content)
        return io.BytesIO(content.replace(MINUS_SIGN, b"-") if self.has_minus_signs else content)

    @property
    def is_plain(self) -> bool:
        """Whether the rows go to the end of the file and are read as they are."""
        return self.end is None and not self.has_minus_signs and not self.has_comments


@dataclass(frozen=True)
class Numbers:
    """Columns by index, from 0, and their decimal mark."""

    columns: dict[int, Array]
    decimal: str = "."
    words: dict[int, Any] = field(default_factory=dict)
    """Columns of text, as Arrow arrays."""
    incomplete: tuple[int, ...] = ()
    """Optional columns that were dropped because cells are empty or text."""
    thousands: str = ""
    """Mark that separates thousands, empty if none does."""
    steps: Mapping[str, str] = field(default_factory=dict)
    """Entries of the header for columns written with few digits."""


def read_numbers(
    rows: Rows, required: Sequence[int], optional: Sequence[int] = (), words: Sequence[int] = ()
) -> Numbers:
    """Return the columns, or raise `UnreadableFile` that names the line and column that cannot be read."""
    try:
        return _read(rows, required, optional, words)
    except UnreadableFile:
        with rows.opened() as file:
            content = file.read()
        has_minus_signs, has_comments = MINUS_SIGN in content, COMMENT.search(content) is not None
        if not has_minus_signs and not has_comments:
            raise
    rows = replace(rows, has_minus_signs=rows.has_minus_signs or has_minus_signs, has_comments=has_comments)
    return _read(rows, required, optional, words)


def _read(rows: Rows, required: Sequence[int], optional: Sequence[int], words: Sequence[int]) -> Numbers:
    rows = replace(rows, decimals=tuple(mark for mark in rows.decimals if mark != rows.delimiter))
    widest = _with_trailing_delimiter(rows)
    if rows.delimiter != " ":
        for decimal in rows.decimals:
            for stripped in (False, True) if widest is not rows else (False,):
                numbers = _read_fast(rows if stripped else widest, (required, optional, words), decimal, stripped)
                if numbers is not None:
                    _refuse_grouped(rows if stripped else widest, numbers, stripped)
                    return numbers
        for thousands in THOUSANDS if rows.has_thousands else ():
            for stripped in (False, True) if widest is not rows else (False,):
                selected = required, optional, words
                numbers = _read_grouped(rows if stripped else widest, selected, thousands, stripped)
                if numbers is not None:
                    return numbers
    return _read_carefully(rows, required, optional, words)


def first_cells(rows: Rows) -> list[str]:
    """Return the cells of the first row that is not blank, without an empty one that only ends the line."""
    cells = _first_fields(rows)
    return cells[:-1] if len(cells) > 1 and not cells[-1].strip() else cells


def _first_fields(rows: Rows) -> list[str]:
    with rows.opened() as file:
        first = next((line for line in iter(lambda: file.readline(1 << 16), b"") if line.strip()), b"")
    text = first.decode("latin-1").rstrip("\r\n")
    return text.split(rows.delimiter) if text else []


def _with_trailing_delimiter(rows: Rows) -> Rows:
    """Return the rows with one more column if the first row ends in a delimiter that the header does not count."""
    fields = _first_fields(rows)
    is_longer = len(fields) == len(rows.labels) + 1 and not fields[-1].strip()
    return replace(rows, labels=(*rows.labels, "")) if is_longer else rows


def _read_fast(
    rows: Rows, selected: tuple[Sequence[int], Sequence[int], Sequence[int]], decimal: str, stripped: bool
) -> Numbers | None:
    """Return the columns, or None on any error, which `_read_carefully` then locates."""
    import pyarrow as pa

    required, optional, words = selected
    types = dict.fromkeys((*required, *optional), pa.float64()) | dict.fromkeys(words, pa.string())
    try:
        arrays = _arrow_columns(rows, types, decimal, stripped)
    except pa.ArrowInvalid:
        return None
    columns = {index: arrays.pop(index).to_numpy() for index in (*required, *optional)}
    return _complete(columns, selected, Numbers({}, decimal, {index: arrays[index] for index in words}))


def _refuse_grouped(rows: Rows, numbers: Numbers, stripped: bool) -> None:
    """Refuse a column whose decimal mark is one between thousands."""
    import pyarrow as pa

    columns = [index for index, column in numbers.columns.items() if may_be_grouped(column)]
    if not columns:
        return
    texts = _arrow_columns(rows, dict.fromkeys(columns, pa.string()), ".", stripped)
    for index in columns:
        is_possible = could_be_grouped(texts[index], numbers.decimal)
        row = first_grouped(texts[index].to_pylist(), numbers.decimal) if is_possible else None
        if row is not None:
            line, cells = next(islice(fields_of(rows), row, None))
            raise UnreadableFile(
                "cell-not-a-number",
                "line {line}, {column}: {error}",
                line=line,
                column=rows.where(index),
                error=grouped_error(cells[index].strip()),
            )


def _read_grouped(
    rows: Rows, selected: tuple[Sequence[int], Sequence[int], Sequence[int]], thousands: str, stripped: bool
) -> Numbers | None:
    """Return the columns of a table whose numbers have this mark between thousands, or None if it is not certain.

    It is certain if no number has the mark elsewhere, and the other one is a decimal mark: 1,304.5 next to 3.5012.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    required, optional, words = selected
    pattern, decimal = THOUSANDS[thousands]
    columns: dict[int, Array] = {}
    is_certain = False
    try:
        arrays = _arrow_columns(rows, dict.fromkeys((*required, *optional, *words), pa.string()), ".", stripped)
        for index in (*required, *optional):
            texts = pc.utf8_trim_whitespace(arrays.pop(index))
            is_certain = is_certain or bool(pc.any(pc.match_substring_regex(texts, DECIMAL_AFTER[thousands])).as_py())
            grouped = pc.match_substring_regex(texts, pattern)
            plain = pc.if_else(grouped, pc.replace_substring(texts, thousands, ""), texts)
            if decimal == ",":
                plain = pc.replace_substring(pc.replace_substring(plain, ".", "?"), ",", ".")
            columns[index] = pc.cast(plain, pa.float64()).to_numpy()
    except pa.ArrowInvalid:
        return None
    if not is_certain:
        return None
    filled = Numbers({}, decimal, {index: arrays[index] for index in words}, thousands=thousands)
    return _complete(columns, selected, filled)


def _complete(
    columns: Mapping[int, Array], selected: tuple[Sequence[int], Sequence[int], Sequence[int]], numbers: Numbers
) -> Numbers | None:
    """Return the numbers with the columns without gaps; None if a required column has gaps."""
    required, optional, _ = selected
    if not all(np.isfinite(columns[index]).all() for index in required):
        return None
    incomplete = tuple(index for index in optional if not np.isfinite(columns[index]).all())
    complete = {index: column for index, column in columns.items() if index not in incomplete}
    return replace(numbers, columns=complete, incomplete=incomplete)


def _arrow_columns(rows: Rows, types: Mapping[int, Any], decimal: str, stripped: bool) -> dict[int, Any]:
    """Return columns of these Arrow types by index, or raise `ArrowInvalid`."""
    from pyarrow import csv as arrow_csv

    with _arrow_stream(rows, stripped) as stream:
        table = arrow_csv.read_csv(
            stream,
            # One thread is as fast here, and holds fewer blocks of the file at a time.
            read_options=arrow_csv.ReadOptions(
                column_names=[str(index) for index in range(len(rows.labels))], use_threads=False
            ),
            parse_options=arrow_csv.ParseOptions(delimiter=rows.delimiter, quote_char='"' if rows.quoted else False),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=[str(index) for index in types],
                column_types={str(index): kind for index, kind in types.items()},
                decimal_point=decimal,
            ),
        )
    return {int(name): column for name, column in zip(table.column_names, table.columns, strict=True)}


def _arrow_stream(rows: Rows, stripped: bool) -> Any:
    """Return the rows as Arrow reads them; with `stripped`, without trailing delimiters."""
    import pyarrow as pa

    if rows.is_plain and not stripped:
        stream = pa.OSFile(str(rows.path))
        stream.seek(rows.start)
        return stream
    with rows.opened() as file:
        content = file.read()
    if stripped:
        mark = rows.delimiter.encode()
        content = content.replace(mark + b"\r\n", b"\n").replace(mark + b"\n", b"\n")
    return pa.BufferReader(content)


def _read_carefully(rows: Rows, required: Sequence[int], optional: Sequence[int], words: Sequence[int]) -> Numbers:
    """Read row by row what `_read_fast` could not, or name the line and column that cannot be read."""
    import pyarrow as pa

    numbers: dict[int, list[float]] = {index: [] for index in (*required, *optional)}
    texts: dict[int, list[str]] = {index: [] for index in words}
    decimal = "" if len(rows.decimals) > 1 else rows.decimals[0]
    for line, row in fields_of(rows):
        if len(row) != len(rows.labels):
            raise ragged_rows(line, row, rows)
        if tuple(cell.strip() for cell in row) == tuple(label.strip() for label in rows.labels):
            raise UnreadableFile(
                "repeated-header",
                "line {line} repeats the header: save each table in a file of its own, or remove the line",
                line=line,
            )
        for index, column in numbers.items():
            cell = row[index].strip()
            decimal = decimal or next((mark for mark in cell if mark in rows.decimals), "")
            try:
                column.append(number(cell, decimal))
            except CellError as error:
                if index in required:
                    raise UnreadableFile(
                        "cell-not-a-number",
                        "line {line}, {column}: {error}",
                        line=line,
                        column=rows.where(index),
                        error=error,
                    ) from error
                column.append(math.nan)
        for index, text in texts.items():
            text.append(row[index].strip())
    columns = {index: np.array(column) for index, column in numbers.items()}
    incomplete = tuple(index for index in optional if not np.isfinite(columns[index]).all())
    return Numbers(
        {index: column for index, column in columns.items() if index not in incomplete},
        decimal or ".",
        {index: pa.array(text, pa.string()) for index, text in texts.items()},
        incomplete,
    )


def fields_of(rows: Rows) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not blank with its line; an empty field that only ends the line is dropped."""
    with rows.opened() as file, io.TextIOWrapper(file, encoding="latin-1", newline="") as text:
        if rows.delimiter == " ":
            cells = ((line, row.split()) for line, row in enumerate(text, rows.line + 1))
        else:
            reader = csv.reader(
                text, delimiter=rows.delimiter, quoting=csv.QUOTE_MINIMAL if rows.quoted else csv.QUOTE_NONE
            )
            cells = ((rows.line + reader.line_num, row) for row in reader)
        try:
            for line, row in cells:
                if not any(cell.strip() for cell in row):
                    continue
                if len(row) == len(rows.labels) + 1 and not row[-1].strip():
                    row.pop()
                yield line, row
        except csv.Error as error:
            raise UnreadableFile(
                "rows-unreadable", "after line {line}, the rows cannot be split: {error}", line=rows.line, error=error
            ) from error


def ragged_rows(line: int, row: Sequence[str], rows: Rows) -> UnreadableFile:
    """Return the error for a row with more or fewer fields than the header."""
    if rows.delimiter == "," and len(row) > len(rows.labels):
        return UnreadableFile(
            "ragged-rows",
            "line {line} has {fields} fields where the header (line {header_line}) has {columns}: with decimal commas, "
            "separate the columns by semicolons or tabs",
            line=line,
            fields=len(row),
            header_line=rows.line,
            columns=len(rows.labels),
        )
    return UnreadableFile(
        "ragged-rows",
        "line {line} has {fields} fields where the header (line {header_line}) has {columns} (separated by "
        "{delimiter}): complete or remove the line",
        line=line,
        fields=len(row),
        delimiter=DELIMITERS[rows.delimiter],
        header_line=rows.line,
        columns=len(rows.labels),
    )
