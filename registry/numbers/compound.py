"""Numbers written as the two that people measure: the area of a disc by its diameter, an areal mass by mass and area.

`⌀10.00 mm` is an area, `10.0 mg on ⌀10.00 mm` and `38.1 mg on 3×3 cm²` are areal masses.
"""

import math
import re

from registry.contract.quantity import Quantity

DISC = "⌀"
LOADING_UNIT = "mg/cm**2"
MASS = Quantity(slug="mass_mg", name="Mass", unit="mg", unit_label="mg", minimum=0)
DIAMETER = Quantity(slug="diameter_mm", name="Diameter", unit="mm", unit_label="mm", minimum=0)
AREA = Quantity(slug="area_cm2", name="Area", unit="cm**2", unit_label="cm²", minimum=0)

_DISC = re.compile(r"(?:[⌀∅Øø]|diameter(?=[\s:=0-9])|dia\.)\s*[:=]?\s*(?=\S)", re.IGNORECASE)
_ON = re.compile(r"\s+on\s+(?=[0-9⌀∅Øø.]|dia)", re.IGNORECASE)


def diameter_text(text: str, quantity: Quantity) -> str:
    """Return the diameter of an area that is written as that of a disc, such as `10.00 mm`; empty if it is not."""
    match = _DISC.match(text) if quantity.unit == AREA.unit else None
    return text[match.end() :] if match else ""


def mass_and_area(text: str, quantity: Quantity) -> tuple[str, str] | None:
    """Return the two texts of an areal mass that is written as a mass on an area; None if it is not."""
    parts = _ON.split(text, maxsplit=1) if quantity.unit == LOADING_UNIT else []
    return (parts[0], parts[1]) if len(parts) == 2 else None


def mass_on_area(mass: str, area: str) -> str:
    """Write an areal mass as a mass on an area."""
    return f"{mass} on {area}"


def mass_of(loading: str, area: str) -> str:
    """Return the mass of an areal mass that is written as a mass on this area; empty if it is not."""
    parts = _ON.split(loading, maxsplit=1)
    return parts[0] if len(parts) == 2 and parts[1] == area else ""


def disc(diameter: str) -> str:
    """Write the area of a disc by its diameter."""
    return f"{DISC}{diameter}"


def disc_area_cm2(diameter_mm: float) -> float:
    """Return the area of a disc [cm²] of this diameter [mm]."""
    return math.pi * diameter_mm**2 / 400
