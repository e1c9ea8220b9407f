"""What one cell of a comparison table prints: digits as warranted, a missing number with its reason, footnotes."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal

from analyses.uncertainty import Estimate
from registry import quantities, units
from registry.display import digits_in_unit, digits_of, pretty
from registry.hookspecs import LAYER_ROLES, TECHNIQUES, Column, Printed
from registry.models import CellFormat, Layer, Measurement, Publication, Value, ValueOrigin
from registry.notation import Written, parse
from registry.selectors.audit import Finding, pair
from registry.selectors.query import CELL_NUMBERS, CONDITIONS, LAYER_NUMBERS

THIS_WORK = "This work"
MISSING = "–"


@dataclass(frozen=True)
class Draft:
    """A cell of the table before its footnotes are numbered."""

    printed: Printed
    notes: tuple[str, ...] = ()


class Row:
    """A cell under one set of conditions: one measurement, or those that share a condition."""

    def __init__(self, measurements: list[Measurement]) -> None:
        self.measurements = measurements
        self.cell = measurements[0].cell
        self.number = 0

    @cached_property
    def values(self) -> dict[tuple[str, str], Value]:
        """The latest value of each (quantity, origin)."""
        found: dict[tuple[str, str], Value] = {}
        for measurement in self.measurements:
            for value in measurement.latest_values:  # type: ignore[attr-defined]
                found.setdefault((value.quantity, value.origin), value)
        return found

    def value(self, column: Column) -> Value | None:
        """The value a column prints: the reported one, if the column takes either and it has a number or a reason."""
        reported = self.values.get((column.key, ValueOrigin.REPORTED.value))
        computed = self.values.get((column.key, ValueOrigin.COMPUTED.value))
        if column.origin == "either":
            return reported or computed
        return reported if column.origin == "reported" else computed

    def origin_of(self, column: Column) -> str:
        value = self.value(column)
        return value.origin if value else ""

    def finding(self, slug: str) -> Finding | None:
        reported = self.values.get((slug, ValueOrigin.REPORTED.value))
        computed = self.values.get((slug, ValueOrigin.COMPUTED.value))
        if reported is None or computed is None or reported.magnitude is None:
            return None
        return pair(reported, computed) if reported.measurement_id == computed.measurement_id else None

    def refusal(self, slug: str) -> str:
        """Why the quantity was not computed, as the analysis that gives it said."""
        from registry.plugin_manager import current

        for measurement in self.measurements:
            for run in measurement.refusals:  # type: ignore[attr-defined]
                analysis = current().analyses.get(run.analysis)
                if analysis and slug in analysis.gives:
                    return f"Not computed: {run.messages[0]['text']}."
        return ""

    def layer(self, role: str) -> Layer | None:
        return next((layer for layer in self.cell.layers.all() if layer.role == role), None)

    def has(self, key: str) -> bool:
        return self.sort_key(key) is not None

    def sort_key(self, key: str) -> float | str | None:
        """A number or a word to sort by, None if the row has none."""
        role, _, rest = key.partition(".")
        if role in LAYER_ROLES and rest:
            layer = self.layer(role)
            written = layer_number(layer, rest) if layer else None
            if layer and rest in ("name", "label", "materials"):
                return layer_words(layer, rest)
            return written.magnitude if written else None
        if key in CONDITIONS:
            return getattr(self.measurements[0], key)
        if key in CELL_NUMBERS:
            return getattr(self.cell, key)
        if key in quantities.catalogue:
            value = self.value(Column(key))
            return value.magnitude if value else None
        return fact(self, key, {})


def fact(row: Row, key: str, references: dict[Publication, int]) -> str:
    """A word about the cell."""
    cell, first = row.cell, row.measurements[0]
    own = cell.origin == "own"
    words = {
        "number": THIS_WORK if own else str(row.number),
        "reference": THIS_WORK if own else str(references.get(cell.publication, "")) if cell.publication else "",
        "refcode": cell.refcode,
        "measurement": ", ".join(one.refcode for one in row.measurements),
        "label": cell.label,
        "configuration": cell.configuration,
        "project": cell.project.name,
        "technique": TECHNIQUES[first.technique],
        "format": CellFormat(cell.format).label,
        "origin": cell.origin,
    }
    return words[key]


def layer_words(layer: Layer, name: str) -> str:
    """The layer's name, or what it is made of: `NCM90 (80 wt%), LPSCl`."""
    if name == "name":
        return layer.name
    if name == "label" or layer.formulation is None:
        return layer.label
    parts = [f"{one.material} ({one.mass_fraction})" if one.mass_fraction else str(one.material)
             for one in layer.formulation.ingredients.all()]
    return ", ".join(parts) or layer.label


def layer_number(layer: Layer, path: str) -> Written | None:
    """A number of a layer; `mass_fraction_percent.VGCF` is that of an ingredient."""
    slug, _, material = path.partition(".")
    if not material:
        return layer.written(slug) if slug in LAYER_NUMBERS else None
    if layer.formulation is None:
        return None
    for one in layer.formulation.ingredients.all():
        if one.material.name.casefold() == material.casefold():
            return one.written("mass_fraction_percent")
    return None


def is_numeric(key: str) -> bool:
    role, _, rest = key.partition(".")
    if role in LAYER_ROLES and rest:
        return rest.partition(".")[0] in quantities.catalogue
    return key in quantities.catalogue


def slug_of(column: Column) -> str:
    """The quantity a column holds; empty for words."""
    role, _, rest = column.key.partition(".")
    slug = rest.partition(".")[0] if role in LAYER_ROLES and rest else column.key
    return slug if slug in quantities.catalogue else ""


def column_unit(column: Column) -> tuple[Decimal, str]:
    """How many of the column's unit make one of the quantity's, and the unit's label; ValueError if it cannot be."""
    slug = slug_of(column)
    if not slug:
        if column.unit:
            raise ValueError(f"‘{column.key}’ holds words, so it has no unit.")
        return Decimal(1), ""
    quantity = quantities.get(slug)
    if not column.unit:
        return Decimal(1), quantity.unit_label
    scale, offset = units.factor(column.unit, quantity.unit)
    if offset:
        raise ValueError(f"‘{column.key}’ cannot be printed in {column.unit}: the scale has another zero.")
    return 1 / scale, column.unit


def draft(row: Row, column: Column, references: dict[Publication, int], *, mixed: bool) -> Draft:
    """What the row prints in the column; `mixed` marks computed values in a column that also has reported ones."""
    first = row.measurements[0]
    role, _, rest = column.key.partition(".")
    if role in LAYER_ROLES and rest:
        return _layer_draft(row, column, role, rest)
    if column.key in CONDITIONS:
        return _written_draft(first.written(column.key), column, first.refcode)
    if column.key in CELL_NUMBERS:
        return _written_draft(row.cell.written(column.key), column, row.cell.refcode)
    if column.key in quantities.catalogue:
        return _value_draft(row, column, mixed=mixed)
    return Draft(Printed(fact(row, column.key, references), refcode=row.cell.refcode))


def _layer_draft(row: Row, column: Column, role: str, name: str) -> Draft:
    layer = row.layer(role)
    if layer is None:
        return Draft(Printed(MISSING, missing=True))
    if name in ("name", "label", "materials"):
        return Draft(Printed(layer_words(layer, name), refcode=row.cell.refcode))
    return _written_draft(layer_number(layer, name), column, row.cell.refcode)


def _written_draft(written: Written | None, column: Column, refcode: str) -> Draft:
    """A number entered with the record: as it was written, where the unit is the column's."""
    if written is None:
        return Draft(Printed(MISSING, missing=True, refcode=refcode))
    notes = ("Inferred, not stated in the source.",) if written.inferred else ()
    return Draft(_printed(written, written.estimate(), column, refcode=refcode), notes)


def _value_draft(row: Row, column: Column, *, mixed: bool) -> Draft:
    value = row.value(column)
    first = row.measurements[0].refcode
    if value is None:
        reason = row.refusal(column.key) if column.origin != "reported" else ""
        return Draft(Printed(MISSING, missing=True, refcode=first), (reason,) if reason else ())
    measurement = next((one for one in row.measurements if one.pk == value.measurement_id), row.measurements[0])
    written = parse(value.written, quantities.get(value.quantity)) if value.written else None
    printed = _printed(written, value.estimate(), column, refcode=measurement.refcode, value=value)
    return Draft(printed, tuple(_notes(row, column, value, mixed=mixed)))


def _notes(row: Row, column: Column, value: Value, *, mixed: bool) -> list[str]:
    notes = []
    if value.origin == ValueOrigin.COMPUTED and mixed:
        notes.append("Computed from the record; not reported.")
    finding = row.finding(value.quantity)
    if finding and not finding.agrees:
        notes.append(finding.sentence())
    if value.inferred and value.origin == ValueOrigin.COMPUTED:
        notes.append(f"Computed with {inferred_words(value)}.")
    if value.run and value.run.stale_since:
        notes.append("An input changed since this was computed; it waits to be computed again.")
    return notes


def inferred_words(value: Value) -> str:
    """The inferred inputs of a computed value, in words."""
    paths = value.run.inferred_inputs if value.run else []
    names = [_path_words(path) for path in paths]
    return "inferred " + " and ".join(names) if names else "an inferred input"


def _path_words(path: str) -> str:
    *_, slug = path.split(".")
    name = quantities.get(slug).name if slug in quantities.catalogue else slug
    layer = path.split(".")[1] if path.startswith("layers.") else ""
    return f"{name[0].lower()}{name[1:]}" + (f" of layer {layer}" if layer else "")


def _printed(
    written: Written | None, estimate: Estimate | None, column: Column, *, refcode: str, value: Value | None = None
) -> Printed:
    origin: Literal["reported", "computed", ""] = ""
    if value is not None:
        origin = "reported" if value.origin == ValueOrigin.REPORTED else "computed"
    if estimate is None:
        return Printed(written.missing if written else MISSING, missing=True, origin=origin, refcode=refcode)
    scale, _ = column_unit(column)
    quantity = quantities.get(slug_of(column))
    digits = _digits(written, estimate, scale, quantity.is_count, column.unit or quantity.unit)
    qualifier = written.qualifier if written else "="
    times = float(scale)
    in_words = written is not None and not written.digits and bool(written.text)
    return Printed(
        text=written.text if written and in_words else ("" if qualifier == "=" else qualifier) + pretty(digits),
        digits="" if in_words else digits,
        number=estimate.magnitude * times,
        uncertainty=estimate.combined_standard_uncertainty * times or None,
        lower=estimate.lower * times,
        upper=estimate.upper * times,
        origin=origin,
        refcode=refcode,
        stale=bool(value and value.run and value.run.stale_since),
        inferred=estimate.inferred,
    )


def _digits(written: Written | None, estimate: Estimate, scale: Decimal, is_count: bool, unit: str) -> str:
    """Digits as written if the unit is the same or a power of ten away, else those the doubt warrants."""
    if written is not None and written.digits:
        as_written = digits_in_unit(written.digits, written.unit, unit) if written.unit else written.digits
        if as_written:
            return as_written
    return digits_of(estimate, scale=scale, count=is_count)
