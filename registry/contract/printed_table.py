"""A comparison table with its numbers formatted, and the formats that write it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple


class TableCell(NamedTuple):
    """One cell of a table, ready for any format.

    `digits` is the number with the digits its source or uncertainty warrants, in plain ASCII (`7.87e3`, `3x3`), empty
    for words. `text` is what a page prints (`7.87×10³`, `Coin cell`). `number` is the magnitude in the column's unit.
    """

    text: str
    """What a page prints."""
    digits: str = ""
    """The number in plain ASCII."""
    number: float | None = None
    """The magnitude in the column's unit."""
    uncertainty: float | None = None
    """Combined standard uncertainty in the column's unit, where known."""
    lower: float | None = None
    """The bounds rounding leaves it, below"""
    upper: float | None = None
    """and above."""
    origin: Literal["reported", "computed", ""] = ""
    """Whether it was reported or computed."""
    missing: bool = False
    """True if the text says why there is no number."""
    notes: tuple[int, ...] = ()
    """Numbers of the footnotes that belong to this cell, from 1."""
    refcode: str = ""
    """Cell or measurement this came from."""
    stale: bool = False
    """True if an input changed since it was computed."""
    inferred: bool = False
    """True if it, or an input of it, was deduced rather than stated."""


@dataclass(frozen=True)
class Heading:
    """A printed column head: the unit stands here, never beside the numbers."""

    key: str
    """That of the column."""
    title: str
    """What it prints."""
    unit: str = ""
    """Unit label as printed (`mS cm⁻¹`)."""
    numeric: bool = False
    """True if the column holds numbers."""


@dataclass(frozen=True)
class Reference:
    """A publication, numbered in the order the table first cites it."""

    number: int
    """From 1."""
    text: str
    """As a list of references prints it."""
    doi: str = ""
    """Without an address before it."""
    bibtex: str = ""
    """The whole entry."""


@dataclass(frozen=True)
class PrintedTable:
    """A comparison table with every number already formatted; `rows` is (rows, columns)."""

    slug: str
    """That of the `Table`."""
    title: str
    """What it shows."""
    caption: str
    """What its reader should know; may be empty."""
    headings: tuple[Heading, ...]
    """One a column."""
    rows: tuple[tuple[TableCell, ...], ...]
    """As many cells each as there are headings."""
    footnotes: tuple[str, ...] = ()
    """Numbered from 1, as `TableCell.notes` name them."""
    references: tuple[Reference, ...] = ()
    """Those the rows cite."""
    transposed: bool = False
    """True if formats should print headings down the side and one column a row."""

    def grid(self) -> Iterator[tuple[Heading, tuple[TableCell, ...]]]:
        """Yield each heading with its column, as a transposed table prints it."""
        for index, heading in enumerate(self.headings):
            yield heading, tuple(row[index] for row in self.rows)


@dataclass(frozen=True)
class TableFormat:
    """A way to write a `PrintedTable` to bytes."""

    name: str
    """As `--format` and the API take it."""
    media_type: str
    """As HTTP has it: `text/csv`."""
    extension: str
    """Of the file, without a dot."""
    render: Callable[[PrintedTable], bytes]
    """A function that writes any table: with odd words, without rows, transposed."""
