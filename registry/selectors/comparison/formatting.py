"""What one cell of a comparison table prints: digits as warranted, a missing number with its reason, footnotes."""

from collections.abc import Callable
from decimal import Decimal
from typing import Literal, NamedTuple

from analyses.uncertainty import Estimate
from registry import plugin_loading
from registry.hookspecs import LAYER_ROLES, Column, TableCell
from registry.models import Publication
from registry.numbers import catalogue, units
from registry.numbers.formatting import digits_in_unit, format_digits, to_typographic
from registry.numbers.parsing import ParsedNumber, parse
from registry.selectors.comparison.row import (
    COMPUTED,
    FACTS,
    LAYER_WORDS,
    REPORTED,
    LatestValue,
    Row,
    cell_fact,
    layer_number,
    layer_text,
)
from registry.selectors.orphans import missing_analysis_note, missing_quantity_note
from registry.selectors.query.parsing import CELL_NUMBERS, CONDITIONS

MISSING = "–"
INFERRED = "Inferred, not stated in the source."
NOT_REPORTED = "Computed from the record; not reported."
UNCERTAIN_SHARE = 0.1
STALE = "An input changed since this was computed; it waits to be computed again."


class CellDraft(NamedTuple):
    """A cell of the table before its footnotes are numbered."""

    printed: TableCell
    notes: tuple[str, ...] = ()


def is_numeric(key: str) -> bool:
    role, _, rest = key.partition(".")
    if role in LAYER_ROLES and rest:
        return rest.partition(".")[0] in catalogue.catalogue
    return key not in FACTS


def column_quantity(column: Column) -> str:
    """The quantity a column holds; empty for words."""
    role, _, rest = column.key.partition(".")
    if role in LAYER_ROLES and rest:
        slug = rest.partition(".")[0]
        return slug if slug in catalogue.catalogue else ""
    return "" if column.key in FACTS else column.key


def column_unit(column: Column) -> tuple[Decimal, str]:
    """How many of the column's unit make one of the quantity's, and the unit's label; ValueError if it cannot be."""
    slug = column_quantity(column)
    if not slug:
        if column.unit:
            raise ValueError(f"‘{column.key}’ holds words, so it has no unit.")
        return Decimal(1), ""
    quantity = catalogue.get_or_placeholder(slug)
    # Of a quantity whose plugin is gone, only the stored numbers are known.
    if not column.unit or slug not in catalogue.catalogue:
        return Decimal(1), quantity.unit_label
    scale, offset = units.factor(column.unit, quantity.unit)
    if offset:
        raise ValueError(f"‘{column.key}’ cannot be printed in {column.unit}: the scale has another zero.")
    return 1 / scale, column.unit


class ColumnFormatter:
    """Prints one column: what does not differ from row to row is settled once."""

    def __init__(self, column: Column, references: dict[Publication, int], *, mixed: bool) -> None:
        """`mixed` marks computed values, because the column also has reported ones."""
        self.column = column
        self.references = references
        self.mixed = mixed
        self.role, _, self.name = column.key.partition(".")
        self.scale, self.unit = column_unit(column)
        self.times = float(self.scale)
        slug = column_quantity(column)
        self.quantity = catalogue.get_or_placeholder(slug) if slug else None
        self.is_registered = slug in catalogue.catalogue
        self.gone = missing_quantity_note(slug) if slug else ""
        self.draft = self._drafter()

    def _drafter(self) -> Callable[[Row], CellDraft]:
        key = self.column.key
        if self.role in LAYER_ROLES and self.name:
            return self._layer
        if key in CONDITIONS:
            return lambda row: self._entered(row.measurements[0].written(key), row.measurements[0].refcode)
        if key in CELL_NUMBERS:
            return lambda row: self._entered(row.cell.written(key), row.cell.refcode)
        if self.quantity is not None:
            return self._value
        return lambda row: CellDraft(TableCell(cell_fact(row, key, self.references), refcode=row.cell.refcode))

    def _layer(self, row: Row) -> CellDraft:
        layer = row.layer(self.role)
        if layer is None:
            return CellDraft(TableCell(MISSING, missing=True))
        if self.name in LAYER_WORDS:
            draft = CellDraft(TableCell(layer_text(layer, self.name), refcode=row.cell.refcode))
        else:
            draft = self._entered(layer_number(layer, self.name), row.cell.refcode)
        alike = sum(item.role == self.role for item in row.cell.layers.all())
        if alike == 1:
            return draft
        note = f"Of the first of {alike} layers with the role {LAYER_ROLES[self.role].lower()}."
        return draft._replace(notes=(*draft.notes, note))

    def _entered(self, written: ParsedNumber | None, refcode: str) -> CellDraft:
        """A number entered with the record: as it was written, where the unit is the column's."""
        if written is None:
            return CellDraft(TableCell(MISSING, missing=True, refcode=refcode))
        notes = (INFERRED,) if written.inferred else ()
        return CellDraft(self._number(written, written.estimate(), refcode, None), notes)

    def _value(self, row: Row) -> CellDraft:
        value = row.value(self.column)
        if value is None:
            reason = row.refusal(self.column.key) if self.column.origin != REPORTED else ""
            missing = TableCell(MISSING, missing=True, refcode=row.measurements[0].refcode)
            return CellDraft(missing, (reason,) if reason else ())
        measurement = row.measurement_of(value)
        if value.origin == COMPUTED and value.magnitude is None:
            missing = TableCell(MISSING, missing=True, origin="computed", refcode=measurement.refcode)
            return CellDraft(missing, (f"Not computed: {value.missing}.",))
        written = (
            parse(value.written, self.quantity) if value.written and self.quantity and self.is_registered else None
        )
        printed = self._number(written, value.estimate(), measurement.refcode, value)
        return CellDraft(printed, tuple(self._notes(row, value)))

    def _notes(self, row: Row, value: LatestValue) -> list[str]:
        computed = value.origin == COMPUTED
        notes = [NOT_REPORTED] if computed and self.mixed else []
        deviation = row.deviation(value.quantity)
        if deviation and not deviation.agrees:
            notes.append(deviation.sentence())
        if computed and value.inferred:
            notes.append(f"Computed with {inferred_note(value)}.")
        if computed and (scatter := self._scatter(value)):
            notes.append(scatter)
        if value.stale_since:
            notes.append(STALE)
        gone = self.gone
        if value.analysis:
            if newer := plugin_loading.current().newer_version(value.analysis, value.version or ""):
                notes.append(f"Computed by version {value.version} of {value.analysis}; version {newer} is installed.")
            gone = missing_analysis_note(value.analysis) or gone
        return [*notes, gone] if gone else notes

    def _scatter(self, value: LatestValue) -> str:
        """The standard uncertainty, where it is so large that the number must not be read without it."""
        if value.magnitude is None or value.standard_uncertainty <= UNCERTAIN_SHARE * abs(value.magnitude):
            return ""
        number = to_typographic(f"{value.standard_uncertainty * self.times:.2g}")
        return f"Standard uncertainty {number} {self.unit}".strip() + "."

    def _number(
        self, written: ParsedNumber | None, estimate: Estimate | None, refcode: str, value: LatestValue | None
    ) -> TableCell:
        origin: Literal["reported", "computed", ""] = ""
        if value is not None:
            origin = "reported" if value.origin == REPORTED else "computed"
        if estimate is None:
            reason = written.missing if written else (value.missing if value else "")
            return TableCell(reason or MISSING, missing=True, origin=origin, refcode=refcode)
        text, digits = self._text(written, estimate)
        return TableCell(
            text=text,
            digits=digits,
            number=estimate.magnitude * self.times,
            uncertainty=estimate.combined_standard_uncertainty * self.times or None,
            lower=estimate.lower * self.times,
            upper=estimate.upper * self.times,
            origin=origin,
            refcode=refcode,
            stale=value is not None and value.stale_since is not None,
            inferred=estimate.inferred,
        )

    def _text(self, written: ParsedNumber | None, estimate: Estimate) -> tuple[str, str]:
        """Digits as written if the unit is the same or a power of ten away, else those the doubt warrants."""
        assert self.quantity is not None
        if written is not None and not written.digits:
            return written.text, ""
        digits = ""
        if written is not None:
            unit = self.column.unit or self.quantity.unit
            digits = digits_in_unit(written.digits, written.unit, unit) if written.unit else written.digits
        digits = digits or format_digits(estimate, scale=self.scale, count=self.quantity.is_count)
        return (written.sign if written else "") + to_typographic(digits), digits


def inferred_note(value: LatestValue) -> str:
    """The inferred inputs of a computed value, in words."""
    names = [_path_words(path) for path in value.inferred_inputs or []]
    return "inferred " + " and ".join(names) if names else "an inferred input"


def _path_words(path: str) -> str:
    *_, slug = path.split(".")
    name = catalogue.get(slug).name if slug in catalogue.catalogue else slug
    layer = path.split(".")[1] if path.startswith("layers.") else ""
    return f"{name[0].lower()}{name[1:]}" + (f" of layer {layer}" if layer else "")
