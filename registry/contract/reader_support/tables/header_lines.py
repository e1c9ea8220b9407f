"""The lines around the column names of a table: facts above them, and a row of units below."""

import re
from collections.abc import Iterable, Sequence

from registry.contract.dataset_columns import COUNT
from registry.contract.reader_support.columns.column_headers import parse_header
from registry.contract.reader_support.columns.column_units import HeaderError, spelling
from registry.contract.reader_support.files.number_cells import NUMBER

FEWEST_NUMBERS = 2
FEWEST_UNITS = 2
MOST_FACTS = 60
LONGEST_NAME = 60
LONGEST_VALUE = 200
FACT = re.compile(r"(?P<name>[^\W\d_][^:=;,\t|]*?)\s*(?P<mark>[:=;,\t])\s*(?P<value>.*)")
"""A name and its value: ‘area: 0.785 cm2’, ‘thickness, 600, µm’, ‘diameter = 10 mm’."""


def facts_above(texts: Iterable[str]) -> dict[str, str]:
    """Return the names with a value in the lines above a header; a value in cells is joined by spaces.

    Examples
    --------
    >>> facts_above(["# area: 0.785 cm2", "thickness, 600, µm", "made by hand"])
    {'area': '0.785 cm2', 'thickness': '600 µm'}
    """
    facts: dict[str, str] = {}
    for text in texts:
        match = FACT.fullmatch(text.strip().lstrip("#%*").strip().strip('"').strip())
        if match is None or len(match["name"]) > LONGEST_NAME or len(facts) == MOST_FACTS:
            continue
        cells = re.split(r"[;\t]|,(?!\d)", match["value"])
        value = " ".join(cell.strip().strip('"').strip() for cell in cells).strip()
        if value and len(value) <= LONGEST_VALUE:
            facts.setdefault(match["name"].strip().strip('"'), value)
    return facts


def has_numbers(cells: Sequence[str]) -> bool:
    """Return True for a row of a table of numbers."""
    return sum(bool(NUMBER.fullmatch(cell.replace(",", "."))) for cell in cells) >= FEWEST_NUMBERS


def with_units(labels: Sequence[str], units: Sequence[str]) -> tuple[str, ...] | None:
    """Return the labels with the units in the row below them, None if that row has none, or others than the labels.

    Examples
    --------
    >>> with_units(("Frequency", "Z'", "remark"), ("Hz", "Ohm", ""))
    ('Frequency / Hz', "Z' / Ohm", 'remark')
    """
    if any(NUMBER.fullmatch(cell.replace(",", ".")) for cell in units):
        return None
    joined = list(labels)
    fitting = 0
    for index, (label, cell) in enumerate(zip(labels, units, strict=False)):
        unit = cell.strip().strip("()[]").strip()
        if unit and not _is_read(label) and _is_read(f"{label} / {unit}"):
            joined[index] = f"{label} / {unit}"
            fitting += 1
        elif unit and (own := _own_unit(label)):
            if own != spelling(unit):
                return None
            fitting += 1
    return tuple(joined) if fitting >= FEWEST_UNITS else None


def _own_unit(label: str) -> str:
    """Return the unit in a header that names a known column, empty without one."""
    try:
        head = parse_header(label)
    except HeaderError:
        return ""
    return "" if head is None or head.is_machine_name or head.written_unit == COUNT else spelling(head.written_unit)


def _is_read(label: str) -> bool:
    """Return True if a header names a known column with a unit that fits."""
    try:
        return parse_header(label) is not None
    except HeaderError:
        return False
