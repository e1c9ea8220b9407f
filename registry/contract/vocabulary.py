"""Techniques, layer roles, and the largest plausible measured number."""

from collections.abc import Mapping

TECHNIQUES: Mapping[str, str] = {
    "eis": "Electrochemical impedance spectroscopy",
    "chronoamperometry": "Chronoamperometry",
    "cycling": "Galvanostatic cycling",
    "symmetric_cycling": "Symmetric-cell cycling",
    "pressure": "Stack-pressure monitoring",
    "sem": "Scanning electron microscopy",
    "xrd": "X-ray diffraction",
    "photograph": "Photograph",
}

TIME_SERIES_TECHNIQUES = frozenset({"chronoamperometry", "cycling", "symmetric_cycling", "pressure"})

LAYER_ROLES: Mapping[str, str] = {
    "current_collector": "Current collector",
    "cathode": "Cathode",
    "interlayer": "Interlayer",
    "separator": "Separator",
    "anode": "Anode",
    "sample": "Sample",
}

LARGEST_MAGNITUDE = 1e50
"""No measured number is larger in any unit; analyses never receive larger ones, which would overflow."""
