"""Quantities that can be reported, as forms offer them, and the reported values of a measurement."""

from typing import Any

from django.db.models import QuerySet

from registry import plugin_loading
from registry.models import Measurement, Value, ValueOrigin
from registry.numbers import catalogue
from registry.plugin_loading.names import technique_name
from registry.selectors.query.parsing import value_quantities

GROUPS = {
    "Resistance and conductivity": ("Ω", "S cm⁻¹"),
    "Capacity": ("mAh", "mAh g⁻¹", "mAh cm⁻²"),
    "Cycling": ("% per cycle", "%", ""),
    "Voltage and energy": ("V", "Wh kg⁻¹", "Wh L⁻¹"),
}


def quantity_choices(empty_label: str = "---------", technique: str = "") -> list[tuple[str, Any]]:
    """The quantities of values by group, labelled with name and unit; first those that analyses of this technique
    return."""
    of_technique, own = _quantities_of(technique), technique_name(technique)
    groups: dict[str, list[tuple[str, str]]] = {name: [] for name in (own, *GROUPS, "Other")}
    for slug in value_quantities():
        unit = catalogue.get(slug).unit_label
        group = own if slug in of_technique else next((name for name, of in GROUPS.items() if unit in of), "Other")
        groups[group].append((slug, quantity_label(slug)))
    filled = [(name, sorted(choices, key=lambda choice: choice[1])) for name, choices in groups.items() if choices]
    return [("", empty_label), *filled]


def _quantities_of(technique: str) -> set[str]:
    """What analyses of single measurements by a technique return."""
    analyses = plugin_loading.current().analyses.values()
    return {
        slug
        for item in analyses
        if item.scope == "measurement" and technique in item.techniques
        for slug in item.outputs
    }


def quantity_label(slug: str) -> str:
    """Name and unit of a quantity."""
    quantity = catalogue.get_or_placeholder(slug)
    label = f"{quantity.name} ({quantity.unit_label})" if quantity.unit_label else quantity.name
    return label if slug in catalogue.catalogue else f"{label}, not registered"


def reported_values(measurement: Measurement) -> QuerySet[Value]:
    """The current reported values of a measurement, in the order of entry."""
    reported: QuerySet[Value] = Value.objects.filter(
        measurement=measurement, origin=ValueOrigin.REPORTED, is_latest=True
    )
    return reported.order_by("pk")
