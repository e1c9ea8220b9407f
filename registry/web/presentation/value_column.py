"""Values of one quantity side by side: in one unit and one style of numbers, whatever they were reported in."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from registry.hookspecs import Quantity
from registry.models import Value, ValueOrigin
from registry.numbers import units
from registry.numbers.catalogue import get_or_placeholder
from registry.numbers.formatting import (
    convert_digits,
    format_digits,
    format_in_last_digits,
    format_with_uncertainty,
    needs_powers,
    to_plain,
    to_scientific,
    to_typographic,
)
from registry.numbers.parsing import ParsedNumber
from registry.numbers.stored import parsed_number
from registry.numbers.unit_labels import typeset_unit
from registry.web.presentation.text import format_value, format_written
from registry.web.presentation.units import format_header, split_unit


@dataclass(frozen=True)
class ValueColumn:
    """The unit and the style of numbers of values of one quantity."""

    quantity: Quantity
    unit: str
    """As a parser reads it."""
    unit_label: str
    is_scientific: bool | None
    """Whether all numbers have a power of ten; None for a single value, whose size decides."""

    @property
    def heading(self) -> str:
        """The quantity with the unit: Resistance / Ω."""
        return format_header(self.quantity.name, self.unit_label)

    def format(self, value: Value) -> str:
        """A value without its unit, with the digits it was reported with or its uncertainty supports."""
        if value.origin == ValueOrigin.REPORTED:
            return self._format_reported(value)
        estimate = value.estimate()
        if estimate is None or self.quantity.is_count:
            return format_value(value)
        return format_with_uncertainty(estimate, scientific=self.is_scientific)

    def _format_reported(self, value: Value) -> str:
        """As written if that is in the unit and style of the column; text stays as written."""
        number = parsed_number(value)
        digits = _reported_digits(number, self)
        if number is None or not digits:
            return format_written(value.written or value.missing)
        is_same_unit = not number.unit or units.factor(number.unit, self.unit) == (Decimal(1), Decimal(0))
        if is_same_unit and (self.is_scientific is None or _has_power(number.digits) == self.is_scientific):
            text, unit = split_unit(format_written(value.written), self.unit_label)
            # `approx. 50 ohm` cannot be split, and is set from its digits.
            if unit or not number.unit:
                return text
        if self.is_scientific is not None:
            digits = to_scientific(digits) if self.is_scientific else to_plain(digits)
        mantissa, _, power = digits.partition("e")
        tail = to_typographic(f"1e{power}").removeprefix("1") if power else ""
        return f"{number.sign}{to_typographic(mantissa)}{self._in_last_digits(number, digits)}{tail}"

    def _in_last_digits(self, number: ParsedNumber, digits: str) -> str:
        if not number.standard_uncertainty:
            return ""
        scale, _ = units.factor(self.quantity.unit, self.unit)
        return format_in_last_digits(digits, Decimal(repr(number.standard_uncertainty)) * scale)


def build_value_column(slug: str, values: Iterable[Value]) -> ValueColumn:
    """The unit in which all values are reported, if none is computed, otherwise that of the quantity; powers of ten for
    all or none."""
    quantity, shown = get_or_placeholder(slug), [value for value in values if _has_number(value)]
    typed = {typeset_unit(unit): unit for unit in map(_typed_unit, shown)}
    unit, label = quantity.unit, quantity.unit_label
    if len(typed) == 1 and "" not in typed and unit != "dimensionless":
        label, unit = typed.popitem()
    column = ValueColumn(quantity, unit, label, None)
    return replace(column, is_scientific=needs_powers([_digits(value, column) for value in shown]))


def format_with_unit(value: Value) -> str:
    """A single value followed by its unit."""
    column = build_value_column(value.quantity, [value])
    text = column.format(value)
    return f"{text} {column.unit_label}".strip() if _is_number(value, column) else text


def _is_number(value: Value, column: ValueColumn) -> bool:
    if value.origin == ValueOrigin.REPORTED:
        return bool(_reported_digits(parsed_number(value), column))
    return value.magnitude is not None


def _has_number(value: Value) -> bool:
    if value.origin == ValueOrigin.REPORTED:
        number = parsed_number(value)
        return number is not None and bool(number.digits)
    return value.magnitude is not None


def _typed_unit(value: Value) -> str:
    """The unit a value was reported in; empty for a computed one."""
    number = parsed_number(value) if value.origin == ValueOrigin.REPORTED else None
    return number.unit if number else ""


def _digits(value: Value, column: ValueColumn) -> str:
    if value.origin == ValueOrigin.REPORTED:
        return _reported_digits(parsed_number(value), column)
    estimate = value.estimate()
    return format_digits(estimate, count=column.quantity.is_count) if estimate else ""


def _reported_digits(number: ParsedNumber | None, column: ValueColumn) -> str:
    """The digits in the unit of the column; empty for text, for a potential, which names its scale, and for a
    product of sides that cannot be converted."""
    if number is None or number.scale:
        return ""
    return convert_digits(number.digits, number.unit, column.unit) if number.unit else number.digits


def _has_power(digits: str) -> bool:
    return "e" in digits
