"""Units of entered values: split from the number, and moved to the column header where they agree."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from registry.numbers.known_units import KNOWN_FACTORS

_VALUE = re.compile(
    r"(?P<number>.*?[\d)⁰¹²³⁴⁵⁶⁷⁸⁹])\s*(?P<unit>(?:[^\W\d_⁰¹²³⁴⁵⁶⁷⁸⁹]|[%°])(?:[^()]|(?<=[/^√])\([^()]*\))*?)\s*(?P<note>\([^()]*\))?"
)
_NUMBER = re.compile(r"[\d.,×^±()\[\]≥≤~<>+−⁻⁰¹²³⁴⁵⁶⁷⁸⁹\s-]+")
_KNOWN_UNITS = {"%", "wt%", "wt.%", "vol%"}.union(*KNOWN_FACTORS.values())
_NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class UnitColumn:
    """A column of entered values; the header has their unit if it is the same for all."""

    header: str
    cells: tuple[str, ...]


def split_unit(text: str, unit_label: str = "") -> tuple[str, str]:
    """A value without its unit, and the unit: `50 µm (exact)` as `50 (exact)` and `µm`.

    A unit that is neither known nor the given label stays with the value.
    """
    match = _VALUE.fullmatch(text.strip())
    if not match or not _NUMBER.fullmatch(match["number"]) or match["unit"] not in {*_KNOWN_UNITS, unit_label}:
        return text, ""
    return f"{match['number']} {match['note'] or ''}".strip(), match["unit"]


def format_header(title: str, unit: str) -> str:
    """A column header with its unit: Density / (g/cm³)."""
    if not unit:
        return title
    unit = f"({unit})" if "/" in unit else unit
    return f"{title} /{_NO_BREAK}{unit.replace(' ', _NO_BREAK)}"


def build_unit_column(title: str, texts: Sequence[str]) -> UnitColumn:
    """A column whose values keep their units only if these differ."""
    parts = [split_unit(text) for text in texts]
    units = {unit for text, (_, unit) in zip(texts, parts, strict=True) if text}
    if len(units) != 1:
        return UnitColumn(title, tuple(texts))
    return UnitColumn(format_header(title, units.pop()), tuple(number for number, _ in parts))
