"""Neware CSV as BTSDA exports it, with headers in English or Chinese, in UTF-8 or GBK.

Either one row a record, or nested: rows of cycles, of their steps and of the records of each step in one table, each
with its own header.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from registry.contract.reader_support.files.nested_table import NestedHeader, nested_header, write_records
from registry.contract.reader_support.files.number_table import Rows
from registry.contract.reader_support.files.plain_text import Line, file_head, lines
from registry.contract.reader_support.neware.neware_headers import (
    CYCLES,
    STEP_TYPES,
    STEPS,
    decoded_header,
    is_outer_header,
    is_record_header,
    names_of,
)
from registry.contract.reader_support.neware.neware_records import neware_series
from registry.hookspecs import Message, ParsedDataset, Reader, UnreadableFile, hookimpl

CONTRACT_VERSION = 2

Array = NDArray[np.float64]

LEVELS = 3
"""Cycles, steps and records."""


@dataclass(frozen=True)
class Header:
    """The header of the records, and of the levels above them if the table is nested."""

    rows: Rows
    encoding: str
    nested: NestedHeader | None = None


def recognises(head: bytes, name: str) -> bool:
    """Return True for a text whose first lines have the headers of a Neware export."""
    texts = [decoded_header(head[line.start : line.after])[0].rstrip("\r\n") for line in islice(lines(head), LEVELS)]
    if not texts:
        return False
    nested = nested_header(texts, _delimiter(texts[0]))
    if nested is not None:
        return is_outer_header(*nested.levels[:2])
    return is_record_header(_labels(texts[0], _delimiter(texts[0])))


def read(path: Path) -> tuple[ParsedDataset, ...]:
    """Return the one time series of the file."""
    header = _read_header(path)
    if header.nested is None:
        return (_dataset(header.rows, header.encoding),)
    with tempfile.TemporaryDirectory() as directory:
        rows = write_records(header.rows, header.nested, _inherited(header.nested), Path(directory) / "records.csv")
        return (_dataset(rows, header.encoding),)


def _dataset(rows: Rows, encoding: str) -> ParsedDataset:
    messages = [Message("read-as-gbk", "Not UTF-8: read as GBK.")] if encoding == "gbk" else []
    return neware_series(rows, messages)


def _delimiter(text: str) -> str:
    return next((mark for mark in text if mark in ",;\t"), ",")


def _labels(text: str, delimiter: str) -> tuple[str, ...]:
    return tuple(label.strip().strip('"') for label in text.split(delimiter))


def _read_header(path: Path) -> Header:
    content = file_head(path)
    first_lines = list(islice(lines(content), LEVELS))
    if not first_lines:
        raise UnreadableFile("empty-file", "the file is empty (0 bytes): export it again")
    decoded = [decoded_header(content[line.start : line.after]) for line in first_lines]
    encoding = next((encoding for _, encoding in decoded if encoding != "utf-8"), "utf-8")
    texts = [text.rstrip("\r\n") for text, _ in decoded]
    delimiter = _delimiter(texts[0])
    nested = nested_header(texts, delimiter)
    if nested is None:
        return Header(_rows(path, first_lines[0], delimiter, _labels(texts[0], delimiter)), encoding)
    if len(nested.levels) < LEVELS or not is_record_header([*nested.levels[-1], *nested.levels[0]]):
        raise UnreadableFile(
            "no-records",
            "line {line}: the export has rows of cycles and steps, but no header of records (‘DataPoint’): export the "
            "file again with the records",
            line=len(nested.levels),
        )
    return Header(_rows(path, first_lines[-1], delimiter, nested.levels[-1]), encoding, nested)


def _rows(path: Path, line: Line, delimiter: str, labels: tuple[str, ...]) -> Rows:
    return Rows(path, line.after, line.number, delimiter, labels, quoted=True)


def _inherited(nested: NestedHeader) -> list[tuple[int, int]]:
    """Return level and index of the cycle and step numbers, and the kinds of steps, of the outer rows."""
    return [
        (level, index)
        for level, names in enumerate((CYCLES, (*STEPS, *STEP_TYPES)))
        for index, name in enumerate(names_of(nested.levels[level]))
        if name in names
    ]


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the CSV exports of Neware."""
    return (Reader(name="neware-csv", version="1.5.0", title="Neware CSV (BTSDA)", recognises=recognises, read=read),)
