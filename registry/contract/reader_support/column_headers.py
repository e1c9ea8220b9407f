"""Column headers of text tables: which canonical column a header names, and the factor of its unit."""

import re
import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import CodedError, Listed
from registry.contract.dataset_columns import COUNT as NUMBER
from registry.contract.dataset_columns import DATASET_COLUMNS
from registry.contract.declared_columns import declared_columns

Array = NDArray[np.float64]

PREFIXES = {"": 1.0, "p": 1e-12, "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6}
TIMES = {
    "s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0, "ms": 1e-3,
    "min": 60.0, "minute": 60.0, "minutes": 60.0,
    "h": 3600.0, "hr": 3600.0, "hour": 3600.0, "hours": 3600.0,
    "d": 86400.0, "day": 86400.0, "days": 86400.0,
}  # fmt: skip
WORDS = {
    "volt": "V", "volts": "V", "ampere": "A", "amperes": "A", "amp": "A", "amps": "A", "hertz": "Hz",
    "ohm": "Ω", "ohms": "Ω", "degc": "°C", "celsius": "°C", "sec": "s", "�c": "°C",
}  # fmt: skip
CLOCK = re.compile(r"clock|h{1,2}:m(m|in)?:s{1,2}(\.[0sf]+)?")
"""Words for hours:minutes:seconds, with or without days, instead of a unit: ‘Test time / clock’, ‘Time (hh:mm:ss)’."""
CLOCK_COLUMNS = ("test_time_second", "step_time_second")
PERCENT = "%"
MINUS = "-−–"
SIGNED = (
    "imaginary_impedance_ohm",
    "current_ampere",
    "specific_current_ampere_per_gram",
    "current_density_ampere_per_square_centimetre",
)
"""Columns whose sign a minus before the name turns."""
SUGGESTED_PREFIXES = ("m", "µ", "k")


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
    "Hz": _prefixed("Hz"),
    "Ω": _prefixed("Ω"),
    "°C": {"°C": 1.0},
    PERCENT: {"%": 1.0, "percent": 1.0, "pct": 1.0},
    "MPa": {**{prefix: factor / 1e6 for prefix, factor in _prefixed("Pa").items()}, "GPa": 1e3, "bar": 0.1},
    "N": _prefixed("N"),
    "°": {"°": 1.0, "deg": 1.0, "degree": 1.0, "degrees": 1.0},
    "counts": {"counts": 1.0, "count": 1.0, "cts": 1.0},
    "counts/s": {"counts/s": 1.0, "count/s": 1.0, "cts/s": 1.0, "cps": 1.0},
    "Å": {"Å": 1.0, "angstrom": 1.0, "Angstrom": 1.0, "nm": 10.0, "pm": 0.01},
    "Å⁻¹": {"Å−1": 1.0, "Å-1": 1.0, "Å^-1": 1.0, "1/Å": 1.0, "nm−1": 0.1, "nm-1": 0.1, "1/nm": 0.1},
    NUMBER: {NUMBER: 1.0, "": 1.0, "-": 1.0},
}
COLUMNS: dict[str, tuple[str, tuple[str, ...]]] = {
    name: (column.unit, column.plain_names) for name, column in DATASET_COLUMNS.items()
}
"""Canonical name with its unit and the other names a header may have."""

PER_UNIT = {
    "Ah/g": {
        "discharging_capacity_ah": "cycle_discharging_specific_capacity_ah_per_gram",
        "cycle_discharging_capacity_ah": "cycle_discharging_specific_capacity_ah_per_gram",
        "charging_capacity_ah": "cycle_charging_specific_capacity_ah_per_gram",
        "cycle_charging_capacity_ah": "cycle_charging_specific_capacity_ah_per_gram",
    },
    "Ah/cm²": {
        "discharging_capacity_ah": "cycle_discharging_areal_capacity_ah_per_square_centimetre",
        "cycle_discharging_capacity_ah": "cycle_discharging_areal_capacity_ah_per_square_centimetre",
        "charging_capacity_ah": "cycle_charging_areal_capacity_ah_per_square_centimetre",
        "cycle_charging_capacity_ah": "cycle_charging_areal_capacity_ah_per_square_centimetre",
    },
    "A/g": {
        "current_ampere": "specific_current_ampere_per_gram",
        "current_density_ampere_per_square_centimetre": "specific_current_ampere_per_gram",
    },
    "A/cm²": {"current_ampere": "current_density_ampere_per_square_centimetre"},
}
"""The column that a name means with a unit per mass or area: ‘Discharge capacity (mAh/g)’."""
CAPACITY = "capacity"
"""A name that means the discharge capacity of a cycle if its unit is per mass or area, and nothing known otherwise."""

_KNOWN = {name: canonical for canonical, (_, names) in COLUMNS.items() for name in names}
_MACHINE = {canonical.replace("_", " "): canonical for canonical in COLUMNS}
_SLASH = re.compile(r"(?P<name>.*?)\s*/\s*(?P<unit>.*)", re.DOTALL)
_BRACKETS = re.compile(r"(?P<name>.*?)\s*(?:\((?P<round>[^()]*)\)|\[(?P<square>[^\[\]]*)\])", re.DOTALL)


class HeaderError(CodedError, ValueError):
    """A header names a known column, but its unit is missing or does not fit; the text says what to write."""


@dataclass(frozen=True)
class KnownColumn:
    """A column of the table, under its canonical name."""

    canonical: str
    factor: float
    """Factor from the number in the table to the canonical unit (and sign)."""
    written_unit: str
    is_machine_name: bool = False
    """True if the header is the canonical name itself, which ends in its unit."""
    is_clock: bool = False
    """True if the cells are clock times, hours:minutes:seconds, instead of numbers."""

    def converted(self, numbers: Array) -> Array:
        """Return the numbers in the canonical unit; dividing by 1000 rounds better than multiplying by 0.001."""
        if self.factor == 1:
            return numbers
        return numbers * self.factor if abs(self.factor) >= 1 else numbers / round(1 / self.factor)


def parse_header(text: str) -> KnownColumn | None:
    """Return the column that a header names, None if it is not a known one."""
    label = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()
    canonical, sign = _column(label)
    if canonical:
        unit = _unit_of(canonical)
        is_machine_name = bool(_machine_name(label.lstrip(MINUS)))
        if is_machine_name or unit == NUMBER:
            return KnownColumn(canonical, sign, unit, is_machine_name)
        if unit == PERCENT:
            # A share without a unit may be of one or of a hundred; it is not needed, and left out.
            return None
        raise HeaderError(
            "missing-unit", "has no unit: write ‘{header} / {unit}’, for example", header=text.strip(), unit=unit
        )
    for pattern in (_SLASH, _BRACKETS):
        match = pattern.fullmatch(label)
        if match is None:
            continue
        groups = match.groupdict()
        unit = groups.get("unit") or groups.get("round") or groups.get("square") or ""
        canonical, sign = _column(match["name"])
        canonical = _per_unit(match["name"], canonical, unit)
        if canonical in CLOCK_COLUMNS and CLOCK.fullmatch(re.sub(r"\s", "", unit.casefold())):
            return KnownColumn(canonical, sign, unit, is_clock=True)
        if canonical:
            return KnownColumn(canonical, sign * unit_factor(text.strip(), canonical, unit), unit)
    return _with_unit_after_underscore(label)


def _with_unit_after_underscore(label: str) -> KnownColumn | None:
    """Return the column of a header such as ‘test_time_s’ or ‘current_mA’, None unless name and unit are known."""
    name, _, unit = label.rpartition("_")
    canonical, sign = _column(name)
    if canonical not in COLUMNS or COLUMNS[canonical][0] == NUMBER:
        return None
    factor = UNITS[COLUMNS[canonical][0]].get(_spelling(unit))
    return KnownColumn(canonical, sign * factor, unit) if factor is not None else None


def names_known_column(text: str) -> bool:
    """Return True if a header names a known column, whether or not its unit can be read."""
    try:
        return parse_header(text) is not None
    except HeaderError:
        return True


def _column(name: str) -> tuple[str, float]:
    """Return the canonical name and the sign, '' if unknown: ‘-Z''’ is minus the imaginary impedance, and ‘-Current’ a
    current whose sign is to be turned."""
    plain = name.casefold().replace("′", "'").replace('"', "''").strip()
    canonical = _machine_name(plain) or _KNOWN.get(plain.replace("_", " "), "")
    if canonical:
        return canonical, 1.0
    opposite = ""
    if plain[:1] in MINUS:
        named = plain[1:].strip()
        opposite = _machine_name(named) or _KNOWN.get(named.replace("_", " "), "")
    return (opposite, -1.0) if opposite in SIGNED else ("", 1.0)


def _per_unit(name: str, canonical: str, unit: str) -> str:
    """Return the column per mass or area if the unit is one, else the one that the name means."""
    spelling = _spelling(unit)
    columns = next((PER_UNIT[target] for target in PER_UNIT if spelling in UNITS[target]), {})
    if name.casefold().strip() == CAPACITY:
        return columns.get("discharging_capacity_ah", "")
    return columns.get(canonical, canonical)


def _spelling(unit: str) -> str:
    """Return a unit without spaces and dots, its micro sign as u."""
    return re.sub(r"[\s·*.]", "", unit).replace("μ", "u")


def _machine_name(name: str) -> str:
    words = name.casefold().replace("_", " ").strip()
    return _MACHINE.get(words) or next(
        (declared for declared in declared_columns() if declared.casefold().replace("_", " ") == words), ""
    )


def _unit_of(canonical: str) -> str:
    """Return the unit of a column: of a canonical one as displayed, of one that a technique declares in words."""
    return COLUMNS[canonical][0] if canonical in COLUMNS else declared_columns()[canonical]


def unit_factor(text: str, canonical: str, unit: str) -> float:
    """Return the factor from this unit to that of the column; `text` is the header, for the error."""
    if canonical not in COLUMNS:
        raise HeaderError(
            "unit-after-declared-name",
            "names a unit after {column}, which ends in its own: write ‘{column}’ alone, in that unit",
            column=canonical,
            unit=unit,
        )
    target = COLUMNS[canonical][0]
    spelling = _spelling(unit)
    spelling = WORDS.get(spelling.casefold()) or spelling.replace("Ohm", "Ω").replace("ohm", "Ω")
    factor = UNITS[target].get(spelling)
    if factor is not None:
        return factor
    if not spelling:
        raise HeaderError(
            "missing-unit",
            "has no unit: write ‘{column}’ or add ‘/ {unit}’, for example",
            column=canonical,
            unit=target,
        )
    others = [base for base, spellings in UNITS.items() if spelling in spellings]
    suggested = Listed(_suggested_units(target))
    if others:
        raise HeaderError(
            "unit-of-another-kind",
            "has the unit ‘{unit}’, a unit of another kind ({kind}): {column} takes {suggested}",
            unit=unit,
            kind=others[0],
            column=canonical,
            suggested=suggested,
        )
    raise HeaderError(
        "unknown-unit",
        "has the unit ‘{unit}’: {column} takes {suggested}",
        unit=unit,
        column=canonical,
        suggested=suggested,
    )


def _suggested_units(target: str) -> tuple[str, ...]:
    if target == "s":
        return ("s", "min", "h")
    prefixed = (prefix + target for prefix in SUGGESTED_PREFIXES)
    return (target, *(unit for unit in prefixed if unit.replace("µ", "u") in UNITS[target]))
