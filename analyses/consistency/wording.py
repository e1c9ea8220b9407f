"""Numbers and their units as a sentence has them."""

import math
from collections.abc import Mapping

UNITS: Mapping[str, str] = {
    "_mah_cm2": "mAh/cm²",
    "_ma_cm2": "mA/cm²",
    "_mg_cm2": "mg/cm²",
    "_g_cm3": "g/cm³",
    "_mah_g": "mAh/g",
    "_wh_kg": "Wh/kg",
    "_percent": "%",
    "_s_cm": "S/cm",
    "c_rate": "C",
    "_cm2": "cm²",
    "_mah": "mAh",
    "_mwh": "mWh",
    "_ohm": "Ω",
    "_mg": "mg",
    "_mm": "mm",
    "_um": "µm",
    "_a": "A",
    "_v": "V",
}
"""Unit by the end of a name, longer ends first."""


def unit_of(name: str) -> str:
    """Return the unit of a number by the end of its name; empty without one.

    Examples
    --------
    >>> unit_of("areal_capacity_mah_cm2"), unit_of("np_ratio")
    ('mAh/cm²', '')
    """
    return next((unit for end, unit in UNITS.items() if name.endswith(end)), "")


def number_text(number: float) -> str:
    """Return a number with up to four digits, as a paper prints it.

    Examples
    --------
    >>> number_text(2.7314e5), number_text(0.001), number_text(42.0), number_text(993.2)
    ('2.73×10⁵', '10⁻³', '42', '993.2')
    """
    if not number or 1e-2 <= abs(number) < 1e5:
        return f"{number:.4g}"
    exponent = math.floor(math.log10(abs(number)))
    digits = f"{number / 10.0**exponent:.3g}"
    if digits.lstrip("-") == "10":
        digits, exponent = digits.replace("10", "1"), exponent + 1
    power = "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return power if digits == "1" else f"{digits}×{power}"
