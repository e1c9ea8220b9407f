"""Components of the uncertainty of a value, and the value by other methods, as text."""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from analyses.component import Component
from registry.contract.estimate_encoding import components_from_json
from registry.models import GroupValue, Value
from registry.numbers.catalogue import get_or_placeholder
from registry.web.presentation.text import format_heading, typeset

UNNAMED = "other"
"""Shown for a component whose source did not name it."""


@dataclass(frozen=True)
class ComponentRow:
    """A component of the uncertainty of one value."""

    heading: str
    """The quantity with its unit."""
    name: str
    uncertainty: str
    """In the unit of the quantity."""
    relative: str
    """In per cent of the value; empty if the value is zero."""
    shared: str
    """The cause it shares with other values; empty for none."""


def format_components(value: Value | GroupValue) -> str:
    """The kinds of component in one line, largest first, relative to the value: fit 1.2 %, geometry 3 %."""
    by_name: dict[str, list[Component]] = defaultdict(list)
    for part in components_from_json(value.components):
        by_name[part.name].append(part)
    if not by_name or not value.magnitude:
        return ""
    totals = {name or UNNAMED: math.hypot(*(part.contribution for part in parts)) for name, parts in by_name.items()}
    ordered = sorted(totals.items(), key=lambda item: -item[1])
    return ", ".join(f"{name} {_format_percent(total, value.magnitude)}" for name, total in ordered)


def format_method_spread(value: Value | GroupValue) -> str:
    """The value by each method in one line: circuit fit 1.02×10⁻³, intercept 9.8×10⁻⁴."""
    return ", ".join(f"{method} {typeset(f'{number:.4g}')}" for method, number in value.method_spread)


def list_component_rows(values: Iterable[Value | GroupValue]) -> list[ComponentRow]:
    """Every component of these values."""
    return [_build_row(value, part) for value in values for part in components_from_json(value.components)]


def _build_row(value: Value | GroupValue, part: Component) -> ComponentRow:
    magnitude = value.magnitude or 0.0
    quantity = get_or_placeholder(value.quantity)
    heading = format_heading(quantity) + (f", {value.place.label}" if value.place else "")
    number = typeset(f"{part.standard_uncertainty:.2g}")
    relative = _format_percent(part.standard_uncertainty, magnitude) if magnitude else ""
    return ComponentRow(heading, part.name or UNNAMED, number, relative, part.shared)


def _format_percent(uncertainty: float, magnitude: float) -> str:
    return f"{typeset(f'{100 * uncertainty / abs(magnitude):.2g}')} %"
