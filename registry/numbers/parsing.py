"""Parsing of numbers as people write them: `7.87×10^3 Ω`, `0.366 mS cm⁻¹`, `3×3 cm²`, `>99.5 %`, `Coin cell`.

A number is assumed to be rounded to its last written digit, so `2000 mAh` means 1999.5 to 2000.5; `(exact)` after it
means not rounded, `(inferred)` deduced rather than stated. Counts are never rounded. Nothing is guessed: a number
without a unit, with a comma, or with a unit of the wrong dimension is refused with how to write it. An area may be
written as the diameter of a disc, and an areal mass as a mass on an area (registry/numbers/compound.py).
"""

import math
import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import Literal

from analyses.uncertainty import Estimate
from registry.contract.quantity import Quantity
from registry.numbers import compound, units
from registry.numbers.catalogue import in_sentence, range_error
from registry.numbers.grammar import (
    FRACTION_OF_C,
    NOTE,
    PRECISE,
    ImpossibleNumberError,
    MissingUnitError,
    NotationError,
    Number,
    Remedy,
    fraction_of_c,
    number_and_unit,
)
from registry.numbers.potential_scales import POTENTIALS, split_scale
from registry.numbers.remedies import example_unit, unit_remedies

__all__ = [
    "BOUNDS",
    "ImpossibleNumberError",
    "MissingUnitError",
    "NotationError",
    "ParsedNumber",
    "Qualifier",
    "Remedy",
    "list_remedies",
    "number_as_text",
    "parse",
]

Qualifier = Literal["=", ">", "≥", "<", "≤", "~"]

BOUNDS: frozenset[str] = frozenset({">", "≥", "<", "≤"})
"""Qualifiers of a number that is only a bound."""

MAX_LENGTH = 200
ROOM_TEMPERATURE_DEGC = (20.0, 25.0, 30.0)

_QUALIFIERS_BY_TEXT: dict[str, Qualifier] = {
    **dict.fromkeys((">", "more than"), ">"),
    **dict.fromkeys(("≥", "⩾", ">=", "at least"), "≥"),
    **dict.fromkeys(("<", "less than"), "<"),
    **dict.fromkeys(("≤", "⩽", "<=", "at most"), "≤"),
    **dict.fromkeys(("~", "∼", "≈", "≃", "ca.", "ca", "about", "approx.", "approx", "approximately", "circa"), "~"),
    "=": "=",
}
_QUALIFIER = re.compile(
    r"([<>]=|[>≥⩾<≤⩽~∼≈≃=]|(?:more than|at least|less than|at most|ca\.?|about|approx(?:\.|imately)?|circa)"
    r"(?=\s*(?:[(+.−-]?[0-9]|RT|room|C/)))\s*",
    re.IGNORECASE,
)
_ROOM_TEMPERATURE = frozenset({"rt", "room temperature"})
_REASONS = {
    **dict.fromkeys(("n/a", "na", "n.a.", "not applicable"), "not applicable"),
    **dict.fromkeys(("not reported", "nr", "n.r.", "not given", "not stated", "–", "—", "―"), "not reported"),
}
_ONE_WORD_REASONS = frozenset(
    (
        *("unknown", "unmeasured", "unspecified", "unavailable", "unreported", "missing", "none", "lost", "varied"),
        *("varies", "variable", "uncontrolled", "undefined", "undetermined", "pending", "confidential", "withheld"),
        *("illegible", "failed", "broken", "cracked", "shorted", "short-circuited", "saturated", "noisy", "invalid"),
    )
)
"""Single words that say why a number is missing; any other single word may be a slip."""
_NUMBER_IN_WORDS = re.compile(
    r"(a half|half|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|(thir|four|fif|six|seven|eigh|nine)teen|(twen|thir|for|fif|six|seven|eigh|nine)ty|hundred)\b",
    re.IGNORECASE,
)
_NOT_FINITE = frozenset({"nan", "inf", "infinity", "∞"})


@dataclass(frozen=True, slots=True)
class ParsedNumber:
    """The text entered for a quantity, and its value in the unit of the quantity."""

    text: str
    digits: str = ""
    """The number in ASCII with the digits as written (`7.87e3`, `1.00e1`, `3x3`); empty for text and for RT."""
    unit: str = ""
    """The unit as written (`mS cm⁻¹`); the sides of `3 cm × 3 cm` give `cm^2`."""
    magnitude: float | None = None
    lower: float | None = None
    """No true value is below; None if nothing is known, as of `~5 MPa`."""
    upper: float | None = None
    """No true value is above; None if nothing is known, as of `>5 MPa`."""
    standard_uncertainty: float = 0.0
    """Uncertainty written after `±` or as in `12.34(5)`; the bounds then equal the magnitude."""
    qualifier: Qualifier = "="
    exact: bool = False
    inferred: bool = False
    missing: str = ""
    """Why the number is missing, as text; empty if it is present."""

    rounding: tuple[float, float] | None = None
    """Bounds within which the digits were rounded to the magnitude, whatever the qualifier."""
    scale: str = ""
    """Reference electrode of a potential, a key of `SCALES`: `li_in`; empty if not written."""

    @property
    def sign(self) -> str:
        """The qualifier for display, empty for equality."""
        return "" if self.qualifier == "=" else self.qualifier

    @property
    def is_bound(self) -> bool:
        """Whether only a bound is known, which is never computed with."""
        return self.magnitude is not None and self.qualifier in BOUNDS

    def estimate(self) -> Estimate | None:
        """Return the number with its uncertainty, or None if it is missing or only a bound."""
        return None if self.is_bound else self.digits_estimate()

    def digits_estimate(self) -> Estimate | None:
        """Return the number that was written with the rounding of its digits, also if it is a bound."""
        if self.magnitude is None or self.rounding is None:
            return None
        return Estimate(self.magnitude, *self.rounding, self.standard_uncertainty, self.inferred)


def parse(text: str, quantity: Quantity) -> ParsedNumber:
    """Parse a written number, or the reason why it is missing; raise NotationError otherwise."""
    if len(text) > MAX_LENGTH:
        raise NotationError(f"{len(text)} characters are too long for a number: write at most {MAX_LENGTH}")
    return _parse(text.strip(), quantity)


def list_remedies(text: str, quantity: Quantity) -> tuple[Remedy, ...]:
    """Return what a text that cannot be read may mean: a number without a unit or with a comma; else empty."""
    try:
        parse(text, quantity)
    except NotationError as error:
        return tuple(remedy for remedy in error.remedies if _is_understood(remedy.written, quantity))
    return ()


def _is_understood(text: str, quantity: Quantity) -> bool:
    """Whether a text can be read, or lacks no more than its unit."""
    try:
        parse(text, quantity)
    except MissingUnitError:
        return True
    except NotationError:
        return False
    return True


def number_as_text(value: float, quantity: Quantity) -> str:
    """Return the text for a plain number in the unit of the quantity: 10 for a stack pressure gives `10 MPa`."""
    try:
        finite = not isinstance(value, bool) and math.isfinite(value)
    except (TypeError, OverflowError):
        finite = False
    if not finite:
        raise NotationError(f"‘{value!s:.40}’ is not a finite number, as {in_sentence(quantity)} requires")
    whole = isinstance(value, int) or (quantity.is_count and value == int(value))
    number = str(int(value)) if whole else repr(float(value))
    return f"{number} {example_unit(quantity)}".strip()


@lru_cache(maxsize=4096)
def _parse(text: str, quantity: Quantity) -> ParsedNumber:
    _check_characters(text)
    if diameter := compound.diameter_text(text, quantity):
        return _disc(text, _parse(diameter, compound.DIAMETER), quantity)
    if parts := compound.mass_and_area(text, quantity):
        return _mass_on_area(text, _parse(parts[0], compound.MASS), _parse(parts[1], compound.AREA), quantity)
    body, notes = _without_notes(text)
    exact, inferred = "exact" in notes, "inferred" in notes
    body, scale = split_scale(body) if quantity.slug in POTENTIALS else (body, "")
    qualifier: Qualifier = "="
    if match := _QUALIFIER.match(body):
        qualifier, body = _QUALIFIERS_BY_TEXT[match[1].lower()], body[match.end() :]
    if body.lower() in _ROOM_TEMPERATURE and quantity.unit == "degC" and not exact:
        low, middle, high = ROOM_TEMPERATURE_DEGC
        about: Qualifier = "~" if qualifier == "=" else qualifier
        bounds = (low, high) if about == "~" else _bounds(about, middle, (low, high), quantity)
        return ParsedNumber(text, "", "", middle, *bounds, qualifier=about, inferred=inferred, rounding=(low, high))
    if not any(character in "0123456789" for character in body):
        return ParsedNumber(text, missing=_reason(text, body, quantity, bare=not notes and not match))
    with localcontext(PRECISE):
        fraction = FRACTION_OF_C.fullmatch(body) if quantity.unit == "c_rate" else None
        number, unit = (
            (fraction_of_c(fraction, text), "C")
            if fraction
            else number_and_unit(body, text, is_area=_is_area(quantity))
        )
        if number.uncertainty is not None and exact:
            raise NotationError(f"‘{text}’ has an uncertainty, so it cannot be exact: remove one of the two")
        exact = exact or fraction is not None
        lower, value, upper, uncertainty = _in_own_unit(number, unit, text, quantity, rounded=not exact)
    bounds = _bounds(qualifier, value, (lower, upper), quantity)
    return ParsedNumber(
        text,
        number.digits,
        unit,
        value,
        *bounds,
        uncertainty,
        qualifier,
        exact,
        inferred,
        rounding=(lower, upper),
        scale=scale,
    )


def _disc(text: str, diameter: ParsedNumber, quantity: Quantity) -> ParsedNumber:
    """Return the area of a disc of this diameter."""
    if diameter.magnitude is None or diameter.rounding is None:
        raise NotationError(f"‘{text}’ has no diameter: write, for example, ‘{compound.disc('10.0 mm')}’")
    if reason := range_error(quantity, diameter.magnitude):
        raise ImpossibleNumberError(text, reason)
    area = compound.disc_area_cm2
    return replace(
        diameter,
        text=text,
        digits="",
        unit="",
        magnitude=area(diameter.magnitude),
        lower=None if diameter.lower is None else area(diameter.lower),
        upper=None if diameter.upper is None else area(diameter.upper),
        standard_uncertainty=2 * area(diameter.magnitude) / diameter.magnitude * diameter.standard_uncertainty,
        rounding=(area(diameter.rounding[0]), area(diameter.rounding[1])),
    )


def _mass_on_area(text: str, mass: ParsedNumber, area: ParsedNumber, quantity: Quantity) -> ParsedNumber:
    """Return the mass per area; the bounds are those that both together allow."""
    numbers = mass.magnitude, mass.rounding, area.magnitude, area.rounding
    if any(number is None for number in numbers) or area.qualifier != "=" or not area.magnitude:
        example = compound.mass_on_area("10.0 mg", compound.disc("10.0 mm"))
        raise NotationError(f"‘{text}’ needs a mass and the area that it is on: write, for example, ‘{example}’")
    assert mass.magnitude is not None
    assert mass.rounding is not None
    assert area.rounding is not None
    if reason := range_error(quantity, mass.magnitude):
        raise ImpossibleNumberError(text, reason)
    if not area.rounding[0]:
        raise NotationError(f"‘{text}’ may have no area within its rounding: write more digits of the area")
    value = mass.magnitude / area.magnitude
    relative = area.standard_uncertainty / area.magnitude
    rounding = (mass.rounding[0] / area.rounding[1], mass.rounding[1] / area.rounding[0])
    bounds = _bounds(mass.qualifier, value, rounding, quantity)
    return replace(
        mass,
        text=text,
        digits="",
        unit="",
        magnitude=value,
        lower=bounds[0],
        upper=bounds[1],
        standard_uncertainty=math.hypot(mass.standard_uncertainty / area.magnitude, value * relative),
        exact=mass.exact and area.exact,
        inferred=mass.inferred or area.inferred,
        rounding=rounding,
    )


def _bounds(
    qualifier: Qualifier, value: float, rounding: tuple[float, float], quantity: Quantity
) -> tuple[float | None, float | None]:
    """Return what is known of the true value: `<x` lies between the minimum of the quantity and x."""
    if qualifier in (">", "≥"):
        return value, quantity.maximum
    if qualifier in ("<", "≤"):
        return quantity.minimum, value
    return (None, None) if qualifier == "~" else rounding


def _check_characters(text: str) -> None:
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
            raise NotationError(f"the text contains the invisible character U+{ord(character):04X}: type it again")
    if not text:
        raise NotationError("nothing was entered: write a number with its unit, or the reason why it is missing")


def _without_notes(text: str) -> tuple[str, frozenset[str]]:
    """Return the text without `(exact)` and `(inferred)` at the end, and these notes."""
    notes: set[str] = set()
    while match := NOTE.search(text):
        notes.update(note.lower() for note in match.groups() if note)
        text = text[: match.start()].rstrip()
    return text, frozenset(notes)


def _reason(text: str, body: str, quantity: Quantity, *, bare: bool) -> str:
    """Return the reason why the number is missing, or refuse an incomplete number."""
    known = _REASONS.get(body.lower())
    if bare and known:
        return known
    if body.lower().lstrip("+-−").partition(" ")[0] in _NOT_FINITE:
        raise NotationError(f"‘{text}’ is not a finite number: write ‘not reported’ or another reason")
    example = f"‘10 {example_unit(quantity)}’".replace(" ’", "’")
    if not bare or not any(map(str.isalpha, body)) or units.is_unit(body):
        raise NotationError(
            f"‘{text}’ has no number: write one, for example {example}, or why it is missing, such as ‘not reported’"
        )
    unit = body.rsplit(maxsplit=1)[-1]
    has_unit = unit != body and units.is_unit(unit)
    if _NUMBER_IN_WORDS.fullmatch(body) or (has_unit and _NUMBER_IN_WORDS.search(body)):
        raise NotationError(f"‘{text}’ is a number in words: write it in digits with its unit, for example {example}")
    if unit != body and len(unit) > 1 and _measures(unit, quantity):
        raise NotationError(
            f"‘{text}’ has a unit but no number: write it in digits, for example {example}, "
            "or write the reason why it is missing without a unit"
        )
    if len(body.split()) == 1 and body.lower() not in _ONE_WORD_REASONS:
        raise NotationError(
            f"‘{text}’ is neither a number nor a reason: write, for example, {example}, or in two words or more why "
            "it is missing, such as ‘not reported’"
        )
    return body


def _measures(unit: str, quantity: Quantity) -> bool:
    """True if a word is a unit of the quantity."""
    try:
        units.factor(unit, quantity.unit)
    except units.UnitError:
        return False
    return quantity.unit not in {"", "dimensionless"}


def _is_area(quantity: Quantity) -> bool:
    return re.fullmatch(r"[A-Za-z]+\*\*2", quantity.unit) is not None


def _in_own_unit(
    number: Number, unit: str, text: str, quantity: Quantity, *, rounded: bool
) -> tuple[float, float, float, float]:
    """Return lower bound, magnitude, upper bound and standard uncertainty in the quantity's unit."""
    scale, offset = _factor(number, unit, text, quantity)
    value = float(number.value * scale + offset)
    lower, upper = float(number.lower * scale + offset), float(number.upper * scale + offset)
    uncertainty = float((number.uncertainty or 0) * scale)
    vanished = value == 0 and number.value * scale + offset != 0
    if vanished or not all(map(math.isfinite, (value, lower, upper, uncertainty))):
        raise NotationError(f"‘{text}’ is too large or too small: check its power of ten")
    if reason := range_error(quantity, value):
        raise ImpossibleNumberError(text, reason)
    if not rounded or quantity.is_count:
        return value, value, value, uncertainty
    # Rounding bounds stay within the possible range: `0 MPa` is at least zero.
    if quantity.minimum is not None:
        lower = max(lower, float(quantity.minimum))
    if quantity.maximum is not None:
        upper = min(upper, float(quantity.maximum))
    return lower, value, upper, uncertainty


def _factor(number: Number, unit: str, text: str, quantity: Quantity) -> tuple[Decimal, Decimal]:
    if not unit and quantity.unit not in {"", "dimensionless"}:
        raise MissingUnitError(text, *unit_remedies(number, text, quantity))
    if units.is_by_volume(unit) and not any(word in quantity.slug for word in ("porosity", "volume")):
        needed = "wt%" if "fraction" in quantity.slug else "a plain %"
        raise NotationError(f"‘{text}’ is a fraction by volume; {in_sentence(quantity)} needs {needed}")
    if units.is_by_mass(unit) and "fraction" not in quantity.slug:
        raise NotationError(f"‘{text}’ is a fraction by mass; {in_sentence(quantity)} needs a plain %")
    try:
        return units.factor(unit, quantity.unit)
    except units.UnitError as error:
        known = f"‘{text}’ is {error.kind}" if error.kind else f"‘{unit}’ is not a unit Cellar knows{error.hint}"
        # Avoids ‘resistance needs a resistance’.
        expected = error.expected
        if f" {in_sentence(quantity)} " in expected:
            expected = f"a unit such as {example_unit(quantity)}"
        if quantity.unit == "degC" and unit in {"C", "F"}:
            before, _, after = text.rpartition(unit)
            expected += f" (did you mean ‘{before}°{unit}{after}’?)"
        raise NotationError(f"{known}; {in_sentence(quantity)} needs {expected}") from error
