"""Whether quantities, tables and table formats are what the registry can show and print."""

from collections.abc import Iterator
from dataclasses import replace

from registry.hookspecs import LAYER_ROLES, PrintedTable, Quantity, Table, TableFormat
from registry.numbers import catalogue, units
from registry.testing.example import LAYER_FACTS
from registry.testing.example_table import example_table

CELL_FACTS = (
    "number", "refcode", "measurement", "label", "configuration", "project", "reference", "technique", "format",
    "origin",
)  # fmt: skip
OF_A_LAYER = ("name", "label", "materials")


def quantity_faults(quantity: Quantity) -> Iterator[str]:
    """A column head says in which unit its numbers are."""
    if quantity.unit not in {"", "dimensionless"} and not quantity.unit_label:
        yield f"the quantity {quantity.slug} has the unit {quantity.unit} but no label: give it one, such as ‘S cm⁻¹’"


def table_faults(table: Table) -> Iterator[str]:
    """What can be said of a table without the database; `manage.py plugins` checks its filters as well."""
    keys = [column.key for column in table.columns]
    for key in (*keys, *table.require, *(name.lstrip("-") for name in table.order)):
        if not is_key(key):
            yield f"the table {table.slug} has the column ‘{key}’, which is no quantity and no fact of cell or layer"
    for column in table.columns:
        slug = column.key.split(".")[1] if "." in column.key else column.key
        if column.unit and slug in catalogue.catalogue:
            try:
                units.factor(column.unit, catalogue.get(slug).unit)
            except units.UnitError as error:
                yield f"the table {table.slug} prints {column.key} in ‘{column.unit}’: {error}"


def is_key(key: str) -> bool:
    """Whether a column of a table may have this key."""
    role, _, rest = key.partition(".")
    if role in LAYER_ROLES and rest.startswith("mass_fraction_percent."):
        return bool(rest.removeprefix("mass_fraction_percent."))
    if role in LAYER_ROLES:
        return rest in {*OF_A_LAYER, *LAYER_FACTS} - {"role"}
    return key in CELL_FACTS or key in catalogue.catalogue


def format_faults(form: TableFormat) -> Iterator[str]:
    """A format writes bytes, the same each time, of tables with odd words, without rows, and turned."""
    named = f"the table format {form.name}"
    table = example_table()
    for what, one in (
        ("a table with odd words", table),
        ("a table without rows", replace(table, rows=(), footnotes=(), references=())),
        ("a table turned on its side", replace(table, transposed=True)),
    ):
        yield from _rendering_faults(form, named, what, one)


def _rendering_faults(form: TableFormat, named: str, what: str, table: PrintedTable) -> Iterator[str]:
    try:
        written, again = form.render(table), form.render(table)
    except Exception as error:
        yield f"{named} fails on {what}: {type(error).__name__}: {error}"
        return
    if not isinstance(written, bytes) or not written:
        yield f"{named} gives {type(written).__name__} of {what}: encode the text, and write something of every table"
    elif written != again:
        yield f"{named} writes {what} differently the second time: leave out the time and what is random"
