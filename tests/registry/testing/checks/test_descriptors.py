from pathlib import Path

import pytest

from registry.hookspecs import Column, Quantity, Table, TableFormat
from registry.selectors.comparison import tables
from registry.testing import Golden, assert_plugin_conforms
from registry.testing.checks.descriptors import is_key
from tests.registry.testing.broken import plugin_with


def error_of(hook: str, item: object, directory: Path) -> str:
    with pytest.raises(AssertionError) as error:
        assert_plugin_conforms(plugin_with(hook, item), Golden(directory))
    return str(error.value)


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        (Quantity(slug="price_g", name="", unit="g", unit_label="g"), "the quantity ‘price_g’ needs a name"),
        (Quantity(slug="crack_length_mm", name="Crack", unit="mm"), " unit mm "),
        (
            Quantity(slug="crack_mm", name="Crack", unit="mm", unit_label="mm", minimum=1, maximum=0),
            "minimum 1 above ",
        ),
        (Quantity(slug="leak_h", name="Leak", unit="h", unit_label="h", end_of="leak_h"), "its own end_of"),
        (Quantity(slug="leak_h", name="Leak", unit="h", unit_label="h", if_not_ended="wait"), "without end_of"),
        (Quantity(slug="leak_h", name="Leak", unit="h", unit_label="h", end_of="run_h"), "names run_h"),
        (Quantity(slug="leak_h", name="Leak", unit="h", unit_label="h", describes_test="no"), "use True or False"),  # type: ignore[arg-type]
    ],
)
def test_checks_quantities(quantity: Quantity, expected: str, tmp_path: Path) -> None:
    assert expected in error_of("register_quantities", quantity, tmp_path)


def test_knows_every_table_key() -> None:
    assert [key for key in tables.column_keys() if not is_key(key)] == []
    assert is_key("sample.mass_fraction_percent.VGCF")
    assert not is_key("stack_presure_mpa")


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (Table(slug="empty", title="", columns=()), "the table ‘empty’ needs a title"),
        (
            Table(slug="cracks", title="Cracks", columns=(Column(key="crack_length_mm"),)),
            "Unknown column ‘crack_length_mm’",
        ),
    ],
)
def test_checks_tables(table: Table, expected: str, tmp_path: Path) -> None:
    assert expected in error_of("register_tables", table, tmp_path)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (
            TableFormat(name="test", media_type="text", extension="test", render=lambda table: b"x"),
            "‘text’",
        ),
        (
            TableFormat(name="test", media_type="text/test", extension=".test", render=lambda table: b"x"),
            "‘.test’",
        ),
        (
            TableFormat(name="test", media_type="text/test", extension="test", render=lambda table: b""),
            "returns bytes ",
        ),
        (
            TableFormat(
                name="test",
                media_type="text/test",
                extension="test",
                render=lambda table: table.rows[0][0].text.encode(),
            ),
            "without rows: IndexError",
        ),
    ],
)
def test_checks_table_formats(form: TableFormat, expected: str, tmp_path: Path) -> None:
    assert expected in error_of("register_table_formats", form, tmp_path)
