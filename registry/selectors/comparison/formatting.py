"""Format the cells of a comparison table: significant digits, reasons for missing numbers, footnotes."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from analyses.uncertainty import Estimate
from registry.contract.place import split_key
from registry.hookspecs import Column, TableCell
from registry.models import Publication
from registry.numbers import catalogue, units
from registry.numbers.formatting import add_uncertainty, digits_in_unit, format_digits, to_typographic
from registry.numbers.parsing import BOUNDS, ParsedNumber, parse
from registry.numbers.potential_scales import scale_label
from registry.numbers.unit_labels import typeset_unit
from registry.plugin_loading.names import layer_role_in_sentence
from registry.selectors.comparison.protocol import protocol_note
from registry.selectors.comparison.row import (
    COMPUTED,
    LAYER_TEXT_COLUMNS,
    REPORTED,
    TEXT_COLUMNS,
    LatestValue,
    Row,
    column_text,
    layer_text,
)
from registry.selectors.layer_number import layer_number
from registry.selectors.plugins.orphans import missing_analysis_note, missing_quantity_note
from registry.selectors.query.parsing import CELL_NUMBERS, is_condition
from registry.selectors.staleness.outdated import cause_text, get_outdated_note

MISSING = "–"
INFERRED = "Inferred, not stated in the source."
NOT_REPORTED = "Computed from the record; not reported."
SIMULATED = "Simulated, not measured."


class CellDraft(NamedTuple):
    """A table cell before its footnotes are numbered."""

    printed: TableCell
    notes: tuple[str, ...] = ()


def mark_simulated(drafts: Sequence[CellDraft]) -> list[CellDraft]:
    """The cells of the row of a simulated cell: the first says so."""
    first, *others = drafts
    return [first._replace(notes=(SIMULATED, *first.notes)), *others]


def is_numeric(key: str) -> bool:
    _, _, rest = key.partition(".")
    if rest:
        return rest.partition(".")[0] in catalogue.catalogue
    return key not in TEXT_COLUMNS


def column_quantity(column: Column) -> str:
    """The quantity of a column; empty for text columns."""
    _, _, rest = column.key.partition(".")
    if rest:
        slug = rest.partition(".")[0]
        return slug if slug in catalogue.catalogue else ""
    return "" if column.key in TEXT_COLUMNS else column.key


def column_unit(column: Column) -> tuple[Decimal, str]:
    """Factor from the quantity's unit to the column's, and the unit label; ValueError if they are incompatible."""
    slug = column_quantity(column)
    if not slug:
        if column.unit:
            raise ValueError(f"Column ‘{column.key}’ contains text; remove the unit.")
        return Decimal(1), ""
    quantity = catalogue.get_or_placeholder(slug)
    # The unit of a quantity that is not registered is unknown.
    if not column.unit or slug not in catalogue.catalogue:
        return Decimal(1), quantity.unit_label
    scale, offset = units.factor(column.unit, quantity.unit)
    if offset:
        raise ValueError(f"Column ‘{column.key}’ cannot be converted to {column.unit}, a scale with a different zero.")
    return 1 / scale, typeset_unit(column.unit)


class ColumnFormatter:
    """Formats one column; everything that is the same in all rows is prepared once."""

    def __init__(
        self, column: Column, references: dict[Publication, int], *, mixed: bool, marks_outdated: bool = True
    ) -> None:
        """With `mixed`, computed values get a footnote because the column also has reported values; with
        `marks_outdated`, those that are outdated get one each."""
        self.column = column
        self.references = references
        self.mixed = mixed
        self.marks_outdated = marks_outdated
        self.role, _, self.name = column.key.partition(".")
        self.scale, self.unit = column_unit(column)
        self.factor = float(self.scale)
        slug = column_quantity(column)
        self.quantity = catalogue.get_or_placeholder(slug) if slug else None
        self.is_registered = slug in catalogue.catalogue
        self.missing_note = missing_quantity_note(slug) if slug else ""
        self.draft = self._select_formatter()

    def _select_formatter(self) -> Callable[[Row], CellDraft]:
        key = self.column.key
        if self.name:
            return self._format_layer
        if self.quantity is None:
            return lambda row: CellDraft(TableCell(column_text(row, key, self.references), refcode=row.cell.refcode))
        if is_condition(key):
            return self._format_condition
        if key in CELL_NUMBERS:
            return lambda row: self._format_entered(row.cell.written(key), row.cell.refcode)
        return self._format_value

    def _format_layer(self, row: Row) -> CellDraft:
        layer = row.layer(self.role)
        if layer is None:
            return CellDraft(TableCell(MISSING, missing=True))
        if self.name in LAYER_TEXT_COLUMNS:
            draft = CellDraft(TableCell(layer_text(layer, self.name), refcode=row.cell.refcode))
        else:
            draft = self._format_entered(layer_number(layer, self.name), row.cell.refcode)
        draft = draft._replace(notes=(*draft.notes, *self._spread_of_replicates(row)))
        count = sum(item.role == self.role for item in row.cell.layers.all())
        if count == 1:
            return draft
        note = f"First of {count} layers with the role {layer_role_in_sentence(self.role)}."
        return draft._replace(notes=(*draft.notes, note))

    def _spread_of_replicates(self, row: Row) -> tuple[str, ...]:
        """Say which cell a number of a layer is of, if those of other replicates in the row differ."""
        layers = [layer for part in row.parts if (layer := part.layer(self.role)) is not None]
        numbers = [written for layer in layers if (written := layer_number(layer, self.name)) is not None]
        magnitudes = [number.magnitude for number in numbers if number.magnitude is not None]
        if len(set(magnitudes)) < 2:
            return ()
        least, most = (to_typographic(f"{bound(magnitudes) * self.factor:.4g}") for bound in (min, max))
        return (f"From {row.cell.refcode}; the replicates have {least} to {most} {self.unit}".strip() + ".",)

    def _format_entered(self, written: ParsedNumber | None, refcode: str) -> CellDraft:
        """Format a number entered with the record, as written if it is in the unit of the column."""
        if written is None:
            return CellDraft(TableCell(MISSING, missing=True, refcode=refcode))
        notes = (INFERRED,) if written.inferred else ()
        return CellDraft(self._format_number(written, written.digits_estimate(), refcode, None), notes)

    def _format_condition(self, row: Row) -> CellDraft:
        condition, refcode = row.condition(self.column.key), row.measurements[0].refcode
        if condition is None or self.quantity is None:
            return CellDraft(TableCell(MISSING, missing=True, refcode=refcode))
        if self.is_registered:
            draft = self._format_entered(parse(condition.written, self.quantity), refcode)
            if condition.scale:
                draft = draft._replace(notes=(*draft.notes, f"Potential scale: {scale_label(condition.scale)}."))
            stated_by = row.stated_by(self.column.key)
            note = f"Stated for {', '.join(stated_by)} only."
            return draft._replace(notes=(*draft.notes, note)) if stated_by else draft
        number = condition.magnitude
        printed = TableCell(condition.written, number=number, missing=number is None, refcode=refcode)
        return CellDraft(printed, (self.missing_note,))

    def _format_value(self, row: Row) -> CellDraft:
        value = row.value(self.column)
        if value is None and (placed := row.values_at_places(self.column)):
            return self._list_values(row, placed)
        if value is None:
            reason = row.refusal(self.column.key) if self.column.origin != REPORTED else ""
            missing = TableCell(MISSING, missing=True, refcode=row.measurements[0].refcode)
            return CellDraft(missing, (reason,) if reason else ())
        measurement = row.measurement_of(value)
        if value.origin == COMPUTED and value.magnitude is None:
            missing = TableCell(MISSING, missing=True, origin="computed", refcode=measurement.refcode)
            return CellDraft(missing, (f"Not computed: {value.missing}.",))
        return CellDraft(self._format_stored(value, measurement.refcode), tuple(self._notes(row, value)))

    def _format_stored(self, value: LatestValue, refcode: str) -> TableCell:
        is_readable = value.written and self.quantity and self.is_registered
        written = parse(value.written, self.quantity) if is_readable and self.quantity else None
        return self._format_number(written, value.shown_estimate(), refcode, value)

    def _list_values(self, row: Row, values: Sequence[LatestValue]) -> CellDraft:
        """Values with their places in one cell, as text: `peak 1: 3.2; peak 2: 0.5`."""
        refcode = row.measurement_of(values[0]).refcode
        cells = [self._format_stored(value, refcode) for value in values]
        texts = [f"{value.place.label}: {cell.text}" for value, cell in zip(values, cells, strict=True) if value.place]
        notes = dict.fromkeys(note for value in values for note in self._notes(row, value))
        origins = {cell.origin for cell in cells}
        listed = TableCell(
            "; ".join(texts),
            origin=origins.pop() if len(origins) == 1 else "",
            refcode=refcode,
            stale=any(cell.stale for cell in cells),
            inferred=any(cell.inferred for cell in cells),
        )
        return CellDraft(listed, tuple(notes))

    def _notes(self, row: Row, value: LatestValue) -> list[str]:
        is_computed = value.origin == COMPUTED
        notes = [*row.notes_of(value, self.factor, self.unit)]
        notes += [NOT_REPORTED] if is_computed and self.mixed else []
        if protocol := protocol_note(row, value, self.quantity):
            notes.append(protocol)
        deviation = row.deviation(value.quantity, value.place)
        if deviation and not deviation.agrees:
            notes.append(deviation.sentence())
        if is_computed and value.inferred:
            notes.append(f"Computed with {_inferred_note(value)}.")
        if value.stale_since and self.marks_outdated:
            notes.append(f"Stale: {cause_text(value.stale_because or '')} since.")
        missing_note = self.missing_note
        if value.analysis:
            outdated = get_outdated_note(value.analysis, value.version or "", value.source_hash or "")
            if outdated and self.marks_outdated:
                notes.append(outdated)
            missing_note = missing_analysis_note(value.analysis) or missing_note
        return [*notes, missing_note] if missing_note else notes

    def _format_number(
        self, written: ParsedNumber | None, estimate: Estimate | None, refcode: str, value: LatestValue | None
    ) -> TableCell:
        origin: Literal["reported", "computed", ""] = ""
        if value is not None:
            origin = "reported" if value.origin == REPORTED else "computed"
        if estimate is None:
            reason = written.missing if written else (value.missing if value else "")
            return TableCell(reason or MISSING, missing=True, origin=origin, refcode=refcode)
        number = value or written
        assert number is not None
        qualifier = number.qualifier if number.qualifier != "=" else ""
        digits = self._format_digits(written, estimate)
        uncertainty = ""
        if digits and qualifier not in BOUNDS:
            is_count = self.quantity is not None and self.quantity.is_count
            digits, uncertainty = add_uncertainty(digits, estimate, scale=self.scale, pad=not is_count)
        words = written.text if written is not None and not digits else ""
        return TableCell(
            text=words or qualifier + to_typographic(digits, uncertainty),
            digits=digits,
            uncertainty_digits=uncertainty,
            number=estimate.magnitude * self.factor,
            uncertainty=None if qualifier in BOUNDS else estimate.standard_uncertainty * self.factor or None,
            lower=self._in_unit(number.lower),
            upper=self._in_unit(number.upper),
            origin=origin,
            refcode=refcode,
            stale=value is not None and value.stale_since is not None,
            inferred=estimate.inferred,
            qualifier=qualifier,
        )

    def _in_unit(self, bound: float | None) -> float | None:
        return None if bound is None else bound * self.factor

    def _format_digits(self, written: ParsedNumber | None, estimate: Estimate) -> str:
        """The digits as written if the units differ only by a power of ten, else as the uncertainty supports; empty for
        a number in words (RT)."""
        assert self.quantity is not None
        if written is not None and not written.digits:
            return ""
        digits = ""
        if written is not None:
            unit = self.column.unit or self.quantity.unit
            digits = digits_in_unit(written.digits, written.unit, unit) if written.unit else written.digits
        return digits or format_digits(estimate, scale=self.scale, count=self.quantity.is_count)


def _inferred_note(value: LatestValue) -> str:
    """The inferred inputs of a computed value, as text."""
    names = [_format_path(path) for path in value.inferred_inputs or []]
    return "inferred " + " and ".join(names) if names else "an inferred input"


def _format_path(path: str) -> str:
    slug, place = split_key(path.rpartition(".")[2])
    name = catalogue.get(slug).name if slug in catalogue.catalogue else slug
    layer = path.split(".")[1] if path.startswith("layers.") else ""
    return (
        f"{name[0].lower()}{name[1:]}"
        + (f" of layer {layer}" if layer else "")
        + (f" of {place.label}" if place else "")
    )
