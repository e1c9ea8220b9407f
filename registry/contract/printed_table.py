"""A comparison table with its numbers formatted, and the formats that write it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple


class TableCell(NamedTuple):
    """One cell of a table, ready for any format.

    `digits` is the number with the digits its source or uncertainty supports, in plain ASCII (`7.87e3`, `3x3`), empty
    for text. `text` is the displayed form (`7.87×10³`, `Coin cell`). `number` is the magnitude in the column's unit.
    """

    text: str
    """Text as displayed."""
    digits: str = ""
    """The number in plain ASCII."""
    number: float | None = None
    """The magnitude in the column's unit."""
    uncertainty: float | None = None
    """Standard uncertainty of the scatter in the column's unit, where known; rounding is in the bounds."""
    lower: float | None = None
    """Lower bound of rounding, None if nothing is known."""
    upper: float | None = None
    """Upper bound of rounding, None if nothing is known."""
    origin: Literal["reported", "computed", ""] = ""
    """Reported or computed."""
    missing: bool = False
    """True if the text says why there is no number."""
    notes: tuple[int, ...] = ()
    """Numbers of its footnotes, counted from 1."""
    refcode: str = ""
    """Refcode of the cell or measurement it comes from."""
    stale: bool = False
    """True if an input changed since it was computed."""
    inferred: bool = False
    """True if it or one of its inputs was inferred rather than stated."""
    qualifier: str = ""
    """`>`, `≥`, `<` or `≤` if the number is only a bound, `~` if it is approximate; `text` begins with it."""
    differs: bool = False
    """True if it differs from the row that the others are compared with, beyond what counts as alike."""
    uncertainty_digits: str = ""
    """Standard uncertainty in units of the last of the `digits`, `17` of 6.586(17), which `text` shows too; empty if
    there is none, or rounding outweighs it."""


@dataclass(frozen=True)
class Heading:
    """A column header; the unit is in the header only, never next to the numbers."""

    key: str
    """Key of the column."""
    title: str
    """Text of the header."""
    unit: str = ""
    """Unit label as displayed (`mS cm⁻¹`)."""
    numeric: bool = False
    """True if the column contains numbers."""
    at: str = ""
    """Place of the values, `peak:2`; empty for a column without a place."""


@dataclass(frozen=True)
class Reference:
    """A publication, numbered in order of first citation in the table."""

    number: int
    """Counted from 1."""
    text: str
    """Text in the list of references."""
    doi: str = ""
    """Without `https://doi.org/`."""
    bibtex: str = ""
    """The BibTeX entry."""


@dataclass(frozen=True)
class PrintedTable:
    """A comparison table with every number already formatted; `rows` is (rows, columns)."""

    slug: str
    """Slug of the `Table`."""
    title: str
    """Title of the table."""
    caption: str
    """Notes for readers; may be empty."""
    headings: tuple[Heading, ...]
    """One per column."""
    rows: tuple[tuple[TableCell, ...], ...]
    """Each row has one cell per heading."""
    footnotes: tuple[str, ...] = ()
    """Counted from 1; `TableCell.notes` refers to them."""
    references: tuple[Reference, ...] = ()
    """Publications cited in the rows."""
    transposed: bool = False
    """True if headings go down the left side and each row becomes a column."""
    cited: tuple[tuple[int, ...], ...] = ()
    """For each row, the numbers of its references; empty if no row has one."""

    def references_of(self, row: int) -> tuple[Reference, ...]:
        """Return the references of a row, counted from 0."""
        numbers = self.cited[row] if self.cited else ()
        return tuple(reference for reference in self.references if reference.number in numbers)

    def refcodes_of(self, row: int) -> tuple[str, ...]:
        """Return the refcodes of the cells and measurements that the numbers of a row come from."""
        return tuple(dict.fromkeys(cell.refcode for cell in self.rows[row] if cell.refcode))

    def grid(self) -> Iterator[tuple[Heading, tuple[TableCell, ...]]]:
        """Yield each heading with its column, the rows of a transposed table."""
        for index, heading in enumerate(self.headings):
            yield heading, tuple(row[index] for row in self.rows)


@dataclass(frozen=True, kw_only=True)
class TableFormat:
    """A way to write a `PrintedTable` to bytes."""

    name: str
    """Value of `--format` and of the API parameter."""
    media_type: str
    """MIME type: `text/csv`."""
    extension: str
    """File extension without the dot."""
    render: Callable[[PrintedTable], bytes]
    """Function that writes any table, including empty, transposed and with special characters."""
