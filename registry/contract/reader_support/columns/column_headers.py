"""Column headers of text tables: which canonical column a header names, and the factor of its unit."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from registry.contract.dataset_columns import COUNT as NUMBER
from registry.contract.dataset_columns import DATASET_COLUMNS
from registry.contract.declared_columns import declared_columns
from registry.contract.reader_support.columns.column_synonyms import SYNONYMS, WITH_UNIT
from registry.contract.reader_support.columns.column_units import (
    PER_SECOND,
    PERCENT,
    UNITS,
    HeaderError,
    factor_to,
    spelling,
    unit_error,
    without_lookalikes,
)
from registry.contract.reader_support.columns.impedance_columns import ANGULAR_FREQUENCY, CONVERTED_COLUMNS, MODULUS

Array = NDArray[np.float64]

CLOCK = re.compile(r"clock|h{1,2}:m(m|in)?:s{1,2}(\.[0sf]+)?")
"""Words for hours:minutes:seconds, with or without days, instead of a unit: ‘Test time / clock’, ‘Time (hh:mm:ss)’."""
CLOCK_COLUMNS = ("test_time_second", "step_time_second")
MINUS = "-−–"
UNSIGNED = (NUMBER, "s", "Hz", "rad/s")
"""Units of columns that no minus turns."""


COLUMNS: dict[str, tuple[str, tuple[str, ...]]] = {
    name: (column.unit, column.plain_names) for name, column in {**DATASET_COLUMNS, **CONVERTED_COLUMNS}.items()
}
"""Name with its unit and the other names a header may have: canonical columns, and those that readers convert."""

OF_ZPLOT = {"z'(a)": "real_impedance_ohm", "z''(b)": "imaginary_impedance_ohm"}
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
    "rad/s": {"frequency_hertz": ANGULAR_FREQUENCY},
}
"""The column that a name means with a unit per mass or area, ‘Discharge capacity (mAh/g)’, or per second."""
CAPACITY = "capacity"
"""A name that means the discharge capacity of a cycle if its unit is per mass or area, and nothing known otherwise."""

_KNOWN = {name: canonical for canonical, (_, names) in COLUMNS.items() for name in names}
_SYNONYMS = _KNOWN | {name: canonical for canonical, names in SYNONYMS.items() for name in names}
_MACHINE = {canonical.replace("_", " "): canonical for canonical in COLUMNS}
_SLASH = re.compile(r"(?P<name>.*?)\s*/\s*(?P<unit>.*)", re.DOTALL)
_LOGARITHM = re.compile(r"(?:log(?:10)?|lg)\s*(?:\((?P<within>.*)\)|(?P<after>[^\w(].*|\s\w.*))", re.DOTALL | re.I)
"""‘log(freq/Hz)’, ‘log |Z| / Ohm’, ‘log10 f (Hz)’: the decimal logarithm of a number in a unit."""
OF_LOGARITHMS = ("frequency_hertz", ANGULAR_FREQUENCY, MODULUS)
"""Columns that programs write as logarithms, for a Bode plot."""
_BRACKETS = re.compile(r"(?P<name>.*?)\s*(?:\((?P<round>[^()]*)\)|\[(?P<square>[^\[\]]*)\])", re.DOTALL)


@dataclass(frozen=True)
class KnownColumn:
    """A column of the table, under its canonical name."""

    canonical: str
    factor: float
    """Factor from the number in the table to the canonical unit (and sign)."""
    written_unit: str
    is_machine_name: bool = False
    """True if the header is the canonical name itself, which ends in its unit."""
    is_synonym: bool = False
    """True if the name is one of `SYNONYMS`; a column under its plain name goes before it."""
    is_unit_assumed: bool = False
    """True if the header has no unit, but the program that writes it always uses the same."""
    is_clock: bool = False
    """True if the cells are clock times, hours:minutes:seconds, instead of numbers."""
    is_stamp: bool = False
    """True if the cells are dates with times, from the first of which the time is counted."""
    is_logarithm: bool = False
    """True if the cells are decimal logarithms of the numbers in the unit."""

    def converted(self, numbers: Array) -> Array:
        """Return the numbers in the canonical unit; dividing by 1000 rounds better than multiplying by 0.001."""
        if self.is_logarithm:
            numbers = np.power(10.0, numbers)
        if self.factor == 1:
            return numbers
        divisor = round(1 / self.factor)
        is_whole = math.isclose(divisor * self.factor, 1.0)
        return numbers / divisor if is_whole and abs(self.factor) < 1 else numbers * self.factor


def parse_header(text: str) -> KnownColumn | None:
    """Return the column that a header names, None if it is not a known one.

    A name of `SYNONYMS` is known only with a unit that fits; see `synonym_error`.
    """
    label = _label(text)
    if head := _of_zplot(label) or _of_logarithm(label):
        return head
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
    return _with_unit_after_underscore(label) or _by_synonym(label)


def named_column(text: str) -> str:
    """Return the column that a header names, whether or not its unit can be read; '' if none."""
    label = _label(text)
    names = [label, *(_per_unit(name, _column(name)[0], unit) for name, unit in _names_and_units(label))]
    return next((canonical for name in names if (canonical := _column(name)[0])), "")


def column_named(text: str) -> str:
    """Return the column that a header means by its plain name or a synonym, whatever follows it; '' if none.

    Examples
    --------
    >>> column_named("Zreal"), column_named("Voltage, V"), column_named("colour")
    ('real_impedance_ohm', 'voltage_volt', '')
    """
    label = _label(text)
    first = re.split(r"[\s,;_/(\[]", label.lstrip(MINUS), maxsplit=1)[0]
    return next(
        (
            canonical
            for name in (label, *(name for name, _ in _names_and_units(label)), first)
            if (canonical := _synonym(name)[0])
        ),
        "",
    )


def has_other_unit(text: str, target: str = "") -> bool:
    """Return True for a header with a unit that is not one of the column it names, or of the unit `target`.

    Examples
    --------
    >>> has_other_unit("Real part (Ω cm²)"), has_other_unit("Real part (kΩ)"), has_other_unit("Real part")
    (True, False, False)
    """
    for name, unit in _names_in_brackets(_label(text)):
        kind = target or COLUMNS.get(_synonym(name)[0], ("",))[0]
        canonical = _per_unit(name, _synonym(name)[0], unit)
        if not kind or not unit or CLOCK.fullmatch(re.sub(r"\s", "", unit.casefold())):
            continue
        if factor_to(kind, unit) is None and factor_to(COLUMNS.get(canonical, (kind,))[0], unit) is None:
            return True
    return False


def synonym_error(text: str) -> HeaderError | None:
    """Return why a header with a name of `SYNONYMS` is not read: its unit is missing or does not fit; None if it has
    no such name."""
    label = _label(text)
    for name, unit in [(label, ""), *_names_and_units(label)]:
        canonical, _ = _synonym(name)
        if canonical:
            target = COLUMNS[canonical][0]
            return unit_error(text.strip(), canonical, target, unit) if factor_to(target, unit) is None else None
    return None


def _label(text: str) -> str:
    """Return a header with |Z| as such: EC-Lab writes ‘/Z//Ohm’."""
    return re.sub(r"^/Z/", "|Z|", without_lookalikes(text))


def _names_and_units(label: str) -> Iterator[tuple[str, str]]:
    """Yield name and unit of a header: ‘f/Hz’, ‘f (Hz)’, ‘f [Hz]’, ‘f_Hz’."""
    yield from _names_in_brackets(label)
    name, underscore, unit = label.rpartition("_")
    if underscore:
        yield name, unit


def _names_in_brackets(label: str) -> Iterator[tuple[str, str]]:
    """Yield name and unit of a header with a slash or brackets."""
    for pattern in (_SLASH, _BRACKETS):
        if match := pattern.fullmatch(label):
            groups = match.groupdict()
            yield match["name"], groups.get("unit") or groups.get("round") or groups.get("square") or ""


def _by_synonym(label: str) -> KnownColumn | None:
    """Return the column of a header such as ‘f / Hz’ or ‘Zyklus’, None unless name and unit are known and fit."""
    canonical, sign = _synonym(label)
    if canonical and COLUMNS[canonical][0] == NUMBER:
        return KnownColumn(canonical, sign, NUMBER, is_synonym=True)
    for name, unit in _names_and_units(label):
        canonical, sign = _synonym(name)
        if canonical in CLOCK_COLUMNS and CLOCK.fullmatch(re.sub(r"\s", "", unit.casefold())):
            return KnownColumn(canonical, sign, unit, is_synonym=True, is_clock=True)
        factor = factor_to(COLUMNS[canonical][0], unit) if canonical else None
        if factor is None:
            canonical, factor = _with_unit(name, unit)
        if factor is not None and COLUMNS[canonical][0] != NUMBER:
            return KnownColumn(canonical, sign * factor, unit, is_synonym=True)
    return None


def _with_unit(name: str, unit: str) -> tuple[str, float | None]:
    """Return the column that a name means with this unit, and its factor; '' and None if it means no other."""
    for (written, target), canonical in WITH_UNIT.items():
        if written == _plain_name(name) and (factor := factor_to(target, unit)) is not None:
            return canonical, factor
    return "", None


def _of_zplot(label: str) -> KnownColumn | None:
    """Return the part of the impedance that ZPlot heads ‘Z'(a)’ or ‘Z''(b)’, always in ohm."""
    canonical = OF_ZPLOT.get(_plain_name(label).replace(" ", ""))
    return KnownColumn(canonical, 1.0, "Ω", is_synonym=True, is_unit_assumed=True) if canonical else None


def _of_logarithm(label: str) -> KnownColumn | None:
    """Return the column of which a header names the decimal logarithm: ‘log(freq/Hz)’."""
    match = _LOGARITHM.fullmatch(label)
    written = (match["within"] or match["after"] or "").strip() if match else ""
    canonical = column_named(written)
    if canonical not in OF_LOGARITHMS or _LOGARITHM.fullmatch(written):
        return None
    try:
        head = parse_header(written)
    except HeaderError:
        head = None
    if head is None or head.is_machine_name or head.factor <= 0:
        unit = COLUMNS[canonical][0]
        raise HeaderError(
            "missing-unit",
            "is the logarithm of a number without a unit: write ‘log({header} / {unit})’",
            header=written,
            unit=unit,
        )
    return replace(head, is_logarithm=True)


def _with_unit_after_underscore(label: str) -> KnownColumn | None:
    """Return the column of a header such as ‘test_time_s’ or ‘current_mA’, None unless name and unit are known."""
    name, _, unit = label.rpartition("_")
    canonical, sign = _column(name)
    if canonical not in COLUMNS or COLUMNS[canonical][0] == NUMBER:
        return None
    factor = factor_to(COLUMNS[canonical][0], unit)
    return KnownColumn(canonical, sign * factor, unit) if factor is not None else None


def names_known_column(text: str) -> bool:
    """Return True if a header names a known column, whether or not its unit can be read."""
    try:
        return parse_header(text) is not None
    except HeaderError:
        return True


def _column(name: str, names: Mapping[str, str] | None = None) -> tuple[str, float]:
    """Return the canonical name and the sign, '' if unknown: ‘-Z''’ is minus the imaginary impedance, and ‘-Current’ a
    current whose sign is to be turned."""
    known = _KNOWN if names is None else names
    plain = _plain_name(name)
    for written, sign in ((plain, 1.0), (plain[1:].strip() if plain[:1] in MINUS else "", -1.0)):
        canonical = _machine_name(written) or known.get(written.replace("_", " "), "")
        if canonical and (sign > 0 or _unit_of(canonical) not in UNSIGNED):
            return canonical, sign
    return "", 1.0


def _synonym(name: str) -> tuple[str, float]:
    """Return the column of `COLUMNS` and the sign that a plain name or a synonym means, '' if unknown."""
    canonical, sign = _column(name, _SYNONYMS)
    return (canonical, sign) if canonical in COLUMNS else ("", 1.0)


def _plain_name(name: str) -> str:
    """Return a name in lower case, with its primes as apostrophes."""
    return re.sub("[′’`´]", "'", name.casefold()).replace('"', "''").strip()


def _per_unit(name: str, canonical: str, unit: str) -> str:
    """Return the column per mass or area if the unit is one, else the one that the name means."""
    written = spelling(unit)
    columns = next((PER_UNIT[target] for target in PER_UNIT if written in UNITS[target]), {})
    if written in PER_SECOND:
        columns = {}
    if name.casefold().strip() == CAPACITY:
        return columns.get("discharging_capacity_ah", "")
    return columns.get(canonical, canonical)


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
            "has a unit after {column}, a name that already ends in a unit: write ‘{column}’ alone, in that unit",
            column=canonical,
            unit=unit,
        )
    target = COLUMNS[canonical][0]
    factor = factor_to(target, unit)
    if factor is None:
        raise unit_error(text, canonical, target, unit)
    return factor
