"""What a new plugin begins with, by its kind and technique."""

from collections.abc import Mapping
from dataclasses import dataclass

from registry.hookspecs import TECHNIQUES

KINDS: Mapping[str, str] = {
    "analysis": "a computation on measurements, with a quantity of its own",
    "reader": "a file format",
    "table": "a comparison table",
}
SAMPLE = "{title} 1\n0 3.0 0.001\n60 3.1 0.001\n120 3.2 0.001\n"
"""A file of the format a reader begins with."""


@dataclass(frozen=True)
class Skeleton:
    """The formula an analysis begins with, and the layer it reads."""

    template: str
    role: str
    suffix: str
    """The unit, as a slug ends in it."""
    unit: str
    label: str
    by_hand: str
    """Arguments of the formula, and what was computed of them by hand."""
    missing: str
    """The fact whose absence is tested."""
    words: str
    """What the refusal then says."""


def _of_spectrum(role: str) -> Skeleton:
    by_hand = "resistance_ohm=100.0, area_cm2=0.5) == pytest.approx(50.0"
    return Skeleton("spectrum", role, "ohm_cm2", "ohm*cm**2", "Ω cm²", by_hand, "layers.1.area_cm2", "area")


def _of_series(role: str) -> Skeleton:
    by_hand = "current_ampere=0.002, area_cm2=0.5) == pytest.approx(4.0"
    return Skeleton("series", role, "ma_cm2", "mA/cm**2", "mA cm⁻²", by_hand, "layers.1.area_cm2", "area")


def _of_layer(role: str) -> Skeleton:
    by_hand = "mass_loading_mg_cm2=164.0, thickness_um=1000.0) == pytest.approx(1.64"
    return Skeleton("layer", role, "g_cm3", "g/cm**3", "g cm⁻³", by_hand, "layers.1.thickness_um", "thickness")


BEGINNINGS: Mapping[str, Skeleton] = {
    "eis": _of_spectrum("sample"),
    "chronoamperometry": _of_series("sample"),
    "cycling": _of_series("cathode"),
    "symmetric_cycling": _of_series("cathode"),
    "pressure": _of_series("cathode"),
    "sem": _of_layer("cathode"),
    "xrd": _of_layer("sample"),
    "photograph": _of_layer("sample"),
}
assert set(BEGINNINGS) == set(TECHNIQUES)
