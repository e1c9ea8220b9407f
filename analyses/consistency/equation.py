"""A relation between numbers as an equation in words, with its numerical factor."""

import math
from collections.abc import Mapping

from analyses.consistency.relation import power_text, product_text
from analyses.consistency.wording import number_text, unit_of

ROUND_OFF = 1e-9
BASE: Mapping[str, float] = {
    "mg/cm²": 1e-3,
    "%": 1e-2,
    "S/cm": 1e3,
    "Ω": 1e-3,
    "mg": 1e-3,
    "mm": 1e-1,
    "µm": 1e-4,
    "A": 1e3,
}
"""Size of each unit in cm, g, h, V and mA; units not listed are made of these."""
KNOWN = ((math.pi, "π"), (4 / math.pi, "4/π"), (math.pi / 4, "π/4"), (1 / math.pi, "1/π"))


def equation_text(exponents: Mapping[str, int], log_constant: float, subject: str, words: Mapping[str, str]) -> str:
    """Return an equation that is true in any one system of units.

    Parameters
    ----------
    exponents : mapping of str to int
        Exponents of the numbers, whose product times the constant is 1; each in the unit that its name ends with.
    log_constant : float
        Natural logarithm of the constant.
    subject : str
        The number that stands alone.
    words : mapping of str to str
        The numbers in words.

    Returns
    -------
    str
        Such as `area = π/4 × die diameter²`.

    Examples
    --------
    >>> exponents, words = {"area_cm2": -1, "die_diameter_mm": 2}, {"area_cm2": "area", "die_diameter_mm": "diameter"}
    >>> equation_text(exponents, math.log(math.pi / 400), "area_cm2", words)
    'area = π/4 × diameter²'
    """
    power = exponents[subject]
    sign = -1 if power > 0 else 1
    rest = {name: sign * exponent for name, exponent in exponents.items() if name != subject}
    log_sizes = (exponent * math.log(BASE.get(unit_of(name), 1.0)) for name, exponent in exponents.items())
    factor = _factor_text(math.exp(sign * (log_constant - sum(log_sizes))))
    product = product_text(rest, words)
    if factor:
        product = factor + product.removeprefix("1") if product.startswith("1 /") else f"{factor} × {product}"
    return f"{power_text(words.get(subject, subject), abs(power))} = {product}"


def _factor_text(factor: float) -> str:
    if math.isclose(factor, 1, rel_tol=ROUND_OFF):
        return ""
    return next((text for value, text in KNOWN if math.isclose(factor, value, rel_tol=ROUND_OFF)), number_text(factor))
