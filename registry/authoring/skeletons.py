"""Skeletons of new plugins, by kind and technique."""

from collections.abc import Mapping
from dataclasses import dataclass

KINDS: Mapping[str, str] = {
    "analysis": "a computation on measurements, with its own quantity",
    "group": "an analysis of groups of cells",
    "reader": "a file format",
    "table": "a comparison table",
    "technique": "a measurement technique",
    "layer-role": "a role of layers in a cell",
    "condition": "a test condition",
}
SAMPLE = "{title} 1\n2026-03-01 10:30:00\n0 3.0 0.001\n60 3.1 0.001\n120 3.2 0.001\n"
"""A file in the format of the reader skeleton."""


@dataclass(frozen=True)
class Skeleton:
    """The formula of a new analysis, and the layer it reads."""

    template: str
    role: str
    suffix: str
    """The unit as slug suffix."""
    unit: str
    label: str
    by_hand: str
    """Arguments of the formula, and the result computed by hand."""
    missing: str
    """Path of the fact that is removed in a test."""
    refusal_term: str
    """Term that the refusal must contain."""


def _spectrum_skeleton(role: str) -> Skeleton:
    by_hand = "resistance_ohm=100.0, area_cm2=0.5) == pytest.approx(50.0"
    return Skeleton("spectrum", role, "ohm_cm2", "ohm*cm**2", "Ω cm²", by_hand, "layers.1.area_cm2", "area")


def _series_skeleton(role: str) -> Skeleton:
    by_hand = "current_ampere=0.002, area_cm2=0.5) == pytest.approx(4.0"
    return Skeleton("series", role, "ma_cm2", "mA/cm**2", "mA cm⁻²", by_hand, "layers.1.area_cm2", "area")


def _layer_skeleton(role: str) -> Skeleton:
    by_hand = "mass_loading_mg_cm2=164.0, thickness_um=1000.0) == pytest.approx(1.64"
    return Skeleton("layer", role, "g_cm3", "g/cm**3", "g cm⁻³", by_hand, "layers.1.thickness_um", "thickness")


SKELETONS: Mapping[str, Skeleton] = {
    "eis": _spectrum_skeleton("sample"),
    "chronoamperometry": _series_skeleton("sample"),
    "cycling": _series_skeleton("cathode"),
    "symmetric_cycling": _series_skeleton("cathode"),
    "open_circuit": _layer_skeleton("cathode"),
    "pressure": _series_skeleton("cathode"),
    "sem": _layer_skeleton("cathode"),
    "xrd": _layer_skeleton("sample"),
    "photograph": _layer_skeleton("sample"),
}
"""By built-in technique."""
