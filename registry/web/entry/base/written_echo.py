"""Interpretation of a typed number, shown below its field: `9.5 to 10.5 mg`."""

from dataclasses import dataclass

from registry.contract.quantity import Quantity
from registry.numbers.formatting import to_typographic
from registry.numbers.parsing import NotationError, ParsedNumber, Remedy, list_remedies, parse
from registry.services.entry.interpretation import DEPENDING, rounding_effect_percent
from registry.text.cleaning import TextError, clean_text

WARNED_PERCENT = 2.0
"""Relative half-width of a result from which the rounding of a number is worth a second look."""


@dataclass(frozen=True)
class Echo:
    """The text below a field; its state is a class of components.css: `bad`, `warn` or empty."""

    text: str = ""
    state: str = ""
    remedies: tuple[Remedy, ...] = ()
    """Possible meanings of a number typed without a unit or with a comma, each as a button."""


def echo_number(text: str, quantity: Quantity, like: Quantity | None = None, results: str | None = None) -> Echo:
    """Return what was understood of a text, or why it cannot be read; empty for an empty text.

    A number whose rounding matters says what it does to the results; `like` is the quantity that they depend on, if it
    is not this one, and `results` are those that do, if fewer do than of others of that quantity.
    """
    if not text.strip():
        return Echo()
    try:
        number = parse(clean_text(text), quantity)
    except (NotationError, TextError) as error:
        return Echo(as_sentence(str(error)), "bad", list_remedies(text, quantity))
    understood = describe_number(number, quantity)
    like = like or quantity
    effect = rounding_effect_percent(number, like)
    if effect >= WARNED_PERCENT and not number.is_bound and results != "":
        results = results or DEPENDING[like.slug][0]
        return Echo(f"{understood}: ±{format_plain(effect, digits=2)} % in {results}", "warn")
    return Echo(understood, "" if number.magnitude is not None else "warn")


def describe_number(number: ParsedNumber, quantity: Quantity) -> str:
    """Return a parsed number in the unit of its quantity, with its rounding bounds."""
    if number.magnitude is None:
        return f"Saved as the reason for a missing number: {number.missing}"
    unit = quantity.unit_label
    parts = []
    if number.unit != unit or number.sign or number.exact or number.standard_uncertainty:
        parts.append(f"{number.sign}{format_plain(number.magnitude)} {unit}".strip())
    if number.is_bound:
        parts.append("only a bound, not used in computations")
    elif number.lower is not None and number.upper is not None and number.lower != number.upper:
        bounds = f"{format_plain(number.lower)} to {format_plain(number.upper)}"
        parts.append(bounds if parts else f"{bounds} {unit}".strip())
    if number.standard_uncertainty:
        parts.append(f"standard uncertainty {format_plain(number.standard_uncertainty, digits=2)}")
    if number.exact:
        parts.append("exact")
    if number.inferred:
        parts.append("inferred")
    return ", ".join(parts or [f"{format_plain(number.magnitude)} {unit}".strip()])


def format_plain(number: float, digits: int = 6) -> str:
    return to_typographic(f"{number:.{digits}g}")


def as_sentence(text: str) -> str:
    """Return the message of an error as a sentence."""
    sentence = f"{text[:1].upper()}{text[1:]}"
    return sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."
