from pathlib import Path

import pytest

from registry.hookspecs import Column, Quantity, Table, TableFormat
from registry.selectors.comparison import tables
from registry.testing import Golden, assert_plugin_conforms
from registry.testing.checks.descriptors import is_key
from tests.registry.testing.broken import plugin_with


def told_of(hook: str, item: object, directory: Path) -> str:
    with pytest.raises(AssertionError) as refused:
        assert_plugin_conforms(plugin_with(hook, item), Golden(directory))
    return str(refused.value)


@pytest.mark.parametrize(
    ("quantity", "told"),
    [
        (Quantity("price_g", "", "g", "g"), "the quantity ‘price_g’ needs a name"),
        (Quantity("crack_length_mm", "Crack", "mm"), "has the unit mm but no label"),
        (Quantity("crack_mm", "Crack", "mm", "mm", minimum=1, maximum=0), "the minimum 1 above the maximum 0"),
    ],
)
def test_a_quantity_can_head_a_column(quantity: Quantity, told: str, tmp_path: Path) -> None:
    assert told in told_of("register_quantities", quantity, tmp_path)


def test_every_key_a_table_may_have_is_known_here() -> None:
    assert [key for key in tables.column_keys() if not is_key(key)] == []
    assert is_key("sample.mass_fraction_percent.VGCF")
    assert not is_key("stack_presure_mpa")


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (Table("empty", "", ()), "the table ‘empty’ needs a title"),
        (Table("cracks", "Cracks", (Column("crack_length_mm"),)), "There is no column ‘crack_length_mm’"),
    ],
)
def test_a_table_asks_for_what_there_is(table: Table, told: str, tmp_path: Path) -> None:
    assert told in told_of("register_tables", table, tmp_path)


@pytest.mark.parametrize(
    ("form", "told"),
    [
        (
            TableFormat("odd", "text", "odd", lambda table: b"x"),
            "has the media type ‘text’: use one such as text/csv",
        ),
        (
            TableFormat("odd", "text/odd", ".odd", lambda table: b"x"),
            "has the extension ‘.odd’: use letters",
        ),
        (TableFormat("odd", "text/odd", "odd", lambda table: b""), "gives bytes of a table with odd words"),
        (
            TableFormat("odd", "text/odd", "odd", lambda table: table.rows[0][0].text.encode()),
            "fails on a table without rows: IndexError",
        ),
    ],
)
def test_a_format_writes_every_table(form: TableFormat, told: str, tmp_path: Path) -> None:
    assert told in told_of("register_table_formats", form, tmp_path)
