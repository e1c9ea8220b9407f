"""The measurements of a cell by technique; several of one technique stand in one table."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from registry.numbers import catalogue
from registry.numbers.catalogue import get_or_placeholder
from registry.plugin_loading.names import technique_name
from registry.web.cell_page.measurement_section import MeasurementSection
from registry.web.cell_page.quantity_row import QuantityRow
from registry.web.cell_page.results import KEY_QUANTITIES
from registry.web.presentation.text import format_heading

MOST_COLUMNS = 6


@dataclass(frozen=True)
class OverviewTable:
    """Several measurements of one technique: a row each, with what differs between them and their main values."""

    condition_names: tuple[str, ...]
    headings: tuple[str, ...]
    rows: tuple[tuple[MeasurementSection, tuple[str, ...], tuple[QuantityRow | None, ...]], ...]
    shared: tuple[tuple[str, str], ...]
    """Conditions that all have, with their text."""


@dataclass(frozen=True)
class TechniqueSection:
    """All measurements of one technique."""

    slug: str
    name: str
    sections: tuple[MeasurementSection, ...]
    table: OverviewTable | None
    """None for a single measurement."""

    @property
    def disagreeing(self) -> int:
        return sum(len(section.disagreeing_rows) for section in self.sections)


def list_technique_sections(sections: Sequence[MeasurementSection]) -> list[TechniqueSection]:
    """The measurements by technique, in the order in which the techniques were first measured."""
    by_technique: dict[str, list[MeasurementSection]] = {}
    for section in sections:
        if section.measurement:
            by_technique.setdefault(section.measurement.technique, []).append(section)
    return [
        TechniqueSection(
            slug, technique_name(slug), tuple(members), _build_table(members) if len(members) > 1 else None
        )
        for slug, members in by_technique.items()
    ]


def _build_table(sections: Sequence[MeasurementSection]) -> OverviewTable:
    conditions = [dict(section.conditions) for section in sections]
    names = list(dict.fromkeys(name for texts in conditions for name in texts))
    shared = [name for name in names if len({texts.get(name) for texts in conditions}) == 1]
    differing = tuple(name for name in names if name not in shared)
    by_quantity = [{_slug_of(row): row for row in reversed(section.rows)} for section in sections]
    slugs = _choose_quantities(by_quantity)
    return OverviewTable(
        condition_names=differing,
        headings=tuple(format_heading(get_or_placeholder(slug)) for slug in slugs),
        rows=tuple(
            (section, tuple(texts.get(name, "") for name in differing), tuple(rows.get(slug) for slug in slugs))
            for section, texts, rows in zip(sections, conditions, by_quantity, strict=True)
        ),
        shared=tuple((name, conditions[0][name]) for name in shared),
    )


def _slug_of(row: QuantityRow) -> str:
    value = row.computed or row.reported
    return value.quantity if value else ""


def _choose_quantities(by_quantity: Sequence[dict[str, QuantityRow]]) -> list[str]:
    """The first few quantities, key ones first, then those that most measurements have, in catalogue order."""
    counts = Counter(slug for rows in by_quantity for slug in rows)
    order = {slug: index for index, slug in enumerate(catalogue.catalogue)}
    key = {slug: index for index, slug in enumerate(KEY_QUANTITIES)}
    ranked = sorted(
        counts, key=lambda slug: (key.get(slug, len(key)), -counts[slug], order.get(slug, len(order)), slug)
    )
    return ranked[:MOST_COLUMNS]
