"""Relations between named numbers, and physical limits on products of them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

Exponents = tuple[tuple[str, int], ...]
"""Names of numbers with their exponents in a product."""


@dataclass(frozen=True)
class Relation:
    """A product of powers of numbers, times a constant, that is 1.

    Parameters
    ----------
    title : str
        What it relates, in a few words.
    exponents : tuple of (str, int)
        Name and exponent of each number, each in the unit its name ends in; none is 0.
    log_constant : float
        Natural logarithm of the constant.
    source : str
        Where it comes from: a definition, or a citation.
    """

    title: str
    exponents: Exponents
    log_constant: float
    source: str


@dataclass(frozen=True)
class Limit:
    """A product of powers of numbers that physics or convention keeps within a range.

    Parameters
    ----------
    name : str
        Unique name, in a few words.
    exponents : tuple of (str, int)
        Name and exponent of each number of the product.
    subject : str
        The number that the limit is about; its exponent is 1.
    lower, upper : float
        Range of the product times `constant`; not negative, and possibly infinite.
    code : str
        Code of the message if the product is outside.
    text : str
        Sentence of that message: a template with `subject`, `ratio`, `limit` and `hint`.
    source : str
        Where the limit comes from.
    log_constant : float, optional
        Natural logarithm of the constant.
    plausible : float, optional
        Smallest likely value of the product; a factor is suggested only if it leads to at least this.
    question : str, optional
        Likely cause, asked if no factor fits.
    compared : str, optional
        What the subject is compared with, in words, where the other numbers of the product do not say it.
    """

    name: str
    exponents: Exponents
    subject: str
    lower: float
    upper: float
    code: str
    text: str
    source: str
    log_constant: float = 0.0
    plausible: float = 0.0
    question: str = ""
    compared: str = ""

    @property
    def as_relation(self) -> Relation:
        """The relation that defines the product, as a number under the name of the limit."""
        return Relation(self.name, (*self.exponents, (self.name, -1)), self.log_constant, self.source)


def equation(title: str, source: str, left: str, factor: float = 1.0, /, **right: int) -> Relation:
    """Return the relation of an equation, left = factor × product of powers.

    Parameters
    ----------
    title, source : str
        As of a relation.
    left : str
        Name of the number on the left.
    factor : float
        Constant on the right; it contains the conversion of units.
    **right : int
        Exponents of the numbers on the right, by name.

    Examples
    --------
    >>> disc = equation("disc", "geometry", "area_cm2", math.pi / 400, diameter_mm=2)
    >>> disc.exponents
    (('area_cm2', 1), ('diameter_mm', -2))
    """
    exponents = ((left, 1), *((name, -power) for name, power in right.items()))
    return Relation(title, exponents, -math.log(factor), source)


def product_text(exponents: Mapping[str, int], words: Mapping[str, str]) -> str:
    """Return a product of powers in words; empty for none.

    Examples
    --------
    >>> product_text({"q": 1, "m": -1, "w": -2}, {"q": "capacity", "m": "mass", "w": "width"})
    'capacity / (mass × width²)'
    """
    above = [power_text(words.get(name, name), power) for name, power in exponents.items() if power > 0]
    below = [power_text(words.get(name, name), -power) for name, power in exponents.items() if power < 0]
    numerator = " × ".join(above) or ("1" if below else "")
    if not below:
        return numerator
    denominator = " × ".join(below)
    return f"{numerator} / ({denominator})" if len(below) > 1 else f"{numerator} / {denominator}"


def power_text(word: str, power: int) -> str:
    """Return a word with its exponent: `width²`."""
    return word if power == 1 else word + str(power).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
