"""Reading numbers as people write them: `7.87×10^3 Ω`, `0.366 mS cm⁻¹`, `3×3 cm²`, `>99.5 %`, `Coin cell`.

A number is taken to be rounded to its last written digit, so `2000 mAh` means 1999.5 to 2000.5; `(exact)` after it says
that it is not rounded, `(inferred)` that it was deduced. Counts are never rounded. Nothing is guessed: a number without
a unit, a comma within a number or a unit of another dimension is refused with the way to write it.
"""

import math
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import Literal

from analyses.uncertainty import Estimate
from registry.contract.quantity import Quantity
from registry.numbers import units
from registry.numbers.catalogue import in_sentence, range_error
from registry.numbers.grammar import FRACTION_OF_C, PRECISE, NotationError, Number, fraction_of_c, number_and_unit

__all__ = ["NotationError", "ParsedNumber", "Qualifier", "number_as_text", "parse", "qualifier_prefixes"]

Qualifier = Literal["=", ">", "<", "~"]

LONGEST = 200
ROOM_TEMPERATURE_DEGC = (20.0, 25.0, 30.0)

_MEANING: dict[str, Qualifier] = {
    **dict.fromkeys((">", "≥", "⩾", ">=", "more than", "at least"), ">"),
    **dict.fromkeys(("<", "≤", "⩽", "<=", "less than", "at most"), "<"),
    **dict.fromkeys(("~", "∼", "≈", "≃", "ca.", "ca", "about", "approx.", "approx", "approximately", "circa"), "~"),
    "=": "=",
}
_OR_EQUAL = {">": ("≥", "⩾", ">=", "at least"), "<": ("≤", "⩽", "<=", "at most")}
"""What is printed of a bound that the number may reach, and the other ways to write it."""
_QUALIFIER = re.compile(
    r"([<>]=|[>≥⩾<≤⩽~∼≈≃=]|(?:more than|at least|less than|at most|ca\.?|about|approx(?:\.|imately)?|circa)"
    r"(?=\s*(?:[(+.−-]?[0-9]|RT|room|C/)))\s*",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"(?:\s*\(\s*(exact|inferred)(?:[\s,;]+(?:and\s+)?(exact|inferred))?\s*\)|(?:^|[\s,;]+)(exact|inferred))$",
    re.IGNORECASE,
)
_ROOM_TEMPERATURE = frozenset({"rt", "room temperature"})
_REASONS = {
    **dict.fromkeys(("n/a", "na", "n.a.", "not applicable"), "not applicable"),
    **dict.fromkeys(("not reported", "nr", "n.r.", "not given", "not stated", "–", "—", "―"), "not reported"),
}
_NUMBER_IN_WORDS = re.compile(
    r"(a half|half|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|(thir|four|fif|six|seven|eigh|nine)teen|(twen|thir|for|fif|six|seven|eigh|nine)ty|hundred)\b",
    re.IGNORECASE,
)
_NOT_FINITE = frozenset({"nan", "inf", "infinity", "∞"})


@dataclass(frozen=True, slots=True)
class ParsedNumber:
    """What was written for a quantity, and what it means in the quantity's unit."""

    text: str
    digits: str = ""
    """The number in ASCII with the digits as written (`7.87e3`, `1.00e1`, `3x3`); empty for words and for RT."""
    unit: str = ""
    """The unit as written (`mS cm⁻¹`); the sides of `3 cm × 3 cm` give `cm^2`."""
    magnitude: float | None = None
    lower: float | None = None
    upper: float | None = None
    standard_uncertainty: float = 0.0
    """What stands after `±` or in `12.34(5)`; the bounds then equal the magnitude."""
    qualifier: Qualifier = "="
    exact: bool = False
    inferred: bool = False
    missing: str = ""
    """Why there is no number, in words; empty if there is one."""

    @property
    def sign(self) -> str:
        """The qualifier as a table prints it: ≥ and ≤ where it was written so, nothing for equality."""
        ways = _OR_EQUAL.get(self.qualifier, ())
        if ways and self.text.lower().startswith(ways):
            return ways[0]
        return "" if self.qualifier == "=" else self.qualifier

    def estimate(self) -> Estimate | None:
        """Return the number with its doubt, or None if it is missing."""
        if self.magnitude is None or self.lower is None or self.upper is None:
            return None
        return Estimate(self.magnitude, self.lower, self.upper, self.standard_uncertainty, self.inferred)


def parse(text: str, quantity: Quantity) -> ParsedNumber:
    """Read a written number, or the reason why there is none; raise NotationError otherwise."""
    if len(text) > LONGEST:
        raise NotationError(f"{len(text)} characters are too many for a number: write at most {LONGEST}")
    return _parse(text.strip(), quantity)


def number_as_text(value: float, quantity: Quantity) -> str:
    """Return the text for a bare number in the quantity's own unit: 10 for a stack pressure gives `10 MPa`."""
    try:
        finite = not isinstance(value, bool) and math.isfinite(value)
    except (TypeError, OverflowError):
        finite = False
    if not finite:
        raise NotationError(f"‘{value!s:.40}’ is not a finite number: {in_sentence(quantity)} needs one")
    whole = isinstance(value, int) or (quantity.is_count and value == int(value))
    number = str(int(value)) if whole else repr(float(value))
    return f"{number} {_example_unit(quantity)}".strip()


def qualifier_prefixes(qualifier: Qualifier) -> tuple[str, ...]:
    """Return what a written number with this qualifier may begin with: `>`, `≥`, `more than`, in any capitals."""
    texts = [text for text, meaning in _MEANING.items() if meaning == qualifier]
    return tuple(text for text in texts if not any(text != other and text.startswith(other) for other in texts))


@lru_cache(maxsize=4096)
def _parse(text: str, quantity: Quantity) -> ParsedNumber:
    _check_characters(text)
    body, notes = _without_notes(text)
    exact, inferred = "exact" in notes, "inferred" in notes
    qualifier: Qualifier = "="
    if found := _QUALIFIER.match(body):
        qualifier, body = _MEANING[found[1].lower()], body[found.end() :]
    if body.lower() in _ROOM_TEMPERATURE and quantity.unit == "degC" and not exact:
        low, middle, high = ROOM_TEMPERATURE_DEGC
        return ParsedNumber(
            text, "", "", middle, low, high, qualifier="~" if qualifier == "=" else qualifier, inferred=inferred
        )
    if not any(character in "0123456789" for character in body):
        return ParsedNumber(text, missing=_reason(text, body, quantity, bare=not notes and not found))
    with localcontext(PRECISE):
        fraction = FRACTION_OF_C.fullmatch(body) if quantity.unit == "c_rate" else None
        number, unit = (
            (fraction_of_c(fraction, text), "C")
            if fraction
            else number_and_unit(body, text, is_area=_is_area(quantity))
        )
        if number.uncertainty is not None and exact:
            raise NotationError(f"‘{text}’ gives an uncertainty, so it cannot be exact: keep one of the two")
        exact = exact or fraction is not None
        lower, value, upper, uncertainty = _in_own_unit(number, unit, text, quantity, rounded=not exact)
    return ParsedNumber(text, number.digits, unit, value, lower, upper, uncertainty, qualifier, exact, inferred)


def _check_characters(text: str) -> None:
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
            raise NotationError(f"the invisible character U+{ord(character):04X} stands in the text: type it again")
    if not text:
        raise NotationError("nothing was entered: write a number with its unit, or in words why there is none")


def _without_notes(text: str) -> tuple[str, frozenset[str]]:
    """Cut `(exact)` and `(inferred)` off the end."""
    notes: set[str] = set()
    while found := _NOTE.search(text):
        notes.update(note.lower() for note in found.groups() if note)
        text = text[: found.start()].rstrip()
    return text, frozenset(notes)


def _reason(text: str, body: str, quantity: Quantity, *, bare: bool) -> str:
    """Return why there is no number, or refuse what is half a number rather than a reason."""
    known = _REASONS.get(body.lower())
    if bare and known:
        return known
    if body.lower().lstrip("+-−").partition(" ")[0] in _NOT_FINITE:
        raise NotationError(f"‘{text}’ is not a finite number: write ‘not reported’ or the reason in words")
    example = f"‘10 {_example_unit(quantity)}’".replace(" ’", "’")
    if not bare or not any(map(str.isalpha, body)) or units.is_unit(body):
        raise NotationError(
            f"‘{text}’ has no number: write one, for example {example}, or why it is missing, such as ‘not reported’"
        )
    unit = body.rsplit(maxsplit=1)[-1]
    is_number = _NUMBER_IN_WORDS.match(body) and units.is_unit(unit)
    if unit != body and len(unit) > 1 and (is_number or _measures(unit, quantity)):
        raise NotationError(
            f"‘{text}’ has a unit and no number: write it in figures, for example {example}, "
            "or give the reason why it is missing without a unit"
        )
    return body


def _measures(unit: str, quantity: Quantity) -> bool:
    """Whether a word is a unit of the quantity."""
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
        raise NotationError(f"‘{text}’ is too large or too small a number to keep: check its power of ten")
    if reason := range_error(quantity, value):
        raise NotationError(f"‘{text}’ cannot be: {reason}")
    if not rounded or quantity.is_count:
        return value, value, value, uncertainty
    # Rounding cannot carry a number past what is possible: `0 MPa` is at least zero.
    if quantity.minimum is not None:
        lower = max(lower, float(quantity.minimum))
    if quantity.maximum is not None:
        upper = min(upper, float(quantity.maximum))
    return lower, value, upper, uncertainty


def _factor(number: Number, unit: str, text: str, quantity: Quantity) -> tuple[Decimal, Decimal]:
    if not unit and quantity.unit not in {"", "dimensionless"}:
        spelled = number.digits.replace("e", "×10^").replace("x", "×")
        examples = f"‘{spelled} {_example_unit(quantity)}’"
        if quantity.unit == "percent" and 0 < number.value <= 1:
            examples = f"‘{(number.value * 100).normalize():f} %’ or {examples}, whichever is meant"
        raise NotationError(f"‘{text}’ has no unit: write, for example, {examples}")
    if units.is_by_volume(unit) and not any(word in quantity.slug for word in ("porosity", "volume")):
        needed = "wt%" if "fraction" in quantity.slug else "a plain %"
        raise NotationError(f"‘{text}’ is a fraction by volume; {in_sentence(quantity)} needs {needed}")
    if units.is_by_mass(unit) and "fraction" not in quantity.slug:
        raise NotationError(f"‘{text}’ is a fraction by mass; {in_sentence(quantity)} needs a plain %")
    try:
        return units.factor(unit, quantity.unit)
    except units.UnitError as error:
        known = f"‘{text}’ is {error.found}" if error.found else f"‘{unit}’ is not a unit Cellar knows{error.hint}"
        # ‘resistance needs a resistance’ says nothing.
        wanted = error.wanted
        if f" {in_sentence(quantity)} " in wanted:
            wanted = f"a unit such as {_example_unit(quantity)}"
        raise NotationError(f"{known}; {in_sentence(quantity)} needs {wanted}") from error


def _example_unit(quantity: Quantity) -> str:
    return quantity.unit_label or ("" if quantity.unit in {"", "dimensionless"} else units.short_label(quantity.unit))
