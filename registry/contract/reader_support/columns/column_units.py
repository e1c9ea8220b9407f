"""Units in column headers: their spellings, and the factor of each to the unit of a column."""

import math
import re
import unicodedata

from analyses.coded_text import CodedError, Listed
from registry.contract.dataset_columns import COUNT as NUMBER

PREFIXES = {"": 1.0, "p": 1e-12, "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9}
TIMES = {
    "s": 1.0, "sec": 1.0, "secs": 1.0, "second": 1.0, "seconds": 1.0, "ms": 1e-3,
    "min": 60.0, "mins": 60.0, "minute": 60.0, "minutes": 60.0,
    "h": 3600.0, "hr": 3600.0, "hrs": 3600.0, "hour": 3600.0, "hours": 3600.0,
    "d": 86400.0, "day": 86400.0, "days": 86400.0,
}  # fmt: skip
WORDS = {
    "volt": "V", "volts": "V", "ampere": "A", "amperes": "A", "amp": "A", "amps": "A", "hertz": "Hz",
    "hz": "Hz", "khz": "kHz",
    "deg": "°", "degree": "°", "degrees": "°", "rad": "rad", "radian": "rad", "radians": "rad",
    "ohm": "Ω", "ohms": "Ω", "degc": "°C", "celsius": "°C", "sec": "s", "�c": "°C",
    "psi": "psi", "bar": "bar", "mbar": "mbar", "kpa": "kPa", "newton": "N", "newtons": "N", "kgf": "kgf", "lbf": "lbf",
}  # fmt: skip
PER_SECOND = ("1/s", "s-1", "s−1", "s^-1")
"""Hz of a frequency, rad/s of an angular frequency: the name decides."""
PSI_MPA = 0.006894757293168361
STANDARD_GRAVITY, POUND_FORCE_N = 9.80665, 4.4482216152605
"""Newtons of a kilogram-force and of a pound-force: NIST Special Publication 811, appendix B."""
KILOGRAMS_FORCE, POUNDS_FORCE = ("kgf", "kp", "kg"), ("lbf", "lb", "lbs")
SUGGESTED_PREFIXES = ("m", "µ", "k")
PERCENT = "%"
RADIAN = 180 / math.pi
"""In degrees."""
TIMES_AREA = re.compile(r".?Ω[cmd]?m(\^?2|²)")
TIMES_LENGTH = re.compile(r".?Ω[cmd]?m")


class HeaderError(CodedError, ValueError):
    """A header names a known column, but its unit is missing or does not fit; the text says what to write."""


def _prefixed(base: str) -> dict[str, float]:
    return {prefix + base: factor for prefix, factor in PREFIXES.items()}


def _per(written: tuple[str, str], factors: dict[str, float]) -> dict[str, float]:
    """Return the spellings of a unit per another, as a fraction and with a negative power: mAh/cm2, mAhcm-2."""
    fraction, power = written
    powers = [power, power.replace("-", "−"), re.sub(r"(-\d)$", r"^\1", power)]
    fractions = [fraction, re.sub(r"(\d)$", r"^\1", fraction)]
    spellings = {f"{unit}/{part}": factor for unit, factor in factors.items() for part in fractions}
    return spellings | {f"{unit}{part}": factor for unit, factor in factors.items() for part in powers}


UNITS: dict[str, dict[str, float]] = {
    "s": TIMES,
    "V": _prefixed("V"),
    "A": _prefixed("A"),
    "Ah": _prefixed("Ah"),
    "Wh": _prefixed("Wh"),
    "Ah/g": _per(("g", "g-1"), {"Ah": 1.0, "mAh": 1e-3}) | _per(("kg", "kg-1"), {"Ah": 1e-3}),
    "Ah/cm²": _per(("cm2", "cm-2"), {"Ah": 1.0, "mAh": 1e-3, "uAh": 1e-6}),
    "A/g": _per(("g", "g-1"), {"A": 1.0, "mA": 1e-3, "uA": 1e-6}) | _per(("kg", "kg-1"), {"A": 1e-3}),
    "A/cm²": _per(("cm2", "cm-2"), {"A": 1.0, "mA": 1e-3, "uA": 1e-6}) | _per(("m2", "m-2"), {"A": 1e-4}),
    "Hz": _prefixed("Hz") | dict.fromkeys(PER_SECOND, 1.0),
    "Ω": _prefixed("Ω"),
    "°C": {"°C": 1.0},
    PERCENT: {"%": 1.0, "percent": 1.0, "pct": 1.0},
    "MPa": {
        **{prefix: factor / 1e6 for prefix, factor in _prefixed("Pa").items()},
        "GPa": 1e3,
        "hPa": 1e-4,
        "bar": 0.1,
        "mbar": 1e-4,
        "psi": PSI_MPA,
        "ksi": 1e3 * PSI_MPA,
        "atm": 0.101325,
        **_per(("mm2", "mm-2"), {"N": 1.0}),
        **_per(("cm2", "cm-2"), {"N": 0.01, "kN": 10.0} | dict.fromkeys(KILOGRAMS_FORCE, 0.01 * STANDARD_GRAVITY)),
    },
    "N": _prefixed("N") | dict.fromkeys(KILOGRAMS_FORCE, STANDARD_GRAVITY) | dict.fromkeys(POUNDS_FORCE, POUND_FORCE_N),
    "°": {"°": 1.0, "deg": 1.0, "degree": 1.0, "degrees": 1.0} | dict.fromkeys(("rad", "radian", "radians"), RADIAN),
    "rad/s": {**_per(("s", "s-1"), {"rad": 1.0, "krad": 1e3}), **dict.fromkeys(PER_SECOND, 1.0)},
    "counts": {"counts": 1.0, "count": 1.0, "cts": 1.0},
    "counts/s": {"counts/s": 1.0, "count/s": 1.0, "cts/s": 1.0, "cps": 1.0},
    "Å": {"Å": 1.0, "angstrom": 1.0, "Angstrom": 1.0, "nm": 10.0, "pm": 0.01},
    "Å⁻¹": {"Å−1": 1.0, "Å-1": 1.0, "Å^-1": 1.0, "1/Å": 1.0, "nm−1": 0.1, "nm-1": 0.1, "1/nm": 0.1},
    NUMBER: {NUMBER: 1.0, "": 1.0, "-": 1.0},
}


def without_lookalikes(text: str) -> str:
    """Return a text in its compatible form (NFKC), with single spaces, and the degree sign for the ordinal mark."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text.replace("º", "°"))).strip()


def spelling(unit: str) -> str:
    """Return a unit without spaces and dots, its micro sign as u."""
    return re.sub(r"[\s·⋅*.]", "", unit).replace("μ", "u")


def factor_to(target: str, unit: str) -> float | None:
    """Return the factor from a unit to that of a column, None if the unit is not one of its kind.

    Examples
    --------
    >>> factor_to("Ω", "kOhm"), factor_to("Hz", "V")
    (1000.0, None)
    """
    return UNITS[target].get(_symbol(unit, target))


def _symbol(unit: str, target: str) -> str:
    """Return a unit as `UNITS` spells it: words as symbols, K for kilo as k."""
    written = spelling(unit)
    symbol = WORDS.get(written.casefold()) or re.sub(r"[Oo]hms?|OHMS?", "Ω", written)
    return "k" + symbol[1:] if symbol[:1] == "K" and "k" + symbol[1:] in UNITS[target] else symbol


def unit_error(text: str, canonical: str, target: str, unit: str) -> HeaderError:
    """Return why a unit does not fit the column; `text` is the header."""
    symbol = _symbol(unit, target)
    if not symbol:
        return HeaderError(
            "missing-unit",
            "has no unit: write ‘{column}’ or add ‘/ {unit}’, for example",
            column=canonical,
            unit=target,
        )
    if target == "Ω" and TIMES_AREA.fullmatch(symbol):
        return HeaderError(
            "impedance-times-area",
            "has the unit ‘{unit}’, an impedance times an area: divide the numbers by the area of the electrode and "
            "write ‘Ω’, so that the area of the record applies",
            header=text,
            unit=unit,
        )
    if target == "Ω" and TIMES_LENGTH.fullmatch(symbol):
        return HeaderError(
            "impedance-times-length",
            "has the unit ‘{unit}’, a resistivity: multiply the numbers by thickness over area of the sample and write "
            "‘Ω’, so that the thickness and area of the record apply",
            header=text,
            unit=unit,
        )
    others = [base for base, spellings in UNITS.items() if symbol in spellings]
    suggested = Listed(_suggested_units(target))
    if others:
        return HeaderError(
            "unit-of-another-kind",
            "has the unit ‘{unit}’, {kind}: {column} needs {suggested}",
            unit=unit,
            kind=others[0],
            column=canonical,
            suggested=suggested,
        )
    return HeaderError(
        "unknown-unit",
        "has the unit ‘{unit}’: {column} needs {suggested}",
        unit=unit,
        column=canonical,
        suggested=suggested,
    )


def _suggested_units(target: str) -> tuple[str, ...]:
    if target == "s":
        return ("s", "min", "h")
    if target == "°":
        return ("°", "rad")
    prefixed = (prefix + target for prefix in SUGGESTED_PREFIXES)
    return (target, *(unit for unit in prefixed if unit.replace("µ", "u") in UNITS[target]))
