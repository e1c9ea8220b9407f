"""Quantities that can be reported, as forms offer them, and the reported values of a measurement."""

from typing import Any

from django.db.models import QuerySet

from registry.models import Measurement, Value, ValueOrigin
from registry.numbers import catalogue
from registry.selectors.query.parsing import value_quantities

GROUPS = {
    "Resistance and conductivity": ("Ω", "S cm⁻¹"),
    "Capacity": ("mAh", "mAh g⁻¹", "mAh cm⁻²"),
    "Cycling": ("% per cycle", "%", ""),
    "Voltage and energy": ("V", "Wh kg⁻¹", "Wh L⁻¹"),
}


def quantity_choices(empty_label: str = "---------") -> list[tuple[str, Any]]:
    """The quantities of values by group, labelled with name and unit."""
    groups: dict[str, list[tuple[str, str]]] = {name: [] for name in (*GROUPS, "Other")}
    for slug in value_quantities():
        unit = catalogue.get(slug).unit_label
        group = next((name for name, units in GROUPS.items() if unit in units), "Other")
        groups[group].append((slug, quantity_label(slug)))
    filled = [(name, sorted(choices, key=lambda choice: choice[1])) for name, choices in groups.items() if choices]
    return [("", empty_label), *filled]


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
