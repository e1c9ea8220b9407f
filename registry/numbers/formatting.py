"""Formatting of numbers with the digits their source or uncertainty supports: in ASCII, and in Unicode for pages."""

import math
from decimal import Context, Decimal
from functools import lru_cache

from analyses.uncertainty import ROUND_OFF, Estimate
from registry.numbers import units

_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_PRECISE = Context(prec=400)
_SMALL, _LARGE = -3, 5
"""Exponents between which numbers are written without a power of ten."""
_SHORT, _ROUGHLY, _FLOAT_DIGITS = 6, 4, 15


def format_digits(estimate: Estimate, *, scale: float | Decimal = 1.0, count: bool = False) -> str:
    """Return the ASCII digits of `estimate` times `scale` that its uncertainty supports.

    The last digit is the second significant digit of the combined standard uncertainty: 168.5 within [162.8, 174.2]
    gives `168.5`. A number without uncertainty has all its digits if they are at most six, else four.
    """
    if count:
        return f"{_scaled(estimate.magnitude, scale):.0f}"
    magnitude, uncertainty = _scaled(estimate.magnitude, scale), _scaled(estimate.combined_standard_uncertainty, scale)
    return _plain_or_scientific(_round_at(magnitude, _last_exponent(magnitude, uncertainty)))


def format_with_uncertainty(estimate: Estimate, *, scale: float | Decimal = 1.0) -> str:
    """Return a number with its uncertainty for a page.

    `6.586(17)×10⁻⁵` if scatter outweighs rounding: combined standard uncertainty in units of the last digits.
    `168.5 [162.8, 174.2]` if rounding outweighs scatter: the rounding interval, widened by the 95 % interval of the
    scatter. Only the digits if the number has no uncertainty.
    """
    digits = format_digits(estimate, scale=scale)
    magnitude, uncertainty = _scaled(estimate.magnitude, scale), _scaled(estimate.combined_standard_uncertainty, scale)
    if estimate.is_certain:
        return to_typographic(digits)
    if estimate.standard_uncertainty < estimate.half_width / math.sqrt(3):
        exponent = _last_exponent(magnitude, uncertainty)
        bounds = (_plain_or_scientific(_round_at(_scaled(bound, scale), exponent)) for bound in estimate.interval())
        lower, upper = map(to_typographic, bounds)
        return f"{to_typographic(digits)} [{lower}, {upper}]"
    mantissa, _, power = digits.partition("e")
    decimals = len(mantissa.partition(".")[2])
    in_last_digits = uncertainty.scaleb(decimals - int(power or 0), _PRECISE)
    tail = to_typographic(f"1e{power}").removeprefix("1") if power else ""
    return f"{to_typographic(mantissa)}({in_last_digits:.0f}){tail}"


def format_digits_like(magnitude: float, like: Estimate, digits: str) -> str:
    """Return a magnitude with as many significant digits as another number, to compare the two.

    `digits` are the digits of the other number as written; if it was not written in digits (RT), `like` is used.
    """
    sides = (digits or format_digits(like)).split("x")
    significant = min(max(len(_significand(side).lstrip("0")), 1) for side in sides)
    number = _scaled(magnitude, 1.0)
    if not number:
        return "0"
    # Rounding may carry into a further digit (0.09996), so the last exponent is taken from the rounded number.
    rounded = _round_at(number, number.adjusted() - significant + 1)
    return _plain_or_scientific(_round_at(number, rounded.adjusted() - significant + 1))


def rescale_digits(digits: str, scale: Decimal) -> str:
    """Return digits as written, rescaled by a power of ten with the same significance.

    `7.66e-3` S/cm times 1000 is `7.66` mS/cm; `0.370` mS/cm times 0.001 is `3.70e-4` S/cm.
    """
    shift = power_of_ten(scale)
    if shift is None:
        raise ValueError(f"digits as written can be rescaled only by a power of ten, not by {scale}")
    if shift == 0 or not digits:
        return digits
    sides = digits.split("x")
    if shift % len(sides):
        raise ValueError(f"the sides of {digits} cannot share the factor {scale}")
    return "x".join(_plain_or_scientific(Decimal(side).scaleb(shift // len(sides), _PRECISE)) for side in sides)


@lru_cache(maxsize=4096)
def digits_in_unit(digits: str, source: str, target: str) -> str:
    """Return digits as written, in another unit; empty if the factor is not a power of ten."""
    scale, offset = units.factor(source, target)
    shift = power_of_ten(scale)
    if offset or shift is None or shift % (digits.count("x") + 1):
        return ""
    moved = rescale_digits(digits, scale)
    return "" if "x" in moved and "e" in moved else moved


def power_of_ten(scale: Decimal) -> int | None:
    """Return n if the scale is 10 to the n, else None."""
    normal = scale.normalize(_PRECISE)
    return normal.adjusted() if normal.as_tuple().digits == (1,) and normal > 0 else None


@lru_cache(maxsize=4096)
def to_typographic(digits: str) -> str:
    """Return ASCII digits in the form for pages: `7.87e3` as 7.87×10³, `-5` as −5, `3x3` as 3×3."""
    if "x" in digits:
        return "×".join(to_typographic(side) for side in digits.split("x"))
    mantissa, _, power = digits.partition("e")
    tail = f"×10{str(int(power)).translate(_SUPERSCRIPT)}" if power else ""
    return mantissa.replace("-", "−") + tail


def percent_difference(reported: float, computed: float) -> float | None:
    """Return by how much the reported value exceeds the computed one [%], None if the computed one is zero."""
    return 100 * (reported - computed) / abs(computed) if computed else None


def convert(magnitude: float, source: str, target: str) -> float:
    """Convert a magnitude; raise UnitError if the units measure different things."""
    scale, offset = units.factor(source, target)
    return float(Decimal(repr(float(magnitude))) * scale + offset)


def convert_estimate(estimate: Estimate, source: str, target: str) -> Estimate:
    """Convert a number with its bounds and scatter; raise UnitError if the units measure different things."""
    magnitude, lower, upper = (
        convert(number, source, target) for number in (estimate.magnitude, estimate.lower, estimate.upper)
    )
    scatter = float(_scaled(estimate.standard_uncertainty, units.factor(source, target)[0]))
    return Estimate(magnitude, lower, upper, scatter, estimate.inferred)


def _scaled(number: float, scale: float | Decimal) -> Decimal:
    return _PRECISE.multiply(
        Decimal(repr(float(number))), scale if isinstance(scale, Decimal) else Decimal(repr(scale))
    )


def _significand(digits: str) -> str:
    """Return ASCII digits without sign, decimal point and power of ten."""
    return digits.partition("e")[0].lstrip("-").replace(".", "")


def _is_certain(magnitude: Decimal, uncertainty: Decimal) -> bool:
    """True if the uncertainty is no more than round-off, by the rule of `Estimate.is_certain`."""
    return uncertainty <= abs(magnitude) * Decimal(repr(ROUND_OFF))


def _last_exponent(magnitude: Decimal, uncertainty: Decimal) -> int:
    """Return the exponent of the last significant digit."""
    if not _is_certain(magnitude, uncertainty):
        second_digit = Decimal(f"{uncertainty:.1e}").adjusted() - 1
        return max(second_digit, magnitude.adjusted() - _FLOAT_DIGITS + 1) if magnitude else second_digit
    exponent = _as_integer(magnitude.normalize(_PRECISE).as_tuple().exponent)
    if magnitude.adjusted() - exponent >= _SHORT:
        exponent = magnitude.adjusted() - _ROUGHLY + 1
    return exponent if magnitude.adjusted() >= _LARGE else min(exponent, 0)


def _as_integer(exponent: int | str) -> int:
    """Narrow a Decimal's exponent, which is a letter for NaN only."""
    return int(exponent)


def _round_at(magnitude: Decimal, exponent: int) -> Decimal:
    rounded = magnitude.quantize(Decimal(1).scaleb(exponent), context=_PRECISE)
    return rounded if rounded else rounded.copy_abs()


def to_scientific(digits: str) -> str:
    """Return ASCII digits with a power of ten, of any size: `0.007639` as `7.639e-3`."""
    number = Decimal(digits) if "x" not in digits else Decimal(0)
    return _with_power(number) if number and "e" not in digits else digits


def _plain_or_scientific(number: Decimal) -> str:
    """Return exactly the digits of a Decimal: plain from 0.001 to 100 000, else with a power of ten."""
    exponent = _as_integer(number.as_tuple().exponent)
    if not number:
        return f"{number:f}" if -_SHORT <= exponent <= 0 else "0"
    if exponent <= 0 and _SMALL <= number.adjusted() < _LARGE:
        return f"{number:f}"
    return _with_power(number)


def _with_power(number: Decimal) -> str:
    first, *others = number.as_tuple().digits
    fraction = "." + "".join(map(str, others)) if others else ""
    return f"{'-' if number < 0 else ''}{first}{fraction}e{number.adjusted()}"


def format_data_size(rows: int, width: int | None = None, height: int | None = None) -> str:
    """How much data a dataset holds: `1,234 rows`, or the pixels of a picture, `picture 64 × 64`."""
    if width and height:
        return f"picture {width:,} × {height:,}"
    return f"{rows:,} row{'' if rows == 1 else 's'}"
