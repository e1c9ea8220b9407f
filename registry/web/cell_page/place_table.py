"""Values at places, such as those of each peak: one row a place, one column a quantity."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from registry.contract.place import Place
from registry.models import Publication, Value, ValueOrigin
from registry.numbers import catalogue
from registry.numbers.catalogue import get_or_placeholder
from registry.selectors.plugins.orphans import missing_quantity_note
from registry.web.cell_page.outcome import get_analysis_title
from registry.web.cell_page.quantity_row import QuantityRow, build_row, format_row, share_reason
from registry.web.cell_page.remedy import Remedy, get_missing_remedy
from registry.web.presentation.line_widths import line_widths, longest_word
from registry.web.presentation.text import format_value
from registry.web.presentation.value_column import ValueColumn, build_value_column

NOT_COMPUTED = "not computed"


@dataclass(frozen=True)
class PlaceTable:
    """The values at the places of one kind, of one analysis, next to those reported."""

    title: str
    """Kind of the rows, and the analysis: `Peaks (distribution of relaxation times)`."""
    head: str
    headings: tuple[tuple[str, str], ...]
    """Quantity and unit of each column, and a note if the quantity is not registered."""
    rows: tuple[tuple[str, tuple[QuantityRow | None, ...]], ...]
    """The name of each place, and its value in each column; empty if no value has a number."""
    reasons: tuple[tuple[str, str, Remedy | None], ...]
    """Why values are not computed, each once, with the columns and places where (`Peak area: peak 2, 3`), and where to
    enter what is missing."""

    is_of_cycles: bool = False
    """Whether its rows are cycles, as the points of plots are."""

    @property
    def line_widths(self) -> str:
        """The widths of its columns on a phone."""
        widths = [longest_word(self.head)]
        for position, (heading, _) in enumerate(self.headings):
            cells = [row for _, rows in self.rows if (row := rows[position])]
            texts = [heading, *(text for row in cells for text in (row.computed_text, row.reported_text))]
            widths.append(max(map(longest_word, texts)))
        return line_widths(widths)

    @property
    def quantity_rows(self) -> list[QuantityRow]:
        """All values, row by row."""
        return [row for _, cells in self.rows for row in cells if row]

    @cached_property
    def shares_reason(self) -> bool:
        """Whether all computed values are outdated for the same reason."""
        return share_reason(self.quantity_rows)


Names = Mapping[Place, str]


def list_place_tables(
    values: Iterable[Value], sources: dict[int, Publication], names: Names | None = None
) -> list[PlaceTable]:
    """A table for each kind of place and run; reported values stand in each table with their quantity, others in the
    first of their kind. Places without a name have their number."""
    by_kind: dict[str, list[Value]] = defaultdict(list)
    for value in values:
        if value.place:
            by_kind[value.place.kind].append(value)
    return [table for kind, placed in by_kind.items() for table in _tables_of_kind(kind, placed, sources, names or {})]


def _tables_of_kind(
    kind: str, values: Sequence[Value], sources: dict[int, Publication], names: Names
) -> list[PlaceTable]:
    reported = [value for value in values if value.origin == ValueOrigin.REPORTED]
    by_run: dict[int | None, list[Value]] = defaultdict(list)
    for value in sorted(values, key=lambda value: value.pk):
        if value.origin == ValueOrigin.COMPUTED:
            by_run[value.run_id].append(value)
    computed_slugs = {value.quantity for computed in by_run.values() for value in computed}
    tables = []
    for index, computed in enumerate(by_run.values() or [[]]):
        slugs = {value.quantity for value in computed}
        reported_here = [
            value
            for value in reported
            if value.quantity in slugs or (not index and value.quantity not in computed_slugs)
        ]
        tables.append(_build_table(kind, reported_here, computed, sources, names))
    return tables


def _build_table(
    kind: str, reported: Sequence[Value], computed: Sequence[Value], sources: dict[int, Publication], names: Names
) -> PlaceTable:
    order = {slug: index for index, slug in enumerate(catalogue.catalogue)}
    values = [*reported, *computed]
    # A column without any number is named in the reasons alone.
    shown = {value.quantity for value in values if value.magnitude is not None or value.origin == ValueOrigin.REPORTED}
    slugs = sorted(shown, key=lambda slug: (order.get(slug, len(order)), slug))
    numbers = sorted({value.at_number for value in values if value.at_number is not None and slugs})
    columns = {slug: build_value_column(slug, [value for value in values if value.quantity == slug]) for slug in slugs}
    by_key = [{value.key: value for value in side} for side in (reported, computed)]
    head = kind.replace("_", " ").capitalize()
    several = f"{head}es" if head.endswith("s") else f"{head}s"
    run = computed[0].run if computed else None
    return PlaceTable(
        reasons=_list_reasons(computed),
        title=f"{several} ({get_analysis_title(run)})" if run else several,
        head=head,
        is_of_cycles=kind == "cycle",
        headings=tuple((columns[slug].heading, missing_quantity_note(slug)) for slug in slugs),
        rows=tuple(
            (
                names.get(Place(kind, number), str(number)),
                tuple(_build_cell(columns[slug], Place(kind, number), by_key, sources) for slug in slugs),
            )
            for number in numbers
        ),
    )


def _build_cell(
    column: ValueColumn, place: Place, by_key: Sequence[Mapping[str, Value]], sources: dict[int, Publication]
) -> QuantityRow | None:
    slug = column.quantity.slug
    reported, computed = (values.get(f"{slug}@{place}") for values in by_key)
    if reported is None and computed is None:
        return None
    row = format_row(build_row(slug, reported, computed, sources, show_analysis=False), column)
    if computed and computed.magnitude is None:
        row = replace(row, computed_text=NOT_COMPUTED)
    return replace(row, heading=f"{column.heading}, {place.label}")


def _list_reasons(computed: Sequence[Value]) -> tuple[tuple[str, str, Remedy | None], ...]:
    """Return each reason with the columns and places it is for: a sentence in every cell would hide the numbers."""
    where: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    remedies: dict[str, Remedy | None] = {}
    for value in computed:
        if value.magnitude is None:
            remedies.setdefault(format_value(value), get_missing_remedy(value))
            where[format_value(value)][get_or_placeholder(value.quantity).name].append(str(value.at_number))
    return tuple(
        (reason, "; ".join(f"{name} {', '.join(numbers)}" for name, numbers in columns.items()), remedies[reason])
        for reason, columns in where.items()
    )
