"""How a typed number is understood: the text shown next to an input while it is being filled in."""

from typing import NamedTuple

from django.core.exceptions import ValidationError

from registry.hookspecs import Quantity
from registry.numbers import catalogue
from registry.numbers.formatting import to_typographic
from registry.numbers.parsing import ParsedNumber, Remedy, list_remedies
from registry.services.value import parse_value

SIGNS = {"=": "=", ">": "more than", "≥": "at least", "<": "less than", "≤": "at most", "~": "about"}


DEPENDING: dict[str, tuple[str, int]] = {
    "die_diameter_mm": ("area and conductivity", 2),
    "thickness_um": ("conductivity", 1),
    "area_cm2": ("conductivity and numbers per area", 1),
    "mass_loading_mg_cm2": ("capacity per gram and energy density", 1),
    "active_fraction_percent": ("capacity per gram", 1),
}
"""Results computed from a quantity, and the power with which its relative error enters."""
NOTABLE_PERCENT = 0.5
"""Half-width, relative, from which the effect of rounding is shown."""


class Interpretation(NamedTuple):
    """How a text is interpreted. `kind` is `number`, `words` (the reason a number is missing) or `error`.

    `remedies` are what a text in error may mean, where that is known.
    """

    text: str = ""
    kind: str = ""
    remedies: tuple[Remedy, ...] = ()


def interpretation_text(written: ParsedNumber, quantity: Quantity) -> Interpretation:
    """Describe the parsed number: ‘= 0.000366 S cm⁻¹, 0.0003655 to 0.0003665’."""
    if written.magnitude is None:
        return Interpretation(f"saved as the reason for a missing number: {written.missing}", "words")
    parts = [f"{SIGNS[written.qualifier]} {_format_number(written.magnitude)} {quantity.unit_label}".rstrip()]
    if written.is_bound:
        parts.append("only a bound, not used in computations")
    elif written.lower is not None and written.upper is not None and written.lower != written.upper:
        parts.append(f"{_format_number(written.lower)} to {_format_number(written.upper)}{_effect(written, quantity)}")
    if written.standard_uncertainty:
        parts.append(f"standard uncertainty {_format_number(written.standard_uncertainty)}")
    if written.exact:
        parts.append("exact")
    if written.inferred:
        parts.append("inferred")
    return Interpretation(", ".join(parts), "number")


def rounding_effect_percent(written: ParsedNumber, quantity: Quantity) -> float:
    """Return the relative half-width that the rounding of a number gives to results; 0 if none depend on it.

    Parameters
    ----------
    written : ParsedNumber
        A number with its bounds; one with a standard uncertainty is not rounded.
    quantity : Quantity
        Its quantity.
    """
    _, power = DEPENDING.get(quantity.slug, ("", 0))
    if written.standard_uncertainty or not written.magnitude or written.lower is None or written.upper is None:
        return 0.0
    return 100 * power * (written.upper - written.lower) / 2 / written.magnitude


def _effect(written: ParsedNumber, quantity: Quantity) -> str:
    """Return what the rounding to the last digit does to results, and how to narrow it; empty if it is little."""
    percent = rounding_effect_percent(written, quantity)
    if percent < NOTABLE_PERCENT or written.magnitude is None:
        return ""
    results, _ = DEPENDING[quantity.slug]
    example = f"{_format_number(written.magnitude)} ± {_format_number(written.magnitude / 500)} {quantity.unit_label}"
    return (
        f" (its last digit), which alone contributes ±{_format_percent(percent)} % to {results}: enter all digits, or "
        f"the standard uncertainty, such as {example}"
    )


def _format_percent(percent: float) -> str:
    return to_typographic(f"{percent:.2g}")


def _format_number(number: float) -> str:
    return to_typographic(f"{number:.10g}")


def interpret(quantity: str, text: str) -> Interpretation:
    """Return the interpretation or the error; empty without a text or a quantity."""
    if not text.strip() or not quantity:
        return Interpretation()
    try:
        known, written = parse_value(quantity, text)
    except ValidationError as error:
        known_quantity = catalogue.catalogue.get(quantity)
        remedies = list_remedies(text, known_quantity) if known_quantity else ()
        return Interpretation(" ".join(error.messages), "error", remedies)
    return interpretation_text(written, known)
