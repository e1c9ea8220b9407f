"""Area and thickness that a file states in its header: offered and compared, never used."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analyses.uncertainty import Estimate
from registry.contract.input_dataset import Header
from registry.contract.inputs import Inputs
from registry.contract.outcome import Message
from registry.contract.vocabulary import PARTS

AREA, THICKNESS = "area_cm2", "thickness_um"
WORDS: Mapping[str, str] = {AREA: "area", THICKNESS: "thickness"}
SETTINGS = "settings"
"""Entry of a header whose lines are entries themselves, `Electrode surface area : 0.785 cm²`."""
PLACEHOLDERS: Mapping[str, tuple[float, ...]] = {AREA: (0.0, 0.001, 1.0), THICKNESS: (0.0, 0.001, 1.0)}
"""Numbers as written that instruments enter themselves."""
DIFFERENT = 0.01
"""Relative difference to the interval of the record from which the two differ."""
_NAMES = (
    (AREA, re.compile(r"(?!.*normali[sz]e).*\barea\b.*", re.IGNORECASE)),
    (THICKNESS, re.compile(r".*\bthickness\b.*", re.IGNORECASE)),
    (AREA, re.compile(r".*\bdiameter\b.*", re.IGNORECASE)),
)
_NUMBER = re.compile(r"(?P<number>[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?)\s*(?P<unit>[a-zµμ]*m(?:\^?[23]|[²³])?)?\b.*")
_UNIT_IN_NAME = re.compile(r".*[(\[/]\s*(?P<unit>[a-zµμ]*m(?:\^?2|²)?)\s*[)\]]?\s*")
_LENGTH_UM: Mapping[str, float] = {"nm": 1e-3, "um": 1.0, "µm": 1.0, "μm": 1.0, "mm": 1e3, "cm": 1e4, "m": 1e6}


@dataclass(frozen=True)
class HeaderNumber:
    """A dimension in the header of a file."""

    quantity: str
    """`area_cm2` or `thickness_um`."""
    written: str
    """As in the file: `Electrode surface area 0.785 cm²`."""
    magnitude: float | None
    """In the unit of the quantity; None if the file states no unit."""
    is_placeholder: bool

    @property
    def offer(self) -> str:
        """The end of a refusal for lack of this number."""
        caveat = ", which is often a placeholder" if self.is_placeholder else ""
        return f"; the file states ‘{self.written}’{caveat}: enter it if it is correct"


def read_header_geometry(inputs: Inputs) -> dict[str, HeaderNumber]:
    """Return the area and the thickness that the file of the measurement states, by quantity."""
    parts = inputs.datasets(PARTS)
    dataset = parts[0] if parts else inputs.dataset
    stated: dict[str, HeaderNumber] = {}
    for name, text in _entries(dataset.header) if dataset else ():
        number = _number_of(name, text)
        if number is not None:
            stated.setdefault(number.quantity, number)
    return stated


def differing_geometry(stated: Mapping[str, HeaderNumber], recorded: Mapping[str, Estimate]) -> tuple[Message, ...]:
    """Return a warning for each number of the record that differs from that of the file, placeholders aside."""
    messages = []
    for quantity, number in recorded.items():
        header = stated.get(quantity)
        if header is None or header.magnitude is None or header.is_placeholder:
            continue
        low, high = number.interval()
        if low * (1 - DIFFERENT) <= header.magnitude <= high * (1 + DIFFERENT):
            continue
        messages.append(
            Message(
                "header-geometry-differs",
                "The file states ‘{written}’, the record a {words} of {recorded:.4g} {unit}: the record is used; "
                "correct it if the file is right.",
                "warning",
                written=header.written,
                words=WORDS[quantity],
                recorded=number.magnitude,
                unit="cm²" if quantity == AREA else "µm",
                quantity=quantity,
                in_file=header.magnitude,
            )
        )
    return tuple(messages)


def _entries(header: Header) -> Iterator[tuple[str, str]]:
    for name in header:
        text = header.get(name, "")
        if name != SETTINGS:
            yield name, text
            continue
        for line in text.splitlines():
            key, mark, value = line.partition(":") if ":" in line else line.partition("=")
            if mark:
                yield key.strip(), value.strip()


def _number_of(name: str, text: str) -> HeaderNumber | None:
    quantity = next((slug for slug, pattern in _NAMES if pattern.fullmatch(name)), None)
    match = _NUMBER.fullmatch(text.strip())
    if quantity is None or match is None:
        return None
    number = float(match["number"].replace(",", "."))
    in_name = _UNIT_IN_NAME.fullmatch(name)
    unit = match["unit"] or (in_name["unit"] if in_name else "")
    is_diameter = "diameter" in name.casefold()
    magnitude = _disc_cm2(number, unit) if is_diameter else _in_unit(quantity, number, unit)
    is_placeholder = not is_diameter and number in PLACEHOLDERS[quantity]
    return HeaderNumber(quantity, f"{name} {text.strip()}", magnitude, is_placeholder)


def _in_unit(quantity: str, number: float, unit: str) -> float | None:
    """Return the number in the unit of the quantity, None if its unit is missing or another."""
    length, power = re.sub(r"\^?[23²³]$", "", unit), unit[-1:] in ("2", "²")
    if length not in _LENGTH_UM or power != (quantity == AREA):
        return None
    micrometres = _LENGTH_UM[length]
    return number * (micrometres / _LENGTH_UM["cm"]) ** 2 if quantity == AREA else number * micrometres


def _disc_cm2(number: float, unit: str) -> float | None:
    if unit not in _LENGTH_UM:
        return None
    return math.pi * (number * _LENGTH_UM[unit] / _LENGTH_UM["cm"]) ** 2 / 4
