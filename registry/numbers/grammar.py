"""The grammar of written numbers: digits, powers of ten, uncertainties, products of two sides."""

import re
from collections.abc import Sequence
from decimal import Context, Decimal
from typing import NamedTuple

from registry.numbers import units

PRECISE = Context(prec=400)
"""Context for reading numbers: twice as many digits as a written number may have, so that no bound is rounded."""

# Each character is replaced by one character, so that the unit can be cut out as written.
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("−–‐‑‒﹣－", "-"),
        **dict.fromkeys("xX✕✖⨯╳*", "×"),
        **dict.fromkeys("⋅∙•", "·"),
        **dict.fromkeys("\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000", " "),
    }
)
_MANTISSA = r"[0-9]+\.?[0-9]*|\.[0-9]+"
_RAISED = "⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹"
_POWER = rf"(?:(?:\^|××)\s*(?:\{{\s*)?([+-]?[0-9]{{1,4}})\}}?|([{_RAISED}]{{1,5}}))(?![0-9.{_RAISED}])"
_EXPONENT = rf"(?:[eE]([+-]?[0-9]{{1,4}})(?![0-9.])|\s*[×·]\s*10(?:\s*{_POWER}|(?![0-9.^×{_RAISED}-])))"
_NUMBER = re.compile(rf"([+-]?)\s*(?:10{_POWER}|({_MANTISSA})(?:\(([0-9]+)\))?({_EXPONENT})?)")
_PLUS_MINUS = re.compile(r"\s*(?:±|\+/-|\+-)\s*")
_IN_BRACKETS = re.compile(rf"\(([^()]*)\)({_EXPONENT})?")
_SIDES = re.compile(rf"({_MANTISSA})\s*([^0-9.×]*?)\s*×\s*({_MANTISSA})(?![0-9.-]|\s*[\^×{_RAISED}])")
_INVERSE_UNIT = re.compile(r"1\s*/\s*[^\s0-9]")
"""The unit of `250 1/cm`."""
_COMMA = re.compile(r"(?<=[0-9]),(?=[0-9])")
_THOUSANDS = r"[1-9][0-9]{0,2}(,[0-9]{3})+"
FRACTION_OF_C = re.compile(r"C\s*/\s*([0-9]+\.?[0-9]*)|([0-9]+)\s*/\s*([0-9]+)\s*C")


NOTE = re.compile(
    r"(?:\s*\(\s*(exact|inferred)(?:[\s,;]+(?:and\s+)?(exact|inferred))?\s*\)|(?:^|[\s,;]+)(exact|inferred))$",
    re.IGNORECASE,
)
"""A remark after a number."""


class Remedy(NamedTuple):
    """A number as it can be read, in place of one that cannot, and what it then means, such as ‘diameter’."""

    written: str
    meaning: str = ""


class NotationError(ValueError):
    """A written number cannot be read; the text says what is wrong and how to write it.

    `remedies` are all that it may have meant, if these are known.
    """

    remedies: tuple[Remedy, ...] = ()


class CommaError(NotationError):
    """A number with a comma, which is a decimal one or separates thousands."""

    def __init__(self, text: str, advice: str, remedies: Sequence[Remedy] = ()) -> None:
        super().__init__(f"‘{text}’ has a comma: {advice}")
        self.remedies = tuple(remedies)


class MissingUnitError(NotationError):
    """A number without a unit. Examples have more than was written, such as a diameter."""

    def __init__(self, text: str, remedies: Sequence[Remedy], examples: Sequence[Remedy] = ()) -> None:
        every = (*remedies, *examples)
        ways = (f"‘{way.written}’ ({way.meaning})" if way.meaning else f"‘{way.written}’" for way in every)
        super().__init__(f"‘{text}’ has no unit: write, for example, {' or '.join(ways)}")
        self.remedies = tuple(remedies)


class ImpossibleNumberError(NotationError):
    """A number beyond the limits of its quantity."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"‘{text}’ is impossible: {reason}")


class Number(NamedTuple):
    """A number and its bounds in the unit as written, and the text after it."""

    digits: str
    value: Decimal
    lower: Decimal
    upper: Decimal
    rest: str
    uncertainty: Decimal | None = None
    has_power: bool = False


def number_and_unit(body: str, text: str, *, is_area: bool) -> tuple[Number, str]:
    """Read the number at the start and return it with its unit, both as written; `text` is quoted in errors."""
    plain = body.translate(_PLAIN)
    if "," in plain:
        raise _comma_error(text, plain)
    sides = _SIDES.match(plain) if is_area else None
    if sides:
        number = _product(sides, text)
        # ‘45×55 mm’ means two sides in millimetres: an area in millimetres does not exist.
        if unit := sides[2].strip() or _length_unit(number.rest):
            return number, f"{unit}^2"
    else:
        number = _with_uncertainty(plain, text) if _PLUS_MINUS.search(plain) else _number(plain, text)
    rest = number.rest.strip()
    _check_rest(rest, text)
    return number, body[len(body) - len(rest) :].strip() if rest else ""


def _length_unit(rest: str) -> str:
    """The text after two sides if it is a unit of length; else empty."""
    try:
        units.factor(rest.strip(), "cm")
    except units.UnitError:
        return ""
    return rest.strip()


def _number(plain: str, text: str) -> Number:
    """Read one number with its power of ten, rounded to its last digit or with its uncertainty in brackets."""
    match = _NUMBER.match(plain)
    if not match:
        raise NotationError(
            f"‘{text}’ does not start with a number: write the number first, then its unit, or a reason without digits"
        )
    sign, bare, bare_raised, mantissa, concise, exponent, scientific, power, raised = match.groups()
    raised = raised or bare_raised
    if raised and not re.fullmatch(r"[+-]?[0-9]{1,4}", raised := raised.translate(units.SUPERSCRIPTS)):
        raise NotationError(f"the power of ten in ‘{text}’ cannot be read: write it as ‘×10^-3’")
    has_power = bool(exponent) or mantissa is None
    tens = int(scientific or power or raised or bare or 1) if has_power else 0
    whole, _, fraction = (mantissa or "1").partition(".")
    digits = f"{'-' if sign == '-' else ''}{whole.lstrip('0') or '0'}{'.' if fraction else ''}{fraction}"
    value, last = Decimal(digits).scaleb(tens), tens - len(fraction)
    half = Decimal(0) if concise else Decimal("0.5").scaleb(last)
    uncertainty = Decimal(concise).scaleb(last) if concise else None
    digits += f"e{tens}" if has_power else ""
    return Number(digits, value, value - half, value + half, plain[match.end() :], uncertainty, has_power)


def _with_uncertainty(plain: str, text: str) -> Number:
    """Read `12.3 ± 0.4 mg`, `(7.87 ± 0.02)×10^3 Ω` and `90.9% ± 0.5%`."""
    before, after = _PLUS_MINUS.split(plain, maxsplit=1)
    power = ""
    if (brackets := _IN_BRACKETS.match(plain)) and _PLUS_MINUS.search(brackets[1]):
        before, after = _PLUS_MINUS.split(brackets[1], maxsplit=1)
        power, after = brackets[2] or "", f"{after}{brackets[2] or ''}{plain[brackets.end() :]}"
    best = _number(before + power, text)
    if not _NUMBER.match(after):
        raise NotationError(f"‘{text}’ has no number after ±: write it as in ‘7.87 ± 0.02 kΩ’")
    uncertainty = _number(after, text)
    unit = uncertainty.rest.strip()
    lacks_power = uncertainty.has_power and not best.has_power
    twice = best.uncertainty is not None or uncertainty.uncertainty is not None
    if best.rest.strip() not in {"", unit} or lacks_power or twice or uncertainty.digits.startswith("-"):
        raise NotationError(
            f"‘{text}’ cannot be read: write the uncertainty as in ‘12.3 ± 0.4 mg’ or ‘(7.87 ± 0.02)×10^3 Ω’"
        )
    return best._replace(lower=best.value, upper=best.value, uncertainty=uncertainty.value, rest=uncertainty.rest)


def _product(sides: re.Match[str], text: str) -> Number:
    """Read an area written as two sides, each rounded to its own last digit."""
    rest = sides.string[sides.end() :]
    if sides[2] and sides[2].strip() != rest.strip():
        raise NotationError(f"the sides in ‘{text}’ have different units: write both in one, as ‘3.2 cm × 3.2 cm’")
    first, second = _number(sides[1], text), _number(sides[3], text)
    return Number(
        f"{first.digits}x{second.digits}",
        first.value * second.value,
        max(first.lower, Decimal(0)) * max(second.lower, Decimal(0)),
        first.upper * second.upper,
        rest,
    )


def fraction_of_c(match: re.Match[str], text: str) -> Number:
    """Read `C/10` and `1/3 C`, which are exact."""
    above, below = Decimal(match[2] or 1), Decimal(match[1] or match[3])
    if not below:
        raise NotationError(f"‘{text}’ divides by zero: write, for example, ‘C/10’")
    rate = above / below
    return Number(f"{float(rate):.3g}", rate, rate, rate, "")


def _check_rest(rest: str, text: str) -> None:
    """Refuse text after a number that cannot be a unit, with how to write it."""
    if re.match(r"(?:-|to|…|\.\.\.?)\s*[0-9]", rest):
        raise NotationError(
            f"‘{text}’ looks like a range: enter a single number (use separate fields for the two ends)"
        )
    if re.match(rf"[×·]\s*10[0-9{_RAISED}-]", rest):
        flattened = re.match(r"[×·]\s*10(-?[0-9]{1,2})(?![0-9])", rest)
        meant = f"‘×10^{flattened[1]}’ if you mean that" if flattened else "‘×10^-3’, for example"
        raise NotationError(f"the power of ten in ‘{text}’ cannot be read: write it as {meant}")
    if re.match(r"[×·]\s*[0-9.]", rest):
        raise NotationError(
            f"‘{text}’ is a product: only an area can be written as its sides; write a power of ten as ‘×10^3’"
        )
    if re.match(r"[eE]\s*[+-]?[0-9]", rest):
        raise NotationError(
            f"‘{text}’ is a malformed number: write a single power of ten, as in ‘7.87e3’ or ‘7.87×10^3’"
        )
    if _INVERSE_UNIT.match(rest) and units.is_unit(rest):
        return
    if re.match(r"[0-9.±'_]", rest):
        raise NotationError(
            f"‘{text}’ contains more than one number: write a single one, without spaces or separators in it"
        )
    if re.search(r"(?<![/^√])\([^0-9]", rest) and not units.is_unit(rest):
        raise NotationError(f"unknown remark at the end of ‘{text}’: use (exact) or (inferred)")


def _comma_error(text: str, plain: str) -> CommaError:
    number = re.search(r"[0-9.]*(?:,[0-9.]*)+", plain)
    comma = number[0].strip(",.") if number else ""
    if not re.fullmatch(r"[0-9]+(,[0-9]+)+", comma):
        return CommaError(text, "use a decimal point, and no thousands separator")
    after = plain[plain.index(comma) + len(comma) :]
    whole, decimal = comma.replace(",", ""), comma.replace(",", ".", 1)
    if re.fullmatch(_THOUSANDS, comma):
        or_decimal = f" or ‘{decimal}{after}’" if comma.count(",") == 1 else ""
        return CommaError(text, f"write ‘{whole}{after}’{or_decimal}; do not separate thousands", _without_commas(text))
    return CommaError(
        text, f"write ‘{decimal}{after}’ with a decimal point; do not separate thousands", _without_commas(text)
    )


def _without_commas(text: str) -> list[Remedy]:
    """Return what a text with commas may mean; `≥`, `± 0,2` or `(exact)` in it stay."""
    numbers = re.findall(r"[0-9]+(?:,[0-9]+)+", text)
    as_decimals = Remedy(_COMMA.sub(".", text)) if all(number.count(",") == 1 for number in numbers) else None
    as_wholes = Remedy(_COMMA.sub("", text)) if all(re.fullmatch(_THOUSANDS, number) for number in numbers) else None
    return [remedy for remedy in (as_wholes, as_decimals) if remedy]
