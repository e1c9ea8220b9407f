"""A comparison table as the page shows it: numbers aligned at the decimal point, with links and footnote marks."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from registry.contract.table_text import footnote_letters
from registry.hookspecs import Heading, PrintedTable, TableCell
from registry.models import Cell, Measurement
from registry.models.visibility import AnyUser
from registry.selectors.audit.audit import list_findings
from registry.selectors.comparison.comparability import KEY as COMPARABILITY
from registry.web.presentation.line_widths import line_widths, longest_word

_NUMBER = re.compile(r"^([^.×(]*)(.*)$", re.DOTALL)
_SUBSCRIPT = re.compile(r"\b([^\W\d_])_(\w{1,4})\b")
_NARROW = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹⁻.")
NAME_COLUMNS = ("label", "configuration", "cell", "refcode")
"""Columns that name what a row is about."""
NOWRAP_COLUMNS = ("number", "reference", "cell", "refcode", "measurement")
"""Columns of texts too short to wrap."""
Disagreeing = dict[tuple[str, str], set[str]]
"""Places, as text and empty for none, at which the values of a measurement (refcode) and quantity disagree."""


@dataclass(frozen=True)
class FootnoteMark:
    """The letter of a footnote."""

    number: int
    letter: str


@dataclass(frozen=True)
class PageCell:
    """One table cell; numbers are split at the decimal point, with widths in digits."""

    printed: TableCell
    url: str
    marks: tuple[FootnoteMark, ...]
    disagrees: bool
    numeric: bool = False
    nowrap: bool = False
    is_remark: bool = False
    """Whether it says something about its whole row."""
    integer_part: str = ""
    fraction_part: str = ""
    integer_width: float = 0
    fraction_width: float = 0
    outdated_note: str = ""
    """Why it is outdated, where all computed numbers of the table are for this reason: a small mark then suffices."""

    @property
    def width(self) -> float:
        """Width of what is not broken, in characters."""
        if self.aligned:
            return self.integer_width + self.fraction_width
        return longest_word(self.printed.text)

    @property
    def aligned(self) -> bool:
        return bool(self.integer_part or self.fraction_part)

    @property
    def classes(self) -> str:
        names = {
            "missing": self.printed.missing,
            "stale": self.printed.stale and not self.outdated_note,
            "inferred": self.printed.inferred,
            "disagrees": self.disagrees,
            "differs": self.printed.differs,
            "short": self.nowrap,
            "remark": self.is_remark,
        }
        return " ".join(name for name, applies in names.items() if applies)


@dataclass(frozen=True)
class ColumnHeader:
    """A column header, with the index of a symbol as subscript: σ_e."""

    heading: Heading

    @property
    def is_remark(self) -> bool:
        return self.heading.key == COMPARABILITY

    @property
    def title(self) -> SafeString:
        return mark_safe(_SUBSCRIPT.sub(r"\1<sub>\2</sub>", escape(self.heading.title)))


@dataclass(frozen=True)
class PageTable:
    """Headers, rows and footnotes; a transposed table is shown column by column."""

    headers: tuple[ColumnHeader, ...]
    rows: tuple[tuple[PageCell, ...], ...]
    footnotes: tuple[tuple[str, str], ...]

    @property
    def name_column(self) -> int:
        """The column that stays visible when the table is scrolled sideways."""
        return next((index for index, header in enumerate(self.headers) if header.heading.key in NAME_COLUMNS), 0)

    @property
    def line_widths(self) -> str:
        """The widths of its columns on a phone."""
        widths = (
            max(longest_word(f"{header.heading.title} {header.heading.unit}"), *(cell.width for cell in cells), 0)
            for header, cells in self.columns
        )
        return line_widths(list(widths))

    @property
    def columns(self) -> list[tuple[ColumnHeader, tuple[PageCell, ...]]]:
        return [(header, tuple(row[index] for row in self.rows)) for index, header in enumerate(self.headers)]

    @property
    def stale(self) -> bool:
        return any(cell.printed.stale and not cell.outdated_note for row in self.rows for cell in row)

    @property
    def uncertain(self) -> bool:
        return any(cell.printed.uncertainty_digits for row in self.rows for cell in row)

    @property
    def inferred(self) -> bool:
        return any(cell.printed.inferred for row in self.rows for cell in row)

    @property
    def disagreeing(self) -> bool:
        return any(cell.disagrees for row in self.rows for cell in row)


def build_page_table(table: PrintedTable, user: AnyUser, outdated_note: str = "") -> PageTable:
    """Prepare a comparison table for the page, in a constant number of queries; `outdated_note` is why all its computed
    numbers are outdated."""
    refcodes = {printed.refcode for row in table.rows for printed in row if printed.refcode}
    measurements = Measurement.objects.visible_to(user).filter(refcode__in=refcodes).select_related("cell")
    urls = {measurement.refcode: measurement.get_absolute_url() for measurement in measurements}
    refcode_by_pk = {measurement.pk: measurement.refcode for measurement in measurements}
    disagreeing: Disagreeing = defaultdict(set)
    for finding in list_findings(user, measurements=refcode_by_pk):
        if not finding.agrees:
            key = refcode_by_pk[finding.measurement.pk], finding.reported.quantity
            disagreeing[key].add(str(finding.place or ""))
    cells = Cell.objects.visible_to(user).filter(refcode__in=refcodes - urls.keys())
    urls |= {cell.refcode: cell.get_absolute_url() for cell in cells}
    column_widths = [_get_widths(column) for _, column in table.grid()]
    rows = tuple(
        tuple(
            _mark_outdated(_build_cell(printed, heading, urls, disagreeing, width), outdated_note)
            for printed, heading, width in zip(row, table.headings, widths, strict=True)
        )
        for row in table.rows
        for widths in ([[_get_widths(row)] * len(row)] if table.transposed else [column_widths])
    )
    notes = tuple((footnote_letters(number), text) for number, text in enumerate(table.footnotes, start=1))
    return PageTable(tuple(ColumnHeader(heading) for heading in table.headings), rows, notes)


def list_row_names(table: PrintedTable) -> list[tuple[str, str]]:
    """The refcode of each row and what it is called, to choose the one to compare with."""
    keys = [heading.key for heading in table.headings]
    column = next((keys.index(key) for key in NAME_COLUMNS if key in keys), 0)
    names: dict[str, str] = {}
    for position, row in enumerate(table.rows, start=1):
        refcode = next((cell.refcode for cell in row if cell.refcode.startswith("M-")), "")
        refcode = refcode or next((cell.refcode for cell in row if cell.refcode), "")
        if refcode:
            names.setdefault(refcode, f"row {position}, {row[column].text} ({refcode})")
    return list(names.items())


def _build_cell(
    printed: TableCell,
    heading: Heading,
    urls: dict[str, str],
    disagreeing: Disagreeing,
    widths: tuple[float, float],
) -> PageCell:
    parts = _split_number(printed) if heading.numeric and printed.number is not None else ("", "")
    return PageCell(
        printed,
        # The footnote already gives the reason; a second link next to it would be too close to tap.
        "" if printed.missing and printed.notes else urls.get(printed.refcode, ""),
        tuple(FootnoteMark(number, footnote_letters(number)) for number in printed.notes),
        _disagrees(printed, heading, disagreeing.get((printed.refcode, heading.key), set())),
        heading.numeric,
        heading.key in NOWRAP_COLUMNS,
        heading.key == COMPARABILITY,
        *parts,
        *widths,
    )


def _mark_outdated(cell: PageCell, note: str) -> PageCell:
    is_marked = note and cell.printed.origin == "computed" and not cell.printed.missing
    return replace(cell, outdated_note=note) if is_marked else cell


def _disagrees(printed: TableCell, heading: Heading, places: set[str]) -> bool:
    """Whether the value of a cell disagrees, or one of those at places that it lists as text."""
    lists_places = not heading.at and printed.number is None
    return bool(places) if lists_places else heading.at in places


def _split_number(printed: TableCell) -> tuple[str, str]:
    """A number split at its decimal point or power of ten; a product of side lengths is not split."""
    if printed.number is None or "x" in printed.digits:
        return "", ""
    match = _NUMBER.match(printed.text)
    return (match[1], match[2]) if match else (printed.text, "")


def _get_widths(column: Sequence[TableCell]) -> tuple[float, float]:
    """Widths of the longest integer part and the longest fraction part in a column, in digits."""
    parts = [_split_number(printed) for printed in column]
    return (
        max((_get_width(integer_part) for integer_part, _ in parts), default=0),
        max((_get_width(fraction_part) for _, fraction_part in parts), default=0),
    )


def _get_width(text: str) -> float:
    return round(sum(0.68 if character in _NARROW else 1.0 for character in text), 2)
