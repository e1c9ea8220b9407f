"""Columns of numbers in lists: one unit and one style of numbers each, aligned at the decimal point."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from analyses.uncertainty import Estimate
from registry.hookspecs import Quantity
from registry.models import Condition, Value
from registry.numbers import units
from registry.numbers.catalogue import get_or_placeholder
from registry.numbers.formatting import (
    convert_digits,
    fits_plain,
    format_digits,
    shorten,
    to_plain,
    to_scientific,
    to_typographic,
)
from registry.numbers.stored import parsed_number
from registry.numbers.unit_labels import typeset_unit
from registry.selectors.list_numbers import Number, is_reported
from registry.web.presentation.line_widths import longest_word

UNITS: Mapping[str, str] = {"ionic_conductivity_s_cm": "mS/cm", "electronic_conductivity_s_cm": "mS/cm"}
"""Units of columns, where they are not that of the quantity."""
SHORT_NAMES: Mapping[str, str] = {
    "cycle_count": "Cycles",
    "specific_capacity_mah_g": "Capacity",
    "capacity_retention_percent": "Retention",
    "ionic_conductivity_s_cm": "σ ionic",
    "electronic_conductivity_s_cm": "σ electronic",
}
MOST_DIGITS = 6
"""Significant digits of a computed number, as in the tables of its cell; beyond, the uncertainty is not shown."""


@dataclass(frozen=True)
class NumberText:
    """A number split at the decimal point; words stand in `integer` alone."""

    integer: str
    fraction: str = ""
    uncertainty: str = ""
    is_words: bool = False
    title: str = ""


@dataclass(frozen=True)
class NumberColumn:
    """A column of numbers with the texts of its rows; None for a row without one."""

    slug: str
    title: str
    unit: str
    cells: tuple[NumberText | None, ...]

    @property
    def line_width(self) -> float:
        """Width of what is not broken, in characters."""
        words = [longest_word(cell.integer) for cell in self.cells if cell and cell.is_words]
        numbers = [
            longest_word(cell.integer) + self.fraction_width for cell in self.cells if cell and not cell.is_words
        ]
        return max(longest_word(f"{self.title} {self.unit}"), *words, *numbers)

    @cached_property
    def fraction_width(self) -> float:
        """Width of what follows the decimal point, in digits."""
        widths = [_width(cell.fraction) + _width(cell.uncertainty) for cell in self.cells if cell and not cell.is_words]
        return max(widths, default=0)


@dataclass(frozen=True)
class PlainNumber:
    """A number in the unit of its column, for export."""

    digits: str
    uncertainty: float | None
    lower: float | None
    upper: float | None
    qualifier: str
    origin: str


def column_scale(slug: str) -> tuple[Decimal, str, str]:
    """The factor from the unit of a quantity to that of its column, and the unit and its label."""
    quantity = get_or_placeholder(slug)
    unit = UNITS.get(slug, "")
    if not unit:
        return Decimal(1), quantity.unit, quantity.unit_label
    scale, _ = units.factor(unit, quantity.unit)
    return 1 / scale, unit, typeset_unit(unit)


def build_columns(slugs: Sequence[str], rows: Sequence[Mapping[str, Sequence[Number]]]) -> list[NumberColumn]:
    """The columns of these quantities that any of the rows has."""
    return [
        _build_column(slug, [row.get(slug, ()) for row in rows]) for slug in slugs if any(row.get(slug) for row in rows)
    ]


def _build_column(slug: str, cells: Sequence[Sequence[Number]]) -> NumberColumn:
    quantity = get_or_placeholder(slug)
    _, _, label = column_scale(slug)
    plain = [[_digits(row, quantity) for row in numbers if row.magnitude is not None] for numbers in cells]
    is_plain = all(fits_plain(digits, may_add_zeros=True) for numbers in plain for digits, _ in numbers)
    texts = tuple(_format_cell(numbers, quantity, is_plain) for numbers in cells)
    return NumberColumn(slug, SHORT_NAMES.get(slug, quantity.name), label, texts)


def _format_cell(numbers: Sequence[Number], quantity: Quantity, is_plain: bool) -> NumberText | None:
    if not numbers:
        return None
    with_number = [row for row in numbers if row.magnitude is not None]
    if not with_number:
        words = numbers[0].missing or getattr(numbers[0], "written", "")
        return NumberText(words, is_words=True) if words else None
    first, last = (
        _format_number(with_number[0], quantity, is_plain),
        _format_number(with_number[-1], quantity, is_plain),
    )
    if with_number[0].magnitude == with_number[-1].magnitude:
        if len({row.qualifier for row in with_number}) == 1:
            return first
        each = (_format_number(row, quantity, is_plain) for row in with_number)
        text = ", ".join(dict.fromkeys(f"{number.integer}{number.fraction}" for number in each))
    else:
        text = f"{first.integer}{first.fraction} – {last.integer}{last.fraction}"
    return NumberText(text, is_words=True, title=f"{len(with_number)} measurements")


def _format_number(row: Number, quantity: Quantity, is_plain: bool) -> NumberText:
    digits, uncertainty = _digits(row, quantity)
    digits = to_plain(digits) if is_plain else to_scientific(digits)
    qualifier = row.qualifier if row.qualifier != "=" else ""
    integer, point, fraction = to_typographic(digits).partition(".")
    return NumberText(f"{qualifier}{integer}", f"{point}{fraction}", uncertainty)


def _digits(row: Number, quantity: Quantity) -> tuple[str, str]:
    """The digits in the unit of the column, and the uncertainty of a computed number in brackets."""
    scale, unit, _ = column_scale(row.quantity)
    written = parsed_number(row) if is_reported(row) else None
    if written and written.digits:
        digits = convert_digits(written.digits, written.unit, unit) if written.unit else written.digits
        if digits:
            return digits, ""
    estimate = row.shown_estimate() or Estimate.exact(row.magnitude or 0.0)
    is_count = quantity.is_count and float(estimate.magnitude).is_integer()
    digits = format_digits(estimate, scale=scale, count=is_count)
    if not is_count and len(Decimal(digits).as_tuple().digits) > MOST_DIGITS:
        return shorten(digits, MOST_DIGITS), ""
    return digits, "" if is_count or is_reported(row) else _in_last_digits(estimate, digits, scale)


def _in_last_digits(estimate: Estimate, digits: str, scale: Decimal) -> str:
    """The standard uncertainty in units of the last digit: (9); nothing if rounding outweighs it."""
    if estimate.is_certain or estimate.standard_uncertainty < estimate.half_width / 3**0.5:
        return ""
    exponent = Decimal(digits).as_tuple().exponent
    uncertainty = Decimal(repr(float(estimate.combined_standard_uncertainty))) * scale
    return f"({uncertainty.scaleb(-int(exponent)):.0f})"


def _width(text: str) -> float:
    """Width in digits; points and brackets are narrow."""
    return sum(0.5 if character in ".()" else 1 for character in text)


def plain_number(row: Number) -> PlainNumber:
    """A number for export: its digits, uncertainty and bounds in the unit of its column."""
    scale, _, _ = column_scale(row.quantity)
    digits, _ = _digits(row, get_or_placeholder(row.quantity))
    estimate, factor = row.estimate(), float(scale)
    uncertainty = estimate.standard_uncertainty * factor if estimate else 0.0
    is_product = "x" in digits
    return PlainNumber(
        f"{(row.magnitude or 0.0) * factor:.10g}" if is_product else digits,
        uncertainty or None,
        None if row.lower is None else row.lower * factor,
        None if row.upper is None else row.upper * factor,
        "" if row.qualifier == "=" else str(row.qualifier),
        str(row.origin) if isinstance(row, Value) else "entered" if isinstance(row, Condition) else "",
    )
