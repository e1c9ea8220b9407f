"""Quantities, techniques and recipe numbers by name in the sentences of analyses, whose parameters keep the slugs.

What keeps the catalogue of quantities says how one is named, in this process and in those of the sandbox.
"""

from collections.abc import Callable
from typing import NamedTuple, Self

from registry.contract.declared_columns import find_technique


class QuantityNames(NamedTuple):
    """How texts name a quantity."""

    name: str
    """At the beginning of a sentence: `Stack pressure`."""
    in_sentence: str
    """Within a sentence: `stack pressure`."""
    unit_label: str
    """Unit as displayed; empty for a dimensionless number."""


class InText(str):
    """A slug or key that a template prints in words; as a parameter it stays the slug.

    Examples
    --------
    >>> "{quantity} is missing".format(quantity=InText("resistance_ohm", "resistance"))
    'resistance is missing'
    >>> InText("resistance_ohm", "resistance") == "resistance_ohm"
    True
    """

    words: str

    def __new__(cls, key: str, words: str) -> Self:
        """Keep the key as the text, and the words for sentences."""
        text = super().__new__(cls, key)
        text.words = words
        return text

    def __format__(self, form: str) -> str:
        return format(self.words, form)


def _no_names(slug: str) -> QuantityNames | None:
    """The names before a catalogue of quantities is loaded."""
    return None


_source: Callable[[str], QuantityNames | None] = _no_names


def take_quantity_names_from(source: Callable[[str], QuantityNames | None]) -> None:
    """Set the function that returns how a quantity is named, None if it is not registered."""
    global _source
    _source = source


def quantity_in_text(slug: str, *, begins: bool = False) -> InText:
    """Return a quantity as sentences name it, with a capital letter if it begins one; its slug if not registered."""
    names = _source(slug)
    return InText(slug, slug if names is None else names.name if begins else names.in_sentence)


def number_in_text(slug: str, number: str) -> str:
    """Return a number of a quantity, in the unit of its slug: `stack pressure 10 MPa`."""
    names = _source(slug)
    return f"{names.in_sentence} {number} {names.unit_label}".rstrip() if names else f"{slug} {number}"


def unit_in_text(slug: str) -> str:
    """Return the unit of a quantity as displayed; empty for a dimensionless number."""
    names = _source(slug)
    return names.unit_label if names else ""


class NumberInText(float):
    """A number that a template prints with its unit; as a parameter it stays the number.

    Examples
    --------
    >>> "{length:.3g} long".format(length=NumberInText(2.5, "mm"))
    '2.5 mm long'
    """

    unit: str

    def __new__(cls, magnitude: float, unit: str) -> Self:
        """Keep the number, and the unit for sentences."""
        number = super().__new__(cls, magnitude)
        number.unit = unit
        return number

    def __format__(self, form: str) -> str:
        return f"{float(self):{form}} {self.unit}".rstrip()

    def __reduce__(self) -> tuple[type[Self], tuple[float, str]]:
        return type(self), (float(self), self.unit)


def with_unit(slug: str, number: str) -> str:
    """Return a number with the unit of its quantity: `10 MPa`."""
    names = _source(slug)
    return f"{number} {names.unit_label}".rstrip() if names else number


def technique_in_text(slug: str) -> str:
    """Return the short name of a technique, `EIS`; its slug if it is not registered."""
    technique = find_technique(slug)
    return (technique.short_name or technique.name) if technique else slug


def recipe_number_in_text(key: str) -> InText:
    """Return a number of a recipe in words: `mass fraction of VGCF in the sample`, `thickness of the electrolyte`."""
    role, _, rest = key.partition(".")
    slug, _, material = rest.partition(".")
    layer = role.replace("_", " ")
    where = f"of {material} in the {layer}" if material else f"of the {layer}"
    return InText(key, f"{quantity_in_text(slug)} {where}" if slug else key)
