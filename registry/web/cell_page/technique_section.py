"""The measurements of a cell by technique; several of one technique stand in one table, next to one plot."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from registry.models import Cell, Measurement, Value
from registry.plugin_loading.names import technique_name
from registry.selectors.analysis_inputs.series import magnitudes
from registry.web.cell_page.condition_plot import build_condition_plot, draw_condition_plot, rank_quantities
from registry.web.cell_page.measurement_section import MeasurementSection
from registry.web.cell_page.quantity_row import QuantityRow, format_row, share_reason
from registry.web.plots.frame import DrawnPlot
from registry.web.presentation.units import UnitColumn, build_unit_column
from registry.web.presentation.value_column import ValueColumn, build_value_column

MOST_COLUMNS = 6
COLUMNS_BESIDE_A_PLOT = 5
"""Conditions and quantities that fit next to a plot; sections below have all."""


@dataclass(frozen=True)
class OverviewTable:
    """Several measurements of one technique: a row each, with what differs between them and their main values."""

    condition_names: tuple[str, ...]
    headings: tuple[str, ...]
    rows: tuple[tuple[MeasurementSection, tuple[tuple[str, str], ...], tuple[QuantityRow | None, ...]], ...]
    """Of each: texts and addresses of its conditions, and its values."""
    shared: tuple[tuple[str, str], ...]
    """Conditions that all have, with their text."""

    @cached_property
    def shares_reason(self) -> bool:
        """Whether all computed values are outdated for the same reason."""
        return share_reason(row for _, _, rows in self.rows for row in rows)


@dataclass(frozen=True)
class TechniqueSection:
    """All measurements of one technique."""

    slug: str
    name: str
    sections: tuple[MeasurementSection, ...]
    table: OverviewTable | None
    """None for a single measurement."""
    plot: DrawnPlot | None = None
    """A quantity against a condition that varies between the measurements; None if none does."""

    @property
    def disagreeing(self) -> int:
        return sum(len(section.disagreeing_rows) for section in self.sections)


def list_technique_sections(
    cell: Cell, sections: Sequence[MeasurementSection], choice: Mapping[str, str] | None = None
) -> list[TechniqueSection]:
    """The measurements by technique, in the order in which the techniques were first measured.

    `choice` says for the technique `plot` which quantity `y` is drawn against which condition `x`.
    """
    by_technique: dict[str, list[MeasurementSection]] = {}
    for section in sections:
        if section.measurement:
            by_technique.setdefault(section.measurement.technique, []).append(section)
    return [_build_section(cell, slug, members, choice or {}) for slug, members in by_technique.items()]


def _build_section(
    cell: Cell, slug: str, members: Sequence[MeasurementSection], choice: Mapping[str, str]
) -> TechniqueSection:
    name = technique_name(slug)
    if len(members) == 1:
        return TechniqueSection(slug, name, tuple(members), None)
    chosen = [choice.get(field, "") if choice.get("plot") == slug else "" for field in ("y", "x")]
    plot = build_condition_plot(_list_measured(members), *chosen)
    drawn = draw_condition_plot(plot, cell, slug) if plot else None
    return TechniqueSection(slug, name, tuple(members), _build_table(members, is_beside_plot=drawn is not None), drawn)


def _list_measured(members: Sequence[MeasurementSection]) -> list[tuple[Measurement, list[Value]]]:
    return [
        (section.measurement, [value for row in section.rows for value in (row.computed, row.reported) if value])
        for section in members
        if section.measurement
    ]


def _build_table(members: Sequence[MeasurementSection], *, is_beside_plot: bool) -> OverviewTable:
    sections = _in_order(members)
    linked = [{name: (text, address) for name, text, address in section.conditions} for section in sections]
    conditions = [{name: text for name, (text, _) in items.items()} for items in linked]
    names = list(dict.fromkeys(name for texts in conditions for name in texts))
    shared = [name for name in names if len({texts.get(name) for texts in conditions}) == 1]
    varying = [name for name in names if name not in shared]
    columns = [build_unit_column(name, [texts.get(name, "") for texts in conditions]) for name in varying]
    by_quantity = [{_slug_of(row): row for row in reversed(section.shown_rows)} for section in sections]
    most = max(COLUMNS_BESIDE_A_PLOT - len(columns), 1) if is_beside_plot else MOST_COLUMNS
    slugs = rank_quantities(Counter(slug for rows in by_quantity for slug in rows))[:most]
    numbers = {slug: _build_column(slug, [rows[slug] for rows in by_quantity if slug in rows]) for slug in slugs}
    return OverviewTable(
        condition_names=tuple(column.header for column in columns),
        headings=tuple(numbers[slug].heading for slug in slugs),
        rows=tuple(
            (section, _link(varying, columns, linked, index), _format(rows, numbers))
            for index, (section, rows) in enumerate(zip(sections, by_quantity, strict=True))
        ),
        shared=tuple((name, conditions[0][name]) for name in shared),
    )


def _build_column(slug: str, rows: Sequence[QuantityRow]) -> ValueColumn:
    return build_value_column(slug, [value for row in rows for value in (row.computed, row.reported) if value])


def _format(rows: Mapping[str, QuantityRow], columns: Mapping[str, ValueColumn]) -> tuple[QuantityRow | None, ...]:
    return tuple(format_row(rows[slug], column) if slug in rows else None for slug, column in columns.items())


def _link(
    names: Sequence[str], columns: Sequence[UnitColumn], linked: Sequence[Mapping[str, tuple[str, str]]], index: int
) -> tuple[tuple[str, str], ...]:
    """Text and address of the conditions in a row; empty for those the measurement does not have."""
    return tuple(
        (column.cells[index], linked[index].get(name, ("", ""))[1]) for name, column in zip(names, columns, strict=True)
    )


def _in_order(members: Sequence[MeasurementSection]) -> list[MeasurementSection]:
    """Rising in the condition that varies, if only one does; otherwise in order of entry."""
    numbers = [magnitudes(section.measurement.entered_conditions) for section in members if section.measurement]
    varying = [slug for slug in numbers[0] if len({conditions.get(slug) for conditions in numbers}) > 1]
    is_one = len(varying) == 1 and all(conditions.keys() == numbers[0].keys() for conditions in numbers)
    order = sorted(range(len(members)), key=lambda index: numbers[index][varying[0]] if is_one else 0.0)
    return [members[index] for index in order]


def _slug_of(row: QuantityRow) -> str:
    value = row.computed or row.reported
    return value.quantity if value else ""
