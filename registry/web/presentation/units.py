"""Units of entered values: split from the number, and moved to the column header where they agree."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from registry.numbers.formatting import convert_digits, to_typographic
from registry.numbers.unit_labels import is_known, typeset_unit
from registry.numbers.units import UnitError

_VALUE = re.compile(
    r"(?P<number>.*?[\d)⁰¹²³⁴⁵⁶⁷⁸⁹])\s*(?P<unit>(?:[^\W\d_⁰¹²³⁴⁵⁶⁷⁸⁹]|[%°])(?:[^()]|(?<=[/^√])\([^()]*\))*?)\s*(?P<note>\([^()]*\))?"
)
_NUMBER = re.compile(r"[\d.,×^±()\[\]≥≤~<>+−⁻⁰¹²³⁴⁵⁶⁷⁸⁹\s-]+")
_PLAIN_NUMBER = re.compile(r"(?P<sign>[≥≤~<>]?\s*)(?P<digits>[−-]?\d+(?:\.\d+)?)")
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
    match = _match(text, unit_label)
    if not match:
        return text, ""
    return f"{match['number']} {match['note'] or ''}".strip(), match["unit"]


def typeset_units(text: str) -> str:
    """A value with its unit as pages print it: `5 um (exact)` as 5 µm (exact)."""
    match = _match(text)
    return f"{text[: match.start('unit')]}{typeset_unit(match['unit'])}{text[match.end('unit') :]}" if match else text


def _match(text: str, unit_label: str = "") -> re.Match[str] | None:
    match = _VALUE.fullmatch(text)
    if not match or not _NUMBER.fullmatch(match["number"]):
        return None
    return match if match["unit"] == unit_label or is_known(match["unit"]) else None


def format_header(title: str, unit: str) -> str:
    """A column header with its unit: Density / (g/cm³)."""
    if not unit:
        return title
    unit = f"({unit})" if "/" in unit else unit
    return f"{title} /{_NO_BREAK}{unit.replace(' ', _NO_BREAK)}"


def build_unit_column(title: str, texts: Sequence[str]) -> UnitColumn:
    """A column in the unit of most values, with the digits as entered; all keep theirs if one cannot be converted.

    Of several units, one is preferred in which no number needs a power of ten.
    """
    parts = [split_unit(text) for text in texts]
    counts = Counter(typeset_unit(unit) for text, (_, unit) in zip(texts, parts, strict=True) if text)
    columns: list[UnitColumn] = []
    for unit, _ in counts.most_common():
        numbers = [_in_unit(number, source, unit) if source else number for number, source in parts]
        if "" not in counts and None not in numbers:
            columns.append(UnitColumn(format_header(title, unit), tuple(number or "" for number in numbers)))
    if not columns:
        return UnitColumn(title, tuple(typeset_units(text) for text in texts))
    return next((column for column in columns if not any("×10" in cell for cell in column.cells)), columns[0])


def _in_unit(number: str, source: str, target: str) -> str | None:
    """A number in another unit; None if it cannot be converted."""
    if typeset_unit(source) == target:
        return number
    match = _PLAIN_NUMBER.fullmatch(number)
    try:
        digits = convert_digits(match["digits"].replace("−", "-"), source, target) if match else ""
    except UnitError:
        return None
    return f"{match['sign']}{to_typographic(digits)}" if match and digits else None
