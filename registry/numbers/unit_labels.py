"""Units as pages print them, however they were typed: `mg/cm2` as mg cm⁻², `um` as µm."""

import re
from functools import lru_cache

from registry.numbers.known_units import KNOWN_FACTORS
from registry.numbers.units import is_unit, normalise

_RAISE = str.maketrans("0123456789-.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻·")
_FACTOR = re.compile(r"([A-Za-zÅ]+)(?:\^(-?[0-9]+(?:\.[0-9]+)?))?")
_SYMBOLS = {"ohm": "Ω", "degC": "°C", "degF": "°F", "percent": "%", "delta_degC": "°C"}
_MICRO = re.compile(r"^u(?=(?:m|mol|Hz|Pa|[AVWSFgslLJN])$)")
_KILO_OHM = re.compile(r"^([mkMG])ohm$")
_HOURS = re.compile(r"(?<![A-Za-z])([mkM]?[AW]) h(?= |$)")
_COUNTED = ("cycle", "cycles")
_KNOWN_UNITS = frozenset({"%", "wt%", "wt.%", "vol%"}.union(*KNOWN_FACTORS.values()))


@lru_cache(maxsize=1024)
def is_known(unit: str) -> bool:
    """Whether a text is a unit; frequent ones do not load pint. `min at RT` is none, though `at` is a pressure."""
    has_words = any(part.isalpha() for part in unit.split()[1:])
    return unit in _KNOWN_UNITS or (not has_words and is_unit(unit))


@lru_cache(maxsize=1024)
def typeset_unit(unit: str) -> str:
    """Return a unit with negative powers instead of fractions; the text itself if it is not a product of units."""
    if unit in ("c_rate", "wt%", "wt.%", "vol%") or "(" in unit or "√" in unit:
        return "C" if unit == "c_rate" else unit
    above, *below = normalise(unit).split("/")
    if below == [*_COUNTED[:1]] or below == [*_COUNTED[1:]]:
        return f"{typeset_unit(above)} per cycle"
    factors = [*_factors(above, 1)] if above != "1" else []
    for part in below:
        # `mg/cm^2*h` is ambiguous, and not read as a unit anywhere.
        if "*" in part:
            return unit
        factors += _factors(part, -1)
    if not factors or None in factors:
        return unit
    return _HOURS.sub(r"\1h", " ".join(factor for factor in factors if factor))


def _factors(product: str, sign: int) -> list[str | None]:
    return [_factor(text, sign) for text in product.split("*")]


def _factor(text: str, sign: int) -> str | None:
    match = _FACTOR.fullmatch(text)
    if match is None:
        return None
    power = match[2] or "1"
    power = power if sign > 0 else power.removeprefix("-") if power.startswith("-") else f"-{power}"
    name = _KILO_OHM.sub(r"\1Ω", _MICRO.sub("µ", match[1]))
    return _SYMBOLS.get(name, name) + ("" if power == "1" else power.translate(_RAISE))
