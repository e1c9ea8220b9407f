"""Checks that quantities, tables and table formats can be displayed."""

from collections.abc import Iterator
from dataclasses import replace

from registry import plugin_loading
from registry.contract.dataset_columns import ends_in_unit, nearest_column
from registry.hookspecs import Condition, PrintedTable, Quantity, Table, TableFormat, Technique
from registry.numbers import catalogue, units
from registry.testing.example import LAYER_FACTS
from registry.testing.example_table import example_table

CELL_FACTS = (
    "number", "refcode", "measurement", "label", "configuration", "project", "reference", "technique", "format",
    "origin",
)  # fmt: skip
LAYER_TEXT_FACTS = ("name", "label", "materials")


def quantity_problems(quantity: Quantity) -> Iterator[str]:
    """Check that a quantity with a unit has a unit label for column headers, and that those it names exist."""
    if quantity.unit not in {"", "dimensionless"} and not quantity.unit_label:
        yield f"the quantity {quantity.slug} has the unit {quantity.unit} but no unit label: set one, such as ‘S cm⁻¹’"
    for name in filter(None, (quantity.end_of, *quantity.protocol)):
        if name not in catalogue.catalogue:
            yield f"the quantity {quantity.slug} names {name}, which is not registered: use the slug of a quantity"


def technique_problems(technique: Technique) -> Iterator[str]:
    """Check that the columns of a technique are canonical ones, or others whose name ends in a unit."""
    for name in dict.fromkeys(name for alternative in technique.columns for name in alternative):
        if nearest := nearest_column(name):
            yield f"the technique {technique.slug} has the column {name}, which is not canonical: write {nearest}"
        elif not ends_in_unit(name):
            yield (
                f"the technique {technique.slug} has the column {name}, which does not end in a unit in words: write, "
                "for example, coolant_temperature_celsius"
            )


def condition_problems(condition: Condition) -> Iterator[str]:
    """Check that forms can show an example of a condition."""
    if not condition.example:
        yield f"the condition {condition.slug} has no example: write one as it would be entered, such as ‘10 MPa’"


def table_problems(table: Table) -> Iterator[str]:
    """Check a table without the database; `manage.py plugins` also checks its filters."""
    keys = [column.key for column in table.columns]
    for key in (*keys, *table.require, *(name.lstrip("-") for name in table.order)):
        if not is_key(key):
            yield f"the table {table.slug} has the unknown column ‘{key}’: use a quantity or a fact of cell or layer"
    for column in table.columns:
        slug = column.key.split(".")[1] if "." in column.key else column.key
        if column.unit and slug in catalogue.catalogue:
            try:
                units.factor(column.unit, catalogue.get(slug).unit)
            except units.UnitError as error:
                yield f"the table {table.slug} shows {column.key} in ‘{column.unit}’: {error}"


def is_key(key: str) -> bool:
    """True if a table column can have this key."""
    role, _, rest = key.partition(".")
    is_role = role in plugin_loading.current().layer_roles
    if is_role and rest.startswith("mass_fraction_percent."):
        return bool(rest.removeprefix("mass_fraction_percent."))
    if is_role and rest:
        return rest in {*LAYER_TEXT_FACTS, *LAYER_FACTS} - {"role"}
    return key in CELL_FACTS or key in catalogue.catalogue


def format_problems(form: TableFormat) -> Iterator[str]:
    """Check that a format writes the same bytes each time, also for special characters, no rows, and transposed."""
    named = f"the table format {form.name}"
    table = example_table()
    for what, variant in (
        ("a table with special characters", table),
        ("a table without rows", replace(table, rows=(), footnotes=(), references=())),
        ("a transposed table", replace(table, transposed=True)),
    ):
        yield from _rendering_problems(form, named, what, variant)


def _rendering_problems(form: TableFormat, named: str, what: str, table: PrintedTable) -> Iterator[str]:
    try:
        written, again = form.render(table), form.render(table)
    except Exception as error:
        yield f"{named} fails on {what}: {type(error).__name__}: {error}"
        return
    if not isinstance(written, bytes) or not written:
        yield f"{named} returns {type(written).__name__} for {what}: return non-empty bytes for every table"
    elif written != again:
        yield f"{named} writes {what} differently the second time: do not include the time or random values"
