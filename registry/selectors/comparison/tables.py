"""Comparison tables: list, load, validate and format them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from registry import plugin_loading
from registry.contract.place import Place
from registry.hookspecs import Column, Heading, PrintedTable, Reference, Table, TableCell
from registry.models import Comparison, Publication
from registry.models.condition import condition_slugs
from registry.models.visibility import AnyUser
from registry.numbers import catalogue
from registry.numbers.formatting import fits_plain, to_plain, to_scientific, to_typographic
from registry.plugin_loading.names import layer_role_name
from registry.selectors.comparison import this_work
from registry.selectors.comparison.comparability import COMPARE_WITH, compare_rows, has_row, mark, rules_footnote
from registry.selectors.comparison.comparability import heading as comparability_heading
from registry.selectors.comparison.formatting import (
    CellDraft,
    ColumnFormatter,
    column_unit,
    is_numeric,
    mark_simulated,
)
from registry.selectors.comparison.outdated_values import ComputedValues, get_computed_values
from registry.selectors.comparison.replicates import SETTINGS, check_settings, with_settings
from registry.selectors.comparison.row import LAYER_TEXT_COLUMNS, TEXT_COLUMNS, Row
from registry.selectors.comparison.rows import fetch_rows, table_filters
from registry.selectors.plugins.orphans import has_orphaned_conditions, has_orphaned_role, has_orphans
from registry.selectors.query.parsing import (
    CELL_NUMBERS,
    LAYER_NUMBERS,
    nearest,
    parse_list_query,
    value_quantities,
)
from registry.text.cleaning import TextError, clean_json, replace_unstorable
from registry.text.search_tokens import full_refcode

MAX_COLUMNS = 100
"""Maximum number of columns printed, ordered by, or required."""


class UnknownTableError(LookupError):
    """No table with this slug is visible to the user."""


@dataclass(frozen=True)
class TableListing:
    """An entry in the list of tables."""

    slug: str
    title: str
    caption: str
    source: str
    comparison: Comparison | None = None


def list_tables(user: AnyUser) -> list[TableListing]:
    """All tables the user may see: tables declared by plugins, then saved comparisons."""
    plugins = plugin_loading.current()
    declared = [
        TableListing(table.slug, table.title, table.caption, plugins.plugin_of("table", table.slug))
        for table in plugins.tables.values()
    ]
    saved = Comparison.objects.visible_to(user).select_related("project").order_by("slug")
    return declared + [
        TableListing(item.slug, item.title, _caption(item.definition), str(item.project), item) for item in saved
    ]


def _caption(definition: Any) -> str:
    """The caption of a saved table, including tables saved without text validation."""
    caption = definition.get("caption", "") if isinstance(definition, dict) else ""
    return replace_unstorable(caption) if isinstance(caption, str) else ""


def get_table(slug: str, user: AnyUser) -> Table:
    """The declared table or saved comparison with this slug."""
    declared = plugin_loading.current().tables
    if slug in declared:
        return declared[slug]
    saved = Comparison.objects.visible_to(user).filter(slug=slug).first()
    if saved is None:
        slugs = [listing.slug for listing in list_tables(user)]
        raise UnknownTableError(f"Unknown table ‘{slug}’.{nearest(slug, slugs)}")
    return table_from_comparison(saved)


def table_from_comparison(comparison: Comparison) -> Table:
    """A saved comparison as a table; raises ValueError if its definition is invalid."""
    return build_table(comparison.slug, comparison.title, comparison.definition)


def build_table(slug: str, title: str, definition: Any) -> Table:
    """Build a table from JSON data and check it; raises ValueError naming the problem."""
    if not isinstance(definition, dict):
        raise ValueError(
            "The definition must be an object with `columns` and optional settings such as `filters` or `order`."
        )
    settings = {field.name for field in fields(Table)} - {"slug", "title"}
    try:
        definition = clean_json(definition)
    except TextError as error:
        raise ValueError(f"{error.path}: {error}") from error
    for name in definition:
        if name not in settings:
            raise ValueError(f"Unknown setting ‘{name}’.{nearest(name, settings)}")
    columns = definition.get("columns")
    if not isinstance(columns, list) or not columns:
        raise ValueError("`columns` must list the columns: [“configuration”, “capacity_retention_percent”, …].")
    _check_filters(definition.get("filters", {}))
    _check_types(definition, columns)
    try:
        table = Table(
            **{
                **definition,
                "slug": slug,
                "title": title,
                "columns": tuple(
                    Column(key=column) if isinstance(column, str) else Column(**column) for column in columns
                ),
                "order": tuple(definition.get("order", ())),
                "require": tuple(definition.get("require", ())),
            }
        )
    except TypeError as error:
        raise ValueError(f"Invalid definition: {error}.") from error
    check_table(table, stored=True)
    return table


def _check_filters(filters: Any) -> None:
    if not isinstance(filters, dict):
        raise ValueError("`filters` must be an object of query parameters and their values: {“anode”: “Li”}.")
    for name, value in filters.items():
        values = value if isinstance(value, list) else [value]
        if not values or not all(isinstance(item, str | int | float) and not isinstance(item, bool) for item in values):
            raise ValueError(f"The filter ‘{name}’ must be text, a number, or a list of them.")


def _check_types(definition: Mapping[str, Any], columns: Sequence[Any]) -> None:
    for name in ("row", "caption", *SETTINGS):
        if not isinstance(definition.get(name, ""), str):
            raise ValueError(f"`{name}` must be text.")
    for name in ("order", "require"):
        entries = definition.get(name, [])
        if not isinstance(entries, list | tuple) or not all(isinstance(item, str) for item in entries):
            raise ValueError(f"`{name}` must list columns: [“capacity_retention_percent”, …].")
    if not isinstance(definition.get("transposed", False), bool):
        raise ValueError("`transposed` must be true or false.")
    for name, entries in (("columns", columns), *((name, definition.get(name, ())) for name in ("order", "require"))):
        if len(entries) > MAX_COLUMNS:
            raise ValueError(f"`{name}` can have at most {MAX_COLUMNS} entries, not {len(entries)}.")
    column_settings = {field.name for field in fields(Column)}
    for number, column in enumerate(columns, start=1):
        if isinstance(column, str):
            continue
        if not isinstance(column, dict) or not all(isinstance(item, str) for item in column.values()):
            raise ValueError(f"Column {number} must be a key or an object of text: {{“key”: “stack_pressure_mpa”}}.")
        for name in column:
            if name not in column_settings:
                raise ValueError(f"Column {number}: unknown setting ‘{name}’.{nearest(name, column_settings)}")


def check_table(table: Table, *, stored: bool = False) -> None:
    """Raise ValueError, suggesting the closest valid name, if a key, filter or unit of the table is invalid.

    With `stored`, quantities that have values but are not registered are allowed.
    """
    keys = [column.key for column in table.columns]
    for key in [*keys, *table.require, *(name.lstrip("-") for name in table.order)]:
        if not _is_key(key) and not (stored and _is_orphaned_key(key)):
            raise catalogue.UnregisteredQuantityError(f"Unknown column ‘{key}’.{nearest(key, column_keys())}")
    rows = ["measurement", *condition_slugs()]
    if table.row not in rows and not (stored and has_orphaned_conditions(table.row)):
        raise ValueError(f"‘{table.row}’ is not a valid row; choose from {', '.join(rows)}.")
    for column in table.columns:
        column_unit(column)
        _check_place(column)
        if column.origin not in ("reported", "computed", "either"):
            raise ValueError(
                f"The origin of ‘{column.key}’ must be reported, computed or either, not ‘{column.origin}’."
            )
    check_settings(table)
    parse_list_query(table_filters(table), stored=stored)


def _check_place(column: Column) -> None:
    if not column.at:
        return
    try:
        Place.parse(column.at)
    except ValueError as error:
        raise ValueError(f"Column ‘{column.key}’: {error}") from error
    if "." in column.key or column.key in (*TEXT_COLUMNS, *condition_slugs(), *CELL_NUMBERS):
        raise ValueError(f"Column ‘{column.key}’ has no places: remove its `at`.")


def column_keys() -> list[str]:
    """All column keys, except mass fractions of ingredients."""
    roles, names = plugin_loading.current().layer_roles, (*LAYER_TEXT_COLUMNS, *LAYER_NUMBERS)
    layer_keys = [f"{role}.{name}" for role in roles for name in names]
    return [*TEXT_COLUMNS, *condition_slugs(), *CELL_NUMBERS, *value_quantities(), *layer_keys]


def _is_key(key: str) -> bool:
    role, _, rest = key.partition(".")
    if role in plugin_loading.current().layer_roles and rest.startswith("mass_fraction_percent."):
        return bool(rest.removeprefix("mass_fraction_percent."))
    return key in column_keys()


def _is_orphaned_key(key: str) -> bool:
    """Whether a column shows values of a quantity, or layers with a role, that no loaded plugin registers."""
    role, _, rest = key.partition(".")
    is_layer_column = rest in (*LAYER_TEXT_COLUMNS, *LAYER_NUMBERS) or rest.startswith("mass_fraction_percent.")
    return has_orphaned_role(role) if is_layer_column else has_orphans(key)


@dataclass(frozen=True)
class FormattedTable:
    """A formatted table, and what its computed values are of."""

    printed: PrintedTable
    computed: ComputedValues


def format_table(table: Table, user: AnyUser, extra: Mapping[str, Iterable[str]] | None = None) -> PrintedTable:
    """Format a table with the records the user may see; `extra` adds query parameters."""
    return format_with_runs(table, user, extra).printed


def format_with_runs(table: Table, user: AnyUser, extra: Mapping[str, Iterable[str]] | None = None) -> FormattedTable:
    """The same with the runs of its computed values."""
    extra = extra or {}
    if this_work.SETTING in extra:
        this_work.check_names(",".join(extra[this_work.SETTING]), user)
    asked = set(extra)
    table, extra = with_settings(table, extra)
    rows = _sort_rows(fetch_rows(table, user, extra), table)
    if table.compare_with and COMPARE_WITH not in asked and not has_row(rows, table.compare_with):
        # Not an error: the row may be one that only others see.
        caption = f"{table.caption} Not compared: no row is of {full_refcode(table.compare_with)}.".strip()
        table = replace(table, caption=caption, compare_with="")
    compared = compare_rows(rows, table) if table.compare_with else {}
    if compared and table.comparable == "only":
        kept = [position for position, item in compared.items() if item.is_comparable]
        rows, compared = [rows[position] for position in kept], {n: compared[p] for n, p in enumerate(kept)}
    references = _number_references(rows)
    computed = get_computed_values(rows, table.columns)
    marks = not computed.shared_sentence
    formatters = [
        ColumnFormatter(column, references, mixed=_is_mixed(column, rows), marks_outdated=marks)
        for column in table.columns
    ]
    drafts = [_of_row(row, [formatter.draft(row) for formatter in formatters]) for row in rows]
    footnotes, printed = _number_footnotes(_align_notation(drafts))
    headings = tuple(map(_heading, table.columns))
    if table.compare_with:
        footnotes = (*footnotes, rules_footnote())
        printed = tuple(mark(row, headings, compared[position], len(footnotes)) for position, row in enumerate(printed))
        headings = (*headings, comparability_heading(table))
    printed_table = PrintedTable(
        slug=table.slug,
        title=table.title,
        caption=f"{table.caption} {computed.shared_sentence}".strip(),
        headings=headings,
        rows=printed,
        footnotes=footnotes,
        references=tuple(
            Reference(number, publication.citation(), publication.doi, publication.bibtex())
            for publication, number in references.items()
        ),
        transposed=table.transposed,
        cited=tuple(_cited_by(row, references) for row in rows) if references else (),
    )
    return FormattedTable(printed_table, computed)


def _of_row(row: Row, drafts: list[CellDraft]) -> list[CellDraft]:
    """The drafts of a row, the first with the notes on the whole row."""
    first, *others = mark_simulated(drafts) if row.cell.is_simulated else drafts
    return [first._replace(notes=(*first.notes, *row.notes)), *others]


def _is_mixed(column: Column, rows: Sequence[Row]) -> bool:
    """Whether the column prints both reported and computed values, which must then be distinguished."""
    shown = rows if column.origin == "either" else ()
    values = (value for row in shown for value in (row.value(column), *row.values_at_places(column)))
    return len({value.origin for value in values if value}) > 1


def _sort_rows(rows: list[Row], table: Table) -> list[Row]:
    """Sort by each key in turn, at the place of its first column, rows without it last; the sort is stable."""
    places = {column.key: column.at for column in reversed(table.columns)}
    for name in reversed(table.order):
        key, descending = name.lstrip("-"), name.startswith("-")
        keyed = [(row.sort_key(key, at=places.get(key, ""), descending=descending), row) for row in rows]
        present = [pair for pair in keyed if pair[0] is not None]
        present.sort(key=lambda pair: pair[0], reverse=descending)  # type: ignore[arg-type,return-value]
        rows = [row for _, row in present] + [row for sort_key, row in keyed if sort_key is None]
    literature = 0
    for row in rows:
        if row.cell.origin == "literature":
            literature += 1
            row.number = literature
    return rows


def _number_references(rows: Sequence[Row]) -> dict[Publication, int]:
    """Number the publications of literature rows in order of first citation."""
    numbers: dict[Publication, int] = {}
    for row in rows:
        if row.cell.origin == "literature" and row.publication:
            numbers.setdefault(row.publication, len(numbers) + 1)
    return numbers


def _cited_by(row: Row, references: dict[Publication, int]) -> tuple[int, ...]:
    """The numbers of the references of a row: one, or several if it combines cells of several publications."""
    numbers = (references.get(part.publication) for part in row.parts if part.publication)
    return tuple(dict.fromkeys(number for number in numbers if number))


def _align_notation(drafts: list[list[CellDraft]]) -> list[list[CellDraft]]:
    """Write all numbers of a column with powers of ten, or none; reported numbers keep their digits."""
    columns = [[item.printed.digits for item in column] for column in zip(*drafts, strict=True)]
    styles = [_style(digits) for digits in columns]
    return [[_in_style(draft, style) for draft, style in zip(row, styles, strict=True)] for row in drafts]


def _style(digits: Sequence[str]) -> Callable[[str], str] | None:
    """How to write the numbers of a column; None if all have one style."""
    if not any("e" in text for text in digits):
        return None
    return to_plain if all(map(fits_plain, digits)) else to_scientific


def _in_style(draft: CellDraft, style: Callable[[str], str] | None) -> CellDraft:
    cell = draft.printed
    digits = style(cell.digits) if style and cell.digits else cell.digits
    if digits == cell.digits:
        return draft
    return draft._replace(
        printed=cell._replace(digits=digits, text=cell.qualifier + to_typographic(digits, cell.uncertainty_digits))
    )


def _number_footnotes(drafts: list[list[CellDraft]]) -> tuple[tuple[str, ...], tuple[tuple[TableCell, ...], ...]]:
    """Number footnotes from 1 in reading order; identical texts share a number."""
    numbers: dict[str, int] = {}
    rows = []
    for draft_row in drafts:
        row = []
        for item in draft_row:
            if not item.notes:
                row.append(item.printed)
                continue
            marks = sorted(numbers.setdefault(note, len(numbers) + 1) for note in item.notes)
            row.append(item.printed._replace(notes=tuple(marks)))
        rows.append(tuple(row))
    return tuple(numbers), tuple(rows)


def _heading(column: Column) -> Heading:
    place = str(Place.parse(column.at)) if column.at else ""
    return Heading(column.key, column_title(column), column_unit(column)[1], is_numeric(column.key), place)


def column_title(column: Column) -> str:
    """The text of its header."""
    if column.title:
        return column.title
    if column.at:
        return f"{catalogue.get_or_placeholder(column.key).name}, {Place.parse(column.at).label}"
    if column.key in catalogue.catalogue:
        return catalogue.get(column.key).name
    role, _, rest = column.key.partition(".")
    if rest:
        slug, _, material = rest.partition(".")
        name = catalogue.get(slug).name if slug in catalogue.catalogue else rest.capitalize()
        return f"{layer_role_name(role)}: {material or name[0].lower() + name[1:]}"
    return column.key.replace("_", " ").capitalize()


def table_definition(table: Table) -> dict[str, Any]:
    """The table as the JSON data of a saved comparison."""
    data = asdict(table)
    return {name: value for name, value in data.items() if name not in ("slug", "title")}
