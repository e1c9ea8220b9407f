"""Like with like: in which test conditions and design a row of a table differs from the row it is compared with."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from registry.contract.table_text import DIFFERS
from registry.hookspecs import Heading, Table, TableCell
from registry.models.condition import VOLTAGE_WINDOW
from registry.numbers.parsing import BOUNDS
from registry.plugin_loading.names import condition_name, layer_role_in_sentence
from registry.selectors.comparison.row import Row
from registry.selectors.query.errors import QueryError
from registry.text.search_tokens import full_refcode

COMPARABLE = ("all", "only")
KEY = "comparable"
COMPARE_WITH = "compare_with"
LOADING = "mass_loading_mg_cm2"
COUNTER_ELECTRODE = "anode"
LOADED = "cathode"

Verdict = Literal["alike", "differs", "unknown"]
Number = tuple[float, str]
"""Magnitude, and the potential scale of a voltage, or empty."""


@dataclass(frozen=True)
class Aspect:
    """One thing in which rows are compared."""

    name: str
    """As it stands in a sentence: stack pressure."""
    rule: str
    """Up to where rows are alike, as a footnote says it."""
    keys: tuple[str, ...]
    """Columns at which a difference is marked; `anode.` stands for all columns of that layer."""
    compare: Callable[[Row, Row], Verdict]
    """The verdict on a row next to the one it is compared with."""


@dataclass(frozen=True)
class Comparability:
    """In what a row differs from the row it is compared with, and in what that is not known."""

    differing: tuple[Aspect, ...] = ()
    unknown: tuple[Aspect, ...] = ()
    is_reference: bool = False

    @property
    def is_comparable(self) -> bool:
        return not (self.differing or self.unknown)

    @property
    def text(self) -> str:
        if self.is_reference:
            return "reference row"
        parts = []
        if self.differing:
            parts.append(f"no: {', '.join(aspect.name for aspect in self.differing)}")
        if self.unknown:
            parts.append(f"not stated: {', '.join(aspect.name for aspect in self.unknown)}")
        return "; ".join(parts) or "yes"

    def marks(self, key: str) -> bool:
        """Whether a column with this key is marked in the row."""
        return any(key in aspect.keys or f"{key.partition('.')[0]}." in aspect.keys for aspect in self.differing)


def has_row(rows: Sequence[Row], refcode: str) -> bool:
    """Whether any row is of the cell or measurement with this refcode."""
    return any(full_refcode(refcode) in _names_of(row) for row in rows)


def compare_rows(rows: Sequence[Row], table: Table) -> dict[int, Comparability]:
    """Compare every row, by its position, with the one that `compare_with` names; QueryError if no row is that."""
    refcode = full_refcode(table.compare_with)
    reference = next((row for row in rows if refcode in _names_of(row)), None)
    if reference is None:
        text = (
            "`compare_with` must be the refcode of a cell or measurement in this table; it has no row for "
            f"‘{table.compare_with}’."
        )
        raise QueryError(COMPARE_WITH, text)
    aspects = list_aspects()
    return {
        position: Comparability(is_reference=True) if row is reference else _compare(row, reference, aspects)
        for position, row in enumerate(rows)
    }


def heading(table: Table) -> Heading:
    """The heading of the column that says whether a row is comparable."""
    return Heading(KEY, f"Comparable with {full_refcode(table.compare_with)}")


def rules_footnote() -> str:
    """Limits within which rows count as comparable."""
    return (
        f"{DIFFERS} differs from this row. Comparable rows have {'; '.join(aspect.rule for aspect in list_aspects())}."
    )


def mark(
    cells: Sequence[TableCell], headings: Sequence[Heading], comparability: Comparability, rules_note: int
) -> tuple[TableCell, ...]:
    """The cells of a row with those marked in which it differs, and whether it is comparable at its end; the row
    compared with has the number of the footnote with the rules."""
    marked = (
        cell._replace(differs=True) if comparability.marks(heading.key) else cell
        for cell, heading in zip(cells, headings, strict=True)
    )
    notes = (rules_note,) if comparability.is_reference else ()
    return (*marked, TableCell(comparability.text, notes=notes))


def list_aspects() -> tuple[Aspect, ...]:
    """The things in which rows are compared."""
    return (
        _of_condition("temperature_degc", "temperatures within 5 °C", _within(5.0)),
        _of_condition("stack_pressure_mpa", "stack pressures within a factor of 2", _within_factor(2.0)),
        _of_condition("c_rate", "C-rates within a factor of 2", _within_factor(2.0)),
        _of_condition("current_density_ma_cm2", "current densities within a factor of 2", _within_factor(2.0)),
        Aspect(
            "voltage window", "voltage limits within 0.1 V on one potential scale", VOLTAGE_WINDOW, _compare_windows
        ),
        Aspect(
            f"areal mass of the {layer_role_in_sentence(LOADED)}",
            f"areal masses of the {layer_role_in_sentence(LOADED)} within a factor of 2",
            (f"{LOADED}.{LOADING}",),
            _compare_loadings,
        ),
        Aspect(
            layer_role_in_sentence(COUNTER_ELECTRODE),
            f"the same {layer_role_in_sentence(COUNTER_ELECTRODE)}",
            (f"{COUNTER_ELECTRODE}.", "configuration"),
            _compare_counter_electrodes,
        ),
    )


def _names_of(row: Row) -> set[str]:
    return {name for part in row.parts for name in (part.cell.refcode, *(item.refcode for item in part.measurements))}


def _compare(row: Row, reference: Row, aspects: Sequence[Aspect]) -> Comparability:
    verdicts = [(aspect, aspect.compare(row, reference)) for aspect in aspects]
    differing, unknown = (
        tuple(aspect for aspect, verdict in verdicts if verdict == wanted) for wanted in ("differs", "unknown")
    )
    return Comparability(differing, unknown)


def _of_condition(slug: str, rule: str, is_alike: Callable[[Number, Number], bool]) -> Aspect:
    name = condition_name(slug)
    in_sentence = name if name[1:2].isupper() or name.startswith("C-") else name[0].lower() + name[1:]
    return Aspect(
        in_sentence, rule, (slug,), lambda row, reference: _compare_conditions(row, reference, slug, is_alike)
    )


def _within(difference: float) -> Callable[[Number, Number], bool]:
    return lambda first, second: first[1] == second[1] and abs(first[0] - second[0]) <= difference * (1 + 1e-9)


def _within_factor(factor: float) -> Callable[[Number, Number], bool]:
    def is_alike(first: Number, second: Number) -> bool:
        if first[0] <= 0 or second[0] <= 0:
            return first[0] == second[0]
        return abs(math.log(first[0] / second[0])) <= math.log(factor) * (1 + 1e-9)

    return is_alike


def _compare_conditions(row: Row, reference: Row, slug: str, is_alike: Callable[[Number, Number], bool]) -> Verdict:
    """Alike if neither states the condition; unknown if only one does, or states no more than a bound or words."""
    entered = [of.condition(slug) for of in (row, reference)]
    if not any(entered):
        return "alike"
    numbers = [
        (condition.magnitude, condition.scale)
        if condition and condition.magnitude is not None and condition.qualifier not in BOUNDS
        else None
        for condition in entered
    ]
    first, second = numbers
    if first is None or second is None:
        return "unknown"
    return "alike" if is_alike(first, second) else "differs"


def _compare_windows(row: Row, reference: Row) -> Verdict:
    return _combine([_compare_conditions(row, reference, slug, _within(0.1)) for slug in VOLTAGE_WINDOW])


def _combine(verdicts: Sequence[Verdict]) -> Verdict:
    return "differs" if "differs" in verdicts else "unknown" if "unknown" in verdicts else "alike"


def _compare_loadings(row: Row, reference: Row) -> Verdict:
    loadings = [_loading(of) for of in (row, reference)]
    if loadings == [None, None]:
        return "alike"
    first, second = loadings
    if first is None or second is None:
        return "unknown"
    return "alike" if _within_factor(2.0)((first, ""), (second, "")) else "differs"


def _loading(row: Row) -> float | None:
    layer = row.layer(LOADED)
    estimate = layer.estimate(LOADING) if layer else None
    return estimate.magnitude if estimate else None


def _compare_counter_electrodes(row: Row, reference: Row) -> Verdict:
    made_of = [_materials_of(of) for of in (row, reference)]
    if not all(made_of):
        return "unknown" if any(made_of) else "alike"
    return "alike" if made_of[0] == made_of[1] else "differs"


def _materials_of(row: Row) -> frozenset[int]:
    """The materials of the counter electrode."""
    layer = row.layer(COUNTER_ELECTRODE)
    if layer is None:
        return frozenset()
    if layer.formulation is not None:
        return frozenset(ingredient.material_id for ingredient in layer.formulation.ingredients.all())
    return frozenset({layer.material_id} if layer.material_id else ())
