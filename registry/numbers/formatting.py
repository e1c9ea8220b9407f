"""Formatting of numbers with the digits their source or uncertainty supports: in ASCII, and in Unicode for pages."""

import math
from collections.abc import Sequence
from decimal import Context, Decimal
from functools import lru_cache

from analyses.uncertainty import Estimate
from registry.numbers import units

_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_PRECISE = Context(prec=400)
_SMALL, _LARGE = -3, 5
"""Exponents between which numbers are written without a power of ten."""
MOST_DIGITS = 6
"""Significant digits of a number with an interval, at most; the page of the value says all."""
_ROUGHLY, _FLOAT_DIGITS = 4, 15


def format_digits(
    estimate: Estimate, *, scale: float | Decimal = 1.0, count: bool = False, scientific: bool | None = None
) -> str:
    """Return the ASCII digits of `estimate` times `scale` that its uncertainty supports.

    The last digit is the second significant digit of the uncertainty that a page shows: the combined standard
    uncertainty, or half the width of the interval if rounding outweighs scatter: 168.5 within [162.8, 174.2] gives
    `168.5`. A number with an interval has at most six significant digits. A number without uncertainty has all its
    digits if they are at most six, else four. `scientific` chooses between a power of ten and none; by default its
    size decides.
    """
    if count:
        return f"{_scaled(estimate.magnitude, scale):.0f}"
    magnitude = _scaled(estimate.magnitude, scale)
    return _written(_round_at(magnitude, _last_exponent(estimate, scale)), scientific)


def is_interval(estimate: Estimate) -> bool:
    """Whether a page shows the interval of a number, since rounding outweighs scatter."""
    return not estimate.is_certain and estimate.standard_uncertainty < estimate.half_width / math.sqrt(3)


def _shown_uncertainty(estimate: Estimate, scale: float | Decimal) -> Decimal:
    if not is_interval(estimate):
        return _scaled(estimate.combined_standard_uncertainty, scale)
    lower, upper = estimate.interval()
    return _scaled((upper - lower) / 2, scale)


def shorten(digits: str, most: int) -> str:
    """Return ASCII digits rounded to at most so many significant ones: `85.17384` to five as `85.174`."""
    number = Decimal(digits)
    if len(number.as_tuple().digits) <= most:
        return digits
    # Rounding may carry into a further digit (999999), so the last exponent is taken from the rounded number.
    rounded = _round_at(number, number.adjusted() - most + 1)
    return _plain_or_scientific(_round_at(number, rounded.adjusted() - most + 1))


def format_with_uncertainty(estimate: Estimate, *, scale: float | Decimal = 1.0, scientific: bool | None = None) -> str:
    """Return a number with its uncertainty for a page, with the digits of `format_digits`.

    `6.586(17)×10⁻⁵` if scatter outweighs rounding: combined standard uncertainty in units of the last digits.
    `168.5 [162.8, 174.2]` if rounding outweighs scatter: the rounding interval, widened by the 95 % interval of the
    scatter. Only the digits if the interval is narrower than the last one.
    """
    digits = format_digits(estimate, scale=scale, scientific=scientific)
    if estimate.is_certain:
        return to_typographic(digits)
    uncertainty = _shown_uncertainty(estimate, scale)
    if is_interval(estimate):
        exponent = _last_exponent(estimate, scale)
        bounds = [_written(_round_at(_scaled(bound, scale), exponent), scientific) for bound in estimate.interval()]
        if set(bounds) == {digits}:
            return to_typographic(digits)
        return f"{to_typographic(digits)} [{', '.join(map(to_typographic, bounds))}]"
    mantissa, _, power = digits.partition("e")
    in_last_digits = format_in_last_digits(digits, uncertainty)
    tail = to_typographic(f"1e{power}").removeprefix("1") if power else ""
    return f"{to_typographic(mantissa)}{in_last_digits}{tail}"


def add_uncertainty(
    digits: str, estimate: Estimate, *, scale: float | Decimal = 1.0, pad: bool = True
) -> tuple[str, str]:
    """Return digits with the combined standard uncertainty in units of their last one, `17` of 6.586(17); empty if
    there is none, or rounding outweighs it, as in `format_with_uncertainty`.

    With `pad`, digits that end before the uncertainty does get zeros: of 150 ± 0.25, `150.00` and `25`.
    """
    if "x" in digits or estimate.is_certain or is_interval(estimate):
        return digits, ""
    uncertainty = _shown_uncertainty(estimate, scale)
    mantissa, _, power = digits.partition("e")
    decimals = len(mantissa.partition(".")[2])
    in_last = uncertainty.scaleb(decimals - int(power or 0), _PRECISE)
    while pad and in_last < 10 and in_last != in_last.to_integral_value():
        mantissa = f"{mantissa}0" if "." in mantissa else f"{mantissa}.0"
        in_last = in_last.scaleb(1, _PRECISE)
    shown = f"{in_last:.0f}"
    return (f"{mantissa}e{power}" if power else mantissa), "" if shown == "0" else shown


def format_in_last_digits(digits: str, uncertainty: Decimal) -> str:
    """Return a standard uncertainty in units of the last digit of a number: `(17)`."""
    mantissa, _, power = digits.partition("e")
    decimals = len(mantissa.partition(".")[2])
    return f"({uncertainty.scaleb(decimals - int(power or 0), _PRECISE):.0f})"


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


def convert_digits(digits: str, source: str, target: str) -> str:
    """Return digits as written, in another unit with the same significance: `298` K is `25` °C; a product of sides
    that cannot share the factor is empty."""
    if moved := digits_in_unit(digits, source, target):
        return moved
    if not digits or "x" in digits:
        return ""
    scale, offset = units.factor(source, target)
    number = Decimal(digits)
    converted = _PRECISE.add(_PRECISE.multiply(number, scale), offset)
    # Where only the zero moves, as from kelvins, the last decimal stays.
    exponent = _as_integer(number.as_tuple().exponent)
    if scale != 1 and converted:
        exponent = converted.adjusted() - len(number.as_tuple().digits) + 1
    return _plain_or_scientific(_round_at(converted, exponent))


def power_of_ten(scale: Decimal) -> int | None:
    """Return n if the scale is 10 to the n, else None."""
    normal = scale.normalize(_PRECISE)
    return normal.adjusted() if normal.as_tuple().digits == (1,) and normal > 0 else None


@lru_cache(maxsize=4096)
def to_typographic(digits: str, uncertainty: str = "") -> str:
    """Return ASCII digits in the form for pages: `7.87e3` as 7.87×10³, `-5` as −5, `3x3` as 3×3, and 6.586(17)×10⁻⁵
    with an uncertainty in units of the last digit."""
    if "x" in digits:
        return "×".join(to_typographic(side) for side in digits.split("x"))
    mantissa, _, power = digits.partition("e")
    tail = f"×10{str(int(power)).translate(_SUPERSCRIPT)}" if power else ""
    in_last_digits = f"({uncertainty})" if uncertainty else ""
    return mantissa.replace("-", "−") + in_last_digits + tail


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


def _last_exponent(estimate: Estimate, scale: float | Decimal) -> int:
    """Return the exponent of the last significant digit."""
    magnitude = _scaled(estimate.magnitude, scale)
    if not estimate.is_certain:
        second_digit = Decimal(f"{_shown_uncertainty(estimate, scale):.1e}").adjusted() - 1
        most = MOST_DIGITS if is_interval(estimate) else _FLOAT_DIGITS
        return max(second_digit, magnitude.adjusted() - most + 1) if magnitude else second_digit
    exponent = _as_integer(magnitude.normalize(_PRECISE).as_tuple().exponent)
    if magnitude.adjusted() - exponent >= MOST_DIGITS:
        exponent = magnitude.adjusted() - _ROUGHLY + 1
    return exponent if magnitude.adjusted() >= _LARGE else min(exponent, 0)


def _as_integer(exponent: int | str) -> int:
    """Narrow a Decimal's exponent, which is a letter for NaN only."""
    return int(exponent)


def _round_at(magnitude: Decimal, exponent: int) -> Decimal:
    rounded = magnitude.quantize(Decimal(1).scaleb(exponent), context=_PRECISE)
    return rounded if rounded else rounded.copy_abs()


LONGEST_PLAIN = 7
"""Digits before and after the decimal point up to which a column is written without powers of ten."""


def fits_plain(digits: str, *, may_add_zeros: bool = False) -> bool:
    """Whether a number of a column is short without a power of ten, with no zero in place of a digit not known."""
    if "x" in digits or not digits:
        return True
    number = Decimal(digits)
    integer, _, fraction = f"{number:f}".lstrip("-").partition(".")
    is_short = len(integer) <= LONGEST_PLAIN and len(fraction) <= LONGEST_PLAIN
    return is_short and (may_add_zeros or _as_integer(number.as_tuple().exponent) <= 0)


def needs_powers(digits: Sequence[str]) -> bool | None:
    """Whether all numbers of a column are written with powers of ten; None for a single one, whose size decides."""
    if len(digits) < 2:
        return None
    return any("e" in text for text in digits) and not all(map(fits_plain, digits))


def to_plain(digits: str) -> str:
    """Return ASCII digits without a power of ten: `2.4e-4` as `0.00024`."""
    return digits if "x" in digits or "e" not in digits else f"{Decimal(digits):f}"


def to_scientific(digits: str) -> str:
    """Return ASCII digits with a power of ten, of any size: `0.007639` as `7.639e-3`."""
    number = Decimal(digits) if "x" not in digits else Decimal(0)
    return _with_power(number) if number and "e" not in digits else digits


def _plain_or_scientific(number: Decimal) -> str:
    """Return exactly the digits of a Decimal: plain from 0.001 to 100 000, else with a power of ten."""
    exponent = _as_integer(number.as_tuple().exponent)
    if not number:
        return f"{number:f}" if -MOST_DIGITS <= exponent <= 0 else "0"
    if exponent <= 0 and _SMALL <= number.adjusted() < _LARGE:
        return f"{number:f}"
    return _with_power(number)


def _written(number: Decimal, scientific: bool | None) -> str:
    if scientific is None or not number:
        return _plain_or_scientific(number)
    return _with_power(number) if scientific else f"{number:f}"


def _with_power(number: Decimal) -> str:
    first, *others = number.as_tuple().digits
    fraction = "." + "".join(map(str, others)) if others else ""
    return f"{'-' if number < 0 else ''}{first}{fraction}e{number.adjusted()}"


def format_data_size(rows: int, width: int | None = None, height: int | None = None) -> str:
    """How much data a dataset holds: `1,234 rows`, or the pixels of an image, `image 64 × 64 pixels`."""
    if width and height:
        return f"image {width:,} × {height:,} pixels"
    return f"{rows:,} row{'' if rows == 1 else 's'}"
