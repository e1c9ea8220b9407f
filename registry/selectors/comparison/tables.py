"""Comparison tables: which rows, and what each cell of the table prints."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from registry import plugin_loading
from registry.hookspecs import LAYER_ROLES, Column, Heading, PrintedTable, Reference, Table, TableCell
from registry.models import Comparison, Publication
from registry.models.visibility import AnyUser
from registry.numbers import catalogue
from registry.numbers.formatting import to_scientific, to_typographic
from registry.selectors.comparison.formatting import CellDraft, ColumnFormatter, column_unit, is_numeric
from registry.selectors.comparison.row import FACTS, LAYER_WORDS, Row
from registry.selectors.comparison.rows import fetch_rows, table_filters
from registry.selectors.orphans import has_orphaned_values
from registry.selectors.query.parsing import (
    CELL_NUMBERS,
    CONDITIONS,
    LAYER_NUMBERS,
    nearest,
    parse_list_query,
    value_quantities,
)
from registry.text.cleaning import TextError, clean_json, replace_unstorable

MAX_COLUMNS = 100
"""Columns a saved table prints, and as many it is ordered by or requires."""


class UnknownTableError(LookupError):
    """No table has this slug, or none the user may see."""


@dataclass(frozen=True)
class TableListing:
    """A table as a list of tables shows it."""

    slug: str
    title: str
    caption: str
    source: str
    comparison: Comparison | None = None


def list_tables(user: AnyUser) -> list[TableListing]:
    """Every table the user may see: those plugins declare, then those people saved."""
    plugins = plugin_loading.current()
    declared = [
        TableListing(table.slug, table.title, table.caption, plugins.providers[f"table {table.slug}"])
        for table in plugins.tables.values()
    ]
    saved = Comparison.objects.visible_to(user).select_related("project").order_by("slug")
    return declared + [
        TableListing(item.slug, item.title, _caption(item.definition), str(item.project), item) for item in saved
    ]


def _caption(definition: Any) -> str:
    """The caption of a saved table, also of one saved before its text was checked."""
    caption = definition.get("caption", "") if isinstance(definition, dict) else ""
    return replace_unstorable(caption) if isinstance(caption, str) else ""


def get_table(slug: str, user: AnyUser) -> Table:
    """The table with this slug, declared or saved."""
    declared = plugin_loading.current().tables
    if slug in declared:
        return declared[slug]
    saved = Comparison.objects.visible_to(user).filter(slug=slug).first()
    if saved is None:
        known = [entry.slug for entry in list_tables(user)]
        raise UnknownTableError(f"There is no table ‘{slug}’.{nearest(slug, known)}")
    return table_from_comparison(saved)


def table_from_comparison(comparison: Comparison) -> Table:
    """A saved comparison as a table; raises ValueError where its definition is unsound."""
    return build_table(comparison.slug, comparison.title, comparison.definition)


def build_table(slug: str, title: str, definition: Any) -> Table:
    """Make a table of plain data and check it; the ValueError names what is wrong."""
    if not isinstance(definition, dict):
        raise ValueError("The definition is an object with `columns`, and perhaps `filters`, `order`, `row`.")
    known = {field.name for field in fields(Table)} - {"slug", "title"}
    try:
        definition = clean_json(definition)
    except TextError as error:
        raise ValueError(f"{error.path}: {error}") from error
    for name in definition:
        if name not in known:
            raise ValueError(f"A definition has no ‘{name}’.{nearest(name, known)}")
    columns = definition.get("columns")
    if not isinstance(columns, list) or not columns:
        raise ValueError("`columns` lists what to print: [“configuration”, “capacity_retention_percent”, …].")
    if not isinstance(definition.get("filters", {}), dict):
        raise ValueError("`filters` are parameters of the query language and their values: {“anode”: “Li”}.")
    _check_types(definition, columns)
    try:
        made = Table(
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
        raise ValueError(f"The definition cannot be read: {error}.") from error
    check_table(made, stored=True)
    return made


def _check_types(definition: Mapping[str, Any], columns: Sequence[Any]) -> None:
    for name in ("row", "caption"):
        if not isinstance(definition.get(name, ""), str):
            raise ValueError(f"`{name}` is a text.")
    for name in ("order", "require"):
        listed = definition.get(name, [])
        if not isinstance(listed, list | tuple) or not all(isinstance(item, str) for item in listed):
            raise ValueError(f"`{name}` lists columns: [“capacity_retention_percent”, …].")
    if not isinstance(definition.get("transposed", False), bool):
        raise ValueError("`transposed` is true or false.")
    for name, listed in (("columns", columns), *((name, definition.get(name, ())) for name in ("order", "require"))):
        if len(listed) > MAX_COLUMNS:
            raise ValueError(f"`{name}` has at most {MAX_COLUMNS} entries, not {len(listed)}.")
    known = {field.name for field in fields(Column)}
    for number, column in enumerate(columns, start=1):
        if isinstance(column, str):
            continue
        if not isinstance(column, dict) or not all(isinstance(entry, str) for entry in column.values()):
            raise ValueError(f"Column {number} is a key, or an object of texts: {{“key”: “stack_pressure_mpa”}}.")
        for name in column:
            if name not in known:
                raise ValueError(f"Column {number} has no ‘{name}’.{nearest(name, known)}")


def check_table(table: Table, *, stored: bool = False) -> None:
    """Raise ValueError, naming the nearest valid word, unless every key, filter and unit of the table is known.

    A quantity whose plugin is gone is known as long as it has values, if `stored` ones are asked for.
    """
    keys = [column.key for column in table.columns]
    for key in [*keys, *table.require, *(name.lstrip("-") for name in table.order)]:
        if not _is_key(key) and not (stored and has_orphaned_values(key)):
            raise catalogue.UnregisteredQuantityError(f"There is no column ‘{key}’.{nearest(key, column_keys())}")
    if table.row != "measurement" and table.row not in CONDITIONS:
        raise ValueError(f"A row is a ‘measurement’ or a condition, not ‘{table.row}’: {', '.join(CONDITIONS)}.")
    for column in table.columns:
        column_unit(column)
        if column.origin not in ("reported", "computed", "either"):
            raise ValueError(f"The origin of ‘{column.key}’ is reported, computed or either, not ‘{column.origin}’.")
    parse_list_query(table_filters(table), stored=stored)


def column_keys() -> list[str]:
    """Every key a column may have, materials' fractions apart."""
    of_layers = [f"{role}.{name}" for role in LAYER_ROLES for name in (*LAYER_WORDS, *LAYER_NUMBERS)]
    return [*FACTS, *CONDITIONS, *CELL_NUMBERS, *value_quantities(), *of_layers]


def _is_key(key: str) -> bool:
    role, _, rest = key.partition(".")
    if role in LAYER_ROLES and rest.startswith("mass_fraction_percent."):
        return bool(rest.removeprefix("mass_fraction_percent."))
    return key in column_keys()


def format_table(table: Table, user: AnyUser, extra: Mapping[str, Iterable[str]] | None = None) -> PrintedTable:
    """Print a table of what the user may see; `extra` narrows it with further parameters of the query language."""
    rows = _ordered(fetch_rows(table, user, extra or {}), table)
    references = _references(rows)
    printers = [ColumnFormatter(column, references, mixed=_is_mixed(column, rows)) for column in table.columns]
    drafts = [[printer.draft(row) for printer in printers] for row in rows]
    footnotes, printed = _number_footnotes(_in_one_notation(drafts))
    headings = tuple(
        Heading(column.key, _title(column), column_unit(column)[1], is_numeric(column.key)) for column in table.columns
    )
    return PrintedTable(
        slug=table.slug,
        title=table.title,
        caption=table.caption,
        headings=headings,
        rows=printed,
        footnotes=footnotes,
        references=tuple(
            Reference(number, publication.citation(), publication.doi, publication.bibtex())
            for publication, number in references.items()
        ),
        transposed=table.transposed,
    )


def _is_mixed(column: Column, rows: Sequence[Row]) -> bool:
    """Whether the column prints reported and computed values, which must then be told apart."""
    shown = (row.value(column) for row in rows) if column.origin == "either" else ()
    return len({value.origin for value in shown if value}) > 1


def _ordered(rows: list[Row], table: Table) -> list[Row]:
    """Sort by each key in turn, rows without it last; ties stay as entered."""
    for name in reversed(table.order):
        key, descending = name.lstrip("-"), name.startswith("-")
        keyed = [(row.sort_key(key), row) for row in rows]
        having = [pair for pair in keyed if pair[0] is not None]
        having.sort(key=lambda pair: pair[0], reverse=descending)  # type: ignore[arg-type,return-value]
        rows = [row for _, row in having] + [row for place, row in keyed if place is None]
    literature = 0
    for row in rows:
        if row.cell.origin == "literature":
            literature += 1
            row.number = literature
    return rows


def _references(rows: Sequence[Row]) -> dict[Publication, int]:
    """Number the publications of literature rows in the order they are first cited."""
    cited: dict[Publication, int] = {}
    for row in rows:
        if row.cell.origin == "literature" and row.publication:
            cited.setdefault(row.publication, len(cited) + 1)
    return cited


def _in_one_notation(drafts: list[list[CellDraft]]) -> list[list[CellDraft]]:
    """Print computed numbers with a power of ten wherever their column has one; reported ones stay as printed."""
    powered = [any("e" in item.printed.digits for item in column) for column in zip(*drafts, strict=True)]

    def aligned(one: CellDraft, has_power: bool) -> CellDraft:
        cell = one.printed
        if not has_power or cell.origin != "computed" or not cell.digits:
            return one
        digits = to_scientific(cell.digits)
        return one._replace(printed=cell._replace(digits=digits, text=to_typographic(digits)))

    return [[aligned(one, power) for one, power in zip(line, powered, strict=True)] for line in drafts]


def _number_footnotes(drafts: list[list[CellDraft]]) -> tuple[tuple[str, ...], tuple[tuple[TableCell, ...], ...]]:
    """Number footnotes from 1 as the table is read, the same words once."""
    numbers: dict[str, int] = {}
    rows = []
    for line in drafts:
        row = []
        for item in line:
            if not item.notes:
                row.append(item.printed)
                continue
            marks = sorted(numbers.setdefault(note, len(numbers) + 1) for note in item.notes)
            row.append(item.printed._replace(notes=tuple(marks)))
        rows.append(tuple(row))
    return tuple(numbers), tuple(rows)


def _title(column: Column) -> str:
    if column.title:
        return column.title
    if column.key in catalogue.catalogue:
        return catalogue.get(column.key).name
    role, _, rest = column.key.partition(".")
    if role in LAYER_ROLES:
        slug, _, material = rest.partition(".")
        name = catalogue.get(slug).name if slug in catalogue.catalogue else rest.capitalize()
        return f"{LAYER_ROLES[role]}: {material or name[0].lower() + name[1:]}"
    return column.key.replace("_", " ").capitalize()


def table_definition(table: Table) -> dict[str, Any]:
    """The table as the plain data a saved comparison holds, to start a new one from."""
    data = asdict(table)
    return {name: value for name, value in data.items() if name not in ("slug", "title")}
