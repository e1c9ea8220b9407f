"""A printed comparison table as a page sets it: numbers aligned at the decimal point, each with its link and marks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from registry.hookspecs import Heading, Printed, PrintedTable
from registry.models import Cell, Measurement
from registry.models.visibility import AnyUser
from registry.selectors.audit import list_findings

_NUMBER = re.compile(r"^([^.×]*)(.*)$", re.DOTALL)
_INDEX = re.compile(r"\b([^\W\d_])_(\w{1,4})\b")
_NARROW = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹⁻.")
NAMES = ("label", "configuration", "cell", "refcode")
"""Columns that name what a row is of."""
UNBROKEN = ("number", "reference", "cell", "refcode", "measurement")
"""Columns of words too short to break."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Mark:
    """The letter of a footnote."""

    number: int
    letter: str


@dataclass(frozen=True)
class Entry:
    """One cell of the table."""

    printed: Printed
    address: str
    marks: tuple[Mark, ...]
    disagrees: bool
    numeric: bool = False
    short: bool = False
    whole: str = ""
    rest: str = ""
    whole_ch: float = 0
    rest_ch: float = 0

    @property
    def aligned(self) -> bool:
        return bool(self.whole or self.rest)

    @property
    def classes(self) -> str:
        names = {
            "missing": self.printed.missing,
            "stale": self.printed.stale,
            "inferred": self.printed.inferred,
            "disagrees": self.disagrees,
            "short": self.short,
        }
        return " ".join(name for name, holds in names.items() if holds)


@dataclass(frozen=True)
class Head:
    """A column head; a symbol's index is set low, σ_e as σ with a small e."""

    heading: Heading

    @property
    def title(self) -> SafeString:
        return mark_safe(_INDEX.sub(r"\1<sub>\2</sub>", escape(self.heading.title)))


@dataclass(frozen=True)
class PageTable:
    """Headings and lines; a transposed table has one line a heading."""

    heads: tuple[Head, ...]
    lines: tuple[tuple[Entry, ...], ...]
    footnotes: tuple[tuple[str, str], ...]

    @property
    def name_column(self) -> int:
        """The column that stays in sight when the table is moved sideways."""
        return next((place for place, head in enumerate(self.heads) if head.heading.key in NAMES), 0)

    @property
    def columns(self) -> list[tuple[Head, tuple[Entry, ...]]]:
        return [(head, tuple(line[place] for line in self.lines)) for place, head in enumerate(self.heads)]

    @property
    def stale(self) -> bool:
        return any(entry.printed.stale for line in self.lines for entry in line)

    @property
    def inferred(self) -> bool:
        return any(entry.printed.inferred for line in self.lines for entry in line)

    @property
    def disagreeing(self) -> bool:
        return any(entry.disagrees for line in self.lines for entry in line)


def page_table(table: PrintedTable, user: AnyUser) -> PageTable:
    """Set a printed table for the page, in a constant number of queries."""
    refcodes = {printed.refcode for row in table.rows for printed in row if printed.refcode}
    measurements = Measurement.objects.visible_to(user).filter(refcode__in=refcodes).select_related("cell")
    addresses = {one.refcode: one.get_absolute_url() for one in measurements}
    codes = {one.pk: one.refcode for one in measurements}
    disagreeing = {
        (codes[one.measurement.pk], one.reported.quantity)
        for one in list_findings(user, measurements=codes)
        if not one.agrees
    }
    cells = Cell.objects.visible_to(user).filter(refcode__in=refcodes - addresses.keys())
    addresses |= {one.refcode: one.get_absolute_url() for one in cells}
    by_column = [_widths(column) for _, column in table.grid()]
    lines = tuple(
        tuple(
            _entry(printed, heading, addresses, disagreeing, width)
            for printed, heading, width in zip(row, table.headings, widths, strict=True)
        )
        for row in table.rows
        for widths in ([[_widths(row)] * len(row)] if table.transposed else [by_column])
    )
    notes = tuple((letter(number), text) for number, text in enumerate(table.footnotes, start=1))
    return PageTable(tuple(Head(heading) for heading in table.headings), lines, notes)


def letter(number: int) -> str:
    """The mark of a footnote: a to z, then aa, ab and so on."""
    marks = ""
    while number > 0:
        number, place = divmod(number - 1, len(LETTERS))
        marks = LETTERS[place] + marks
    return marks


def _entry(
    printed: Printed,
    heading: Heading,
    addresses: dict[str, str],
    disagreeing: set[tuple[str, str]],
    widths: tuple[float, float],
) -> Entry:
    whole, rest = _parts(printed) if heading.numeric and printed.number is not None else ("", "")
    return Entry(
        printed,
        addresses.get(printed.refcode, ""),
        tuple(Mark(number, letter(number)) for number in printed.notes),
        (printed.refcode, heading.key) in disagreeing,
        heading.numeric,
        heading.key in UNBROKEN,
        whole,
        rest,
        *widths,
    )


def _parts(printed: Printed) -> tuple[str, str]:
    """A number cut before its decimal point or power of ten; a product of sides is left whole."""
    if printed.number is None or "x" in printed.digits:
        return "", ""
    found = _NUMBER.match(printed.text)
    return (found[1], found[2]) if found else (printed.text, "")


def _widths(column: Sequence[Printed]) -> tuple[float, float]:
    """Room for the longest whole part and the longest rest of a column, in widths of a figure."""
    parts = [_parts(printed) for printed in column]
    return max((_width(one) for one, _ in parts), default=0), max((_width(two) for _, two in parts), default=0)


def _width(text: str) -> float:
    return round(sum(0.68 if character in _NARROW else 1.0 for character in text), 2)
