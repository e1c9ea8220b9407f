"""A row of a comparison table: a cell under one set of conditions, with the values its columns print."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from analyses.uncertainty import Estimate
from registry import plugin_loading
from registry.contract.place import Place, place_of
from registry.hookspecs import Column
from registry.models import CellFormat, Layer, Measurement, Publication, ValueOrigin
from registry.numbers.parsing import BOUNDS
from registry.numbers.stored import shown_estimate, stored_estimate
from registry.selectors.audit.audit import Deviation, deviation
from registry.selectors.layer_number import layer_number
from registry.selectors.query.parsing import CELL_NUMBERS

THIS_WORK = "This work"
NUMBER_OF_ORIGIN = {"own": THIS_WORK, "simulated": "Simulated"}
"""Text printed instead of the number of a reference."""
REPORTED, COMPUTED, EITHER = ValueOrigin.REPORTED.value, ValueOrigin.COMPUTED.value, "either"
ValueKey = tuple[str, Place | None, str]
"""Quantity, place and origin (`reported`, `computed` or `either`)."""
LAYER_TEXT_COLUMNS = ("name", "label", "materials")


class LatestValue(NamedTuple):
    """A latest value as read by a table: columns of `Value` and of its run."""

    cell_id: int
    measurement_id: int | None
    quantity: str
    origin: str
    magnitude: float | None
    lower: float | None
    upper: float | None
    standard_uncertainty: float
    degrees_of_freedom: float | None
    qualifier: str
    written: str
    missing: str
    inferred: bool
    stale_since: datetime | None
    stale_because: str | None
    inferred_inputs: list[str] | None
    version: str | None
    source_hash: str | None
    analysis: str | None
    series: str | None
    fixed_conditions: dict[str, float] | None
    """Of the series it was computed from; empty if from none."""
    at_kind: str
    at_number: int | None
    run_id: int | None

    @property
    def place(self) -> Place | None:
        return place_of(self.at_kind, self.at_number)

    @property
    def is_number(self) -> bool:
        """Whether it is a number, and not only a bound or missing."""
        return self.magnitude is not None and self.qualifier not in BOUNDS

    def estimate(self) -> Estimate | None:
        return stored_estimate(self)

    def shown_estimate(self) -> Estimate | None:
        return shown_estimate(self)


class EnteredCondition(NamedTuple):
    """A condition as read by a table: columns of `Condition`."""

    written: str
    magnitude: float | None
    qualifier: str
    scale: str


class Row:
    """A cell under one set of conditions: a single measurement, or several whose conditions do not differ."""

    def __init__(self, measurements: list[Measurement], publication: Publication | None) -> None:
        self.measurements = measurements
        self.cell = measurements[0].cell
        self.publication = publication
        self.number = 0
        self.notes: tuple[str, ...] = ()
        """Notes on the whole row."""
        self.refusals: list[tuple[str, str]] = []

    @property
    def parts(self) -> "Sequence[Row]":
        """The rows this one combines: itself, unless it is that of several cells."""
        return (self,)

    def notes_of(self, value: LatestValue, factor: float, unit: str) -> tuple[str, ...]:
        """Notes on one of its values in addition to those of the value, with numbers times the factor in a
        unit."""
        return ()

    @cached_property
    def values(self) -> dict[ValueKey, LatestValue]:
        """Latest values by (quantity, place, origin); for origin `either` the reported value takes precedence. Those at
        the places of a quantity are all of one run, as other runs may number the places differently."""
        values: dict[ValueKey, LatestValue] = {}
        sources: dict[tuple[str, str], tuple[int | None, str | None, str | None]] = {}
        for measurement in self.measurements:
            for value in measurement.latest_values:  # type: ignore[attr-defined]
                source = value.measurement_id, value.analysis, value.series
                first = source if value.place is None else sources.setdefault((value.quantity, value.origin), source)
                if first == source:
                    values.setdefault((value.quantity, value.place, value.origin), value)
        for (quantity, place, origin), value in tuple(values.items()):
            if origin == REPORTED or (quantity, place, REPORTED) not in values:
                values[quantity, place, EITHER] = value
        return values

    def condition(self, slug: str) -> EnteredCondition | None:
        """The condition, in which all measurements of the row that state it agree; None if none does."""
        stated = (item.table_conditions.get(slug) for item in self.measurements)  # type: ignore[attr-defined]
        return next((condition for condition in stated if condition is not None), None)

    def stated_by(self, slug: str) -> list[str]:
        """Refcodes of the measurements with values that state a condition, if others with values do not."""
        with_values = [item for item in self.measurements if any(value.measurement_id for value in item.latest_values)]  # type: ignore[attr-defined]
        stating = [item.refcode for item in with_values if slug in item.table_conditions]  # type: ignore[attr-defined]
        return stating if len(stating) < len(with_values) else []

    def value(self, column: Column) -> LatestValue | None:
        """The value printed in a column, without a place or at that of the column."""
        place = Place.parse(column.at) if column.at else None
        return self.values.get((column.key, place, column.origin))

    def values_of(self, slug: str) -> list[LatestValue]:
        """The values of a quantity without a place, of every measurement."""
        values: list[LatestValue] = [
            value
            for measurement in self.measurements
            for value in measurement.latest_values  # type: ignore[attr-defined]
        ]
        return [value for value in values if value.quantity == slug and value.place is None]

    def values_at_places(self, column: Column) -> list[LatestValue]:
        """The values at all places, in order, for a column without a place whose quantity has no value without one."""
        if column.at or self.value(column) is not None:
            return []
        return self._at_places(column.key, column.origin)

    def shows(self, column: Column) -> bool:
        """Whether the row has a value, or values at places, for a column."""
        return self.value(column) is not None or bool(self.values_at_places(column))

    def _at_places(self, slug: str, origin: str) -> list[LatestValue]:
        matches = [
            (place, value)
            for (quantity, place, of_origin), value in self.values.items()
            if place and quantity == slug and of_origin == origin
        ]
        return [value for _, value in sorted(matches, key=lambda pair: pair[0])]

    def measurement_of(self, value: LatestValue) -> Measurement:
        """The measurement of a value; the first measurement for cell-level values."""
        if len(self.measurements) == 1:
            return self.measurements[0]
        return next(
            (measurement for measurement in self.measurements if measurement.pk == value.measurement_id),
            self.measurements[0],
        )

    def deviation(self, slug: str, place: Place | None) -> Deviation | None:
        reported = self.values.get((slug, place, REPORTED))
        computed = self.values.get((slug, place, COMPUTED))
        if reported is None or computed is None or reported.magnitude is None or computed.magnitude is None:
            return None
        return deviation(reported, computed) if reported.measurement_id == computed.measurement_id else None

    def refusal(self, slug: str) -> str:
        """Why the quantity was not computed, from the analysis that outputs it."""
        analyses = plugin_loading.current().analyses
        for name, text in self.refusals:
            if name in analyses and slug in analyses[name].outputs:
                return f"Not computed: {text}."
        return ""

    def layer(self, role: str) -> Layer | None:
        return next((layer for layer in self.cell.layers.all() if layer.role == role), None)

    def has(self, key: str) -> bool:
        return self.sort_key(key) is not None

    def sort_key(self, key: str, *, at: str = "", descending: bool = False) -> float | str | None:
        """A number or text to sort by, of a quantity with places that at `at` or the one that comes first; None if the
        row has none."""
        role, _, rest = key.partition(".")
        if rest:
            layer = self.layer(role)
            written = layer_number(layer, rest) if layer else None
            if layer and rest in LAYER_TEXT_COLUMNS:
                return layer_text(layer, rest)
            return written.magnitude if written else None
        if condition := self.condition(key):
            return condition.magnitude
        if key in CELL_NUMBERS:
            return getattr(self.cell, key)
        if key in TEXT_COLUMNS:
            return column_text(self, key, {})
        value = self.value(Column(key=key, at=at))
        placed = [] if at or value else self._at_places(key, EITHER)
        magnitudes = [item.magnitude for item in (value, *placed) if item and item.magnitude is not None]
        return (max if descending else min)(magnitudes, default=None)


def column_text(row: Row, key: str, references: dict[Publication, int]) -> str:
    """The text of a text column: that of each cell of the row, if they differ."""
    return "; ".join(dict.fromkeys(TEXT_COLUMNS[key](part, references) for part in row.parts))


def _reference(row: Row, references: dict[Publication, int]) -> str:
    if row.cell.origin in NUMBER_OF_ORIGIN:
        return NUMBER_OF_ORIGIN[row.cell.origin]
    return str(references.get(row.publication, "")) if row.publication else ""


TEXT_COLUMNS: Mapping[str, Callable[[Row, dict[Publication, int]], str]] = {
    "number": lambda row, _: NUMBER_OF_ORIGIN.get(row.cell.origin) or str(row.number),
    "refcode": lambda row, _: row.cell.refcode,
    "measurement": lambda row, _: ", ".join(item.refcode for item in row.measurements),
    "label": lambda row, _: row.cell.label,
    "configuration": lambda row, _: row.cell.configuration,
    "project": lambda row, _: row.cell.project.name,
    "reference": _reference,
    "technique": lambda row, _: row.measurements[0].technique_name,
    "format": lambda row, _: CellFormat(row.cell.format).label,
    "origin": lambda row, _: row.cell.origin,
}


def layer_text(layer: Layer, name: str) -> str:
    """Name or composition of a layer: `NCM90 (80 wt%), LPSCl`."""
    if name == "name":
        return layer.name
    if name == "label" or layer.formulation is None:
        return layer.label
    parts = [
        f"{ingredient.material} ({ingredient.mass_fraction})" if ingredient.mass_fraction else str(ingredient.material)
        for ingredient in layer.formulation.ingredients.all()
    ]
    return ", ".join(parts) or layer.label
