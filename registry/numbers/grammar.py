"""The grammar of written numbers: digits, powers of ten, uncertainties, products of two sides."""

import re
from decimal import Context, Decimal
from typing import NamedTuple

from registry.numbers import units

PRECISE = Context(prec=400)
"""Twice as many digits as a written number may have, so that no bound is itself rounded: read in this context."""

# One character for one, so that the unit can be cut out as it was written.
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
FRACTION_OF_C = re.compile(r"C\s*/\s*([0-9]+\.?[0-9]*)|([0-9]+)\s*/\s*([0-9]+)\s*C")


class NotationError(ValueError):
    """A written number cannot be read; the text says what is wrong and how to write it."""


class Number(NamedTuple):
    """A number and its bounds in the unit as written, and the text that follows it."""

    digits: str
    value: Decimal
    lower: Decimal
    upper: Decimal
    rest: str
    uncertainty: Decimal | None = None
    has_power: bool = False


def number_and_unit(body: str, text: str, *, is_area: bool) -> tuple[Number, str]:
    """Read the number at the start and return it with its unit, both as written; `text` is what errors quote."""
    plain = body.translate(_PLAIN)
    if "," in plain:
        raise NotationError(_about_comma(text, plain))
    sides = _SIDES.match(plain) if is_area else None
    if sides:
        number = _product(sides, text)
        if sides[2]:
            return number, f"{sides[2].strip()}^2"
    else:
        number = _with_uncertainty(plain, text) if _PLUS_MINUS.search(plain) else _number(plain, text)
    rest = number.rest.strip()
    _check_rest(rest, text)
    return number, body[len(body) - len(rest) :].strip() if rest else ""


def _number(plain: str, text: str) -> Number:
    """Read one number with its power of ten, rounded to its last digit or with its doubt in brackets."""
    found = _NUMBER.match(plain)
    if not found:
        raise NotationError(f"‘{text}’ does not start with a number: write ‘10 MPa’, or a reason without digits")
    sign, bare, bare_raised, mantissa, concise, exponent, scientific, power, raised = found.groups()
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
    return Number(digits, value, value - half, value + half, plain[found.end() :], uncertainty, has_power)


def _with_uncertainty(plain: str, text: str) -> Number:
    """Read `12.3 ± 0.4 mg`, `(7.87 ± 0.02)×10^3 Ω` and `90.9% ± 0.5%`."""
    before, after = _PLUS_MINUS.split(plain, maxsplit=1)
    power = ""
    if (brackets := _IN_BRACKETS.match(plain)) and _PLUS_MINUS.search(brackets[1]):
        before, after = _PLUS_MINUS.split(brackets[1], maxsplit=1)
        power, after = brackets[2] or "", f"{after}{brackets[2] or ''}{plain[brackets.end() :]}"
    best, doubt = _number(before + power, text), _number(after, text)
    unit = doubt.rest.strip()
    lacks_power = doubt.has_power and not best.has_power
    twice = best.uncertainty is not None or doubt.uncertainty is not None
    if best.rest.strip() not in {"", unit} or lacks_power or twice or doubt.digits.startswith("-"):
        raise NotationError(
            f"‘{text}’ cannot be read: write the uncertainty as in ‘12.3 ± 0.4 mg’ or ‘(7.87 ± 0.02)×10^3 Ω’"
        )
    return best._replace(lower=best.value, upper=best.value, uncertainty=doubt.value, rest=doubt.rest)


def _product(sides: re.Match[str], text: str) -> Number:
    """Read an area given by its two sides, each rounded to its own last digit."""
    rest = sides.string[sides.end() :]
    if sides[2] and sides[2].strip() != rest.strip():
        raise NotationError(f"the sides in ‘{text}’ have different units: write both in one, as ‘3.2 cm × 3.2 cm’")
    one, other = _number(sides[1], text), _number(sides[3], text)
    return Number(
        f"{one.digits}x{other.digits}",
        one.value * other.value,
        max(one.lower, Decimal(0)) * max(other.lower, Decimal(0)),
        one.upper * other.upper,
        rest,
    )


def fraction_of_c(found: re.Match[str], text: str) -> Number:
    """Read `C/10` and `1/3 C`, which are exact."""
    above, below = Decimal(found[2] or 1), Decimal(found[1] or found[3])
    if not below:
        raise NotationError(f"‘{text}’ divides by zero: write, for example, ‘C/10’")
    rate = above / below
    return Number(f"{float(rate):.3g}", rate, rate, rate, "")


def _check_rest(rest: str, text: str) -> None:
    """Refuse what follows a number and cannot be a unit, saying how to write it."""
    if re.match(r"(?:-|to|…|\.\.\.?)\s*[0-9]", rest):
        raise NotationError(f"‘{text}’ looks like a range: enter one number (the two ends have fields of their own)")
    if re.match(rf"[×·]\s*10[0-9{_RAISED}-]", rest):
        flattened = re.match(r"[×·]\s*10(-?[0-9]{1,2})(?![0-9])", rest)
        meant = f"‘×10^{flattened[1]}’ if that is meant" if flattened else "‘×10^-3’, say"
        raise NotationError(f"the power of ten in ‘{text}’ cannot be read: write it as {meant}")
    if re.match(r"[×·]\s*[0-9.]", rest):
        raise NotationError(f"‘{text}’ is a product: only an area is given by its sides, and a power of ten as ‘×10^3’")
    if re.match(r"[0-9.±'_]", rest):
        raise NotationError(f"‘{text}’ holds more than one number: write one, without spaces or separators within it")
    if re.search(r"\([^0-9]", rest):
        raise NotationError(f"the remark at the end of ‘{text}’ is not understood: only (exact) and (inferred) are")


def _about_comma(text: str, plain: str) -> str:
    number = re.search(r"[0-9.]*(?:,[0-9.]*)+", plain)
    comma = number[0].strip(",.") if number else ""
    if not re.fullmatch(r"[0-9]+(,[0-9]+)+", comma):
        return f"‘{text}’ has a comma: write a decimal point, and thousands without a separator"
    without, tail = comma.replace(",", ""), plain[plain.index(comma) + len(comma) :]
    if re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+", comma):
        decimal = f" or ‘{comma.replace(',', '.')}{tail}’, whichever is meant" if comma.count(",") == 1 else ""
        return f"‘{text}’ has a comma: write ‘{without}{tail}’{decimal}; thousands are written without a separator"
    return (
        f"‘{text}’ has a comma: write ‘{comma.replace(',', '.', 1)}{tail}’ with a decimal point; "
        "thousands are written without a separator"
    )
