"""Numbers of a cell and of a measurement with their intervals, to be compared with relations and limits."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from analyses.consistency.conflicts import Conflict, Number, remark_of
from analyses.consistency.limits import highest_capacity_mah_g
from analyses.consistency.relations import WORDS
from analyses.uncertainty import Estimate
from registry.contract.layer import Layer
from registry.contract.outcome import Message

Interval = tuple[float, float]
LAYER_NUMBERS: Mapping[str, str] = {
    "mass_loading_mg_cm2": "mass_loading_mg_cm2",
    "area_cm2": "area_cm2",
    "thickness_um": "thickness_um",
    "active_fraction_percent": "active_fraction_percent",
    "apparent_density_g_cm3": "layer_density_g_cm3",
    "density_g_cm3": "density_g_cm3",
    "theoretical_capacity_mah_g": "theoretical_capacity_mah_g",
}
"""Recorded numbers of a layer, and their names in the tables of relations."""
PERCENT_OF_MG_TO_G = 1e-5
"""Converts mAh/g × mg/cm² × % to mAh/cm²."""


def number_of(
    interval: Interval | None,
    estimate: Estimate | None,
    label: str,
    *,
    is_recorded: bool = False,
    is_of_data: bool = False,
) -> Number | None:
    """Return a number with its interval, None if nothing is known; the magnitude of a bound is its finite end."""
    if interval is None:
        return None
    lower, upper = interval
    if estimate is not None:
        magnitude = estimate.magnitude
    else:
        magnitude, label = (lower, f"{label} of at least") if math.isinf(upper) else (upper, f"{label} of at most")
    return Number(magnitude, lower, upper, label, is_recorded=is_recorded, is_of_data=is_of_data)


def solid_share(porosity: Number) -> Number:
    """Return 100 % minus a porosity, which a message gives as the porosity."""
    written = f"{porosity.magnitude:.4g} %"
    return Number(
        100 - porosity.magnitude,
        100 - min(porosity.upper, 100.0),
        100 - porosity.lower,
        porosity.label,
        written=written,
    )


def times(number: Number, count: int, words: str) -> Number:
    """Return a number of all of several equal parts, such as the area of all repeat units of a cell."""
    ends = (count * number.magnitude, count * number.lower, count * number.upper)
    return Number(*ends, f"{number.label} times {count} {words},", number.is_recorded, number.is_of_data)


def layer_numbers(layer: Layer) -> dict[str, Number]:
    """Return what is recorded of a layer, by name; of a known family without a theoretical capacity, the most that its
    lithium can carry."""
    of_layer = f"of layer {layer.position} ({layer.name})"
    numbers = {}
    for slug, name in LAYER_NUMBERS.items():
        label = f"{WORDS[name]} {of_layer}"
        number = number_of(layer.interval(slug), layer.quantity(slug), label, is_recorded=True)
        if number is not None:
            numbers[name] = number
    if "theoretical_capacity_mah_g" in numbers:
        name = layer.active_material or layer.name
        known = numbers["theoretical_capacity_mah_g"]
        numbers["theoretical_capacity_mah_g"] = replace(known, label=f"theoretical capacity of {name}")
    elif (name := layer.active_material) and (highest := highest_capacity_mah_g(name)):
        family, capacity = highest
        label = f"highest theoretical capacity of {family}"
        numbers["theoretical_capacity_mah_g"] = Number(capacity, 0.5 * capacity, capacity, label, is_recorded=True)
    return numbers


def mass_of_layers(layers: Sequence[Layer]) -> Number | None:
    """Return the sum of loading times area of the layers of a stack [mg]; None if one of the numbers is missing."""
    parts = [layer_numbers(layer) for layer in layers if layer.role != "sample"]
    if not parts or not all("mass_loading_mg_cm2" in part and "area_cm2" in part for part in parts):
        return None
    pairs = [(part["mass_loading_mg_cm2"], part["area_cm2"]) for part in parts]
    return Number(
        sum(loading.magnitude * area.magnitude for loading, area in pairs),
        sum(max(loading.lower, 0.0) * max(area.lower, 0.0) for loading, area in pairs),
        sum(loading.upper * area.upper for loading, area in pairs),
        "mass of the layers",
        is_recorded=True,
    )


def theoretical_areal_capacity(layer: Layer, label: str) -> Number | None:
    """Return theoretical capacity times active fraction times loading of a layer [mAh/cm²]; None if one is missing."""
    numbers = layer_numbers(layer)
    if layer.interval("theoretical_capacity_mah_g") is None:
        return None
    names = ("theoretical_capacity_mah_g", "active_fraction_percent", "mass_loading_mg_cm2")
    if not all(name in numbers for name in names):
        return None
    parts = [numbers[name] for name in names]
    return Number(
        PERCENT_OF_MG_TO_G * math.prod(part.magnitude for part in parts),
        PERCENT_OF_MG_TO_G * math.prod(max(part.lower, 0.0) for part in parts),
        PERCENT_OF_MG_TO_G * math.prod(part.upper for part in parts),
        label,
        is_recorded=True,
    )


def conflict_messages(conflicts: Sequence[Conflict], numbers: Mapping[str, Number]) -> tuple[Message, ...]:
    """Return each conflict as a warning."""
    return tuple(Message.of(remark_of(conflict, numbers)) for conflict in conflicts)
