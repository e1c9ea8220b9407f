"""Text of comparison tables, shared by all formats: layout, footnote marks, and numbers in cells."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from registry.contract.printed_table import Heading, PrintedTable, Reference, TableCell

CSV_DIGITS = 12
DIFFERS = "≠"
"""The sign of what differs from the row that the others are compared with."""
NO_ROWS = "No measurement matches the filters of this table."

# Unicode has no widely drawn superscript q, so no footnote is called q.
LETTERS = "abcdefghijklmnoprstuvwxyz"
RAISED_LETTERS = "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"
_RAISE = str.maketrans(LETTERS, RAISED_LETTERS)

# Spreadsheets take a text cell that begins so for a formula; the last four are the full-width forms.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True)
class Number:
    """The number in a cell, in plain ASCII: `> 7.87e3` is `('>', ('7.87e3',))`, `3x3` has two factors."""

    qualifier: str
    factors: tuple[str, ...]
    uncertainty: str = ""
    """Standard uncertainty in units of the last digit; only a single number has one."""

    @property
    def ascii(self) -> str:
        return self.qualifier + "x".join(self.factors)

    @property
    def with_uncertainty(self) -> tuple[str, ...]:
        """The factors, a single one with its uncertainty: `6.586(17)e-5`."""
        if not self.uncertainty:
            return self.factors
        mantissa, _, power = self.factors[0].lower().partition("e")
        return (f"{mantissa}({self.uncertainty}){f'e{power}' if power else ''}",)


@dataclass(frozen=True)
class Layout:
    """The lines of a table as printed: headings across the top, or down the side if it is transposed."""

    head: tuple[Heading | TableCell, ...]
    body: tuple[tuple[Heading | TableCell, ...], ...]
    numeric: tuple[bool, ...]
    """For each printed column, whether it is set flush right."""


def lay_out(table: PrintedTable) -> Layout:
    """Return the lines to print. In a transposed table the first column is the header."""
    check_table(table)
    if not table.transposed:
        return Layout(table.headings, table.rows, tuple(heading.numeric for heading in table.headings))
    lines: list[tuple[Heading | TableCell, ...]] = [(heading, *cells) for heading, cells in table.grid()]
    return Layout(lines[0], tuple(lines[1:]), (False, *(True for _ in table.rows)))


def check_table(table: PrintedTable) -> None:
    """Raise ValueError with the location if the table is inconsistent."""
    if not table.headings:
        raise ValueError(f"table {table.slug}: it has no columns; add at least one")
    if table.cited and len(table.cited) != len(table.rows):
        raise ValueError(f"table {table.slug}: references of {len(table.cited)} rows for {len(table.rows)} rows")
    for position, row in enumerate(table.rows, start=1):
        if len(row) != len(table.headings):
            raise ValueError(f"table {table.slug}, row {position}: {len(row)} cells for {len(table.headings)} columns")
        for heading, cell in zip(table.headings, row, strict=True):
            for note in cell.notes:
                if not 1 <= note <= len(table.footnotes):
                    raise ValueError(
                        f"table {table.slug}, row {position}, column {heading.title}: note {note} is not among its "
                        f"{len(table.footnotes)} footnotes; add the footnote or drop the note"
                    )


def footnote_letters(note: int) -> str:
    """Return the letters of a footnote: a to z without q, then aa, ab and so on."""
    mark = ""
    while note > 0:
        note, index = divmod(note - 1, len(LETTERS))
        mark = LETTERS[index] + mark
    return mark


def superscript(letters: str) -> str:
    """Return footnote letters as superscript characters."""
    return letters.translate(_RAISE)


def differs_mark(cell: Heading | TableCell) -> str:
    """Return the sign, after a space, of what differs from the row that the others are compared with, or nothing."""
    return f" {DIFFERS}" if isinstance(cell, TableCell) and cell.differs else ""


def thin_space(text: str) -> str:
    """Return the thin space that separates a footnote mark from an exponent (`10⁻³ ᵃ`)."""
    return "\N{THIN SPACE}" if text.endswith(tuple("⁰¹²³⁴⁵⁶⁷⁸⁹")) else ""


def footnote_marks(cell: Heading | TableCell) -> str:
    """Return the footnote letters of a cell, `a,c`, or nothing."""
    return ",".join(footnote_letters(note) for note in cell.notes) if isinstance(cell, TableCell) else ""


def one_line(text: str) -> str:
    """Return text on one line, with control characters, which a terminal would obey, replaced by a visible mark."""
    joined = " ".join(text.split())
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(char) == "Cc" else char for char in joined)


def guarded(text: str) -> str:
    """Return text that no spreadsheet runs as a formula: an apostrophe goes before what looks like one."""
    line = one_line(text)
    return f"'{line}" if line.startswith(_FORMULA_STARTS) else line


def csv_cell(content: str | float | None) -> str:
    """Return what a cell of a CSV file holds: integers as integers, other numbers with 12 significant digits, which
    leaves out the noise of binary fractions, and guarded text.

    Examples
    --------
    >>> csv_cell(3.0), csv_cell(1.6882299999999895), csv_cell(2.5e-7), csv_cell(None), csv_cell("=1")
    ('3', '1.68823', '2.5e-07', '', "'=1")
    """
    if content is None or isinstance(content, str):
        return guarded(content or "")
    return str(content) if isinstance(content, int) else f"{content:.{CSV_DIGITS}g}"


def header_text(heading: Heading) -> str:
    """Return a column header with its unit, as in `Thickness / µm` and `Density / (g/cm³)`."""
    unit = f"({heading.unit})" if "/" in heading.unit else heading.unit
    return one_line(f"{heading.title} / {unit}" if unit else heading.title)


def cell_text(cell: Heading | TableCell) -> str:
    """Return the displayed text of a cell, without footnote marks."""
    return header_text(cell) if isinstance(cell, Heading) else one_line(cell.text)


def plain_decimal(number: float | str) -> str:
    """Return a number without a power of ten, to at most ten significant digits if it is a float: `0.000009705`."""
    return f"{Decimal(number if isinstance(number, str) else f'{number:.10g}'):f}"


def number_of(cell: Heading | TableCell) -> Number | None:
    """Return the number or product in a cell with its qualifier, None for text."""
    if isinstance(cell, Heading) or not cell.digits:
        return None
    factors = tuple(factor.strip() for factor in cell.digits.split("x"))
    if not all(_NUMBER.fullmatch(factor) for factor in factors):
        return None
    return Number(cell.qualifier, factors, cell.uncertainty_digits if len(factors) == 1 else "")


def reference_text(reference: Reference) -> str:
    """Return the text of a reference without its DOI, which each format renders differently."""
    text = one_line(reference.text)
    if reference.doi:
        text = re.sub(
            rf"\s*\b(doi:\s*|https?://(dx\.)?doi\.org/){re.escape(reference.doi)}\.?$", "", text, flags=re.IGNORECASE
        )
    return text


def reference_line(reference: Reference) -> str:
    """Return a reference with its DOI, once, without its number."""
    return reference_text(reference) + (f" doi:{one_line(reference.doi)}" if reference.doi else "")
