"""A comparison table as data: what CSV and XLSX files hold."""

from registry.contract.printed_table import Heading, PrintedTable, TableCell
from registry.contract.table_data import DataCell, data_columns

RATE = Heading("c_rate", "Rate", "C", numeric=True)


def cells(*printed: TableCell) -> dict[str, list[DataCell]]:
    table = PrintedTable("t", "T", "", (RATE,), tuple((cell,) for cell in printed))
    return {column.title: list(column.cells) for column in data_columns(table)}


def test_a_number_has_the_digits_printed_and_is_there_in_full() -> None:
    (number,) = cells(TableCell("0.33", "0.33", 0.3333, lower=0.32, upper=0.35))["Rate / C"]
    assert number == ("0.33", 0.3333, "0.33")


def test_a_number_stays_inside_its_bounds() -> None:
    """Those of rounding are narrower than the digits, where the number is exact or scatter outweighs rounding."""
    third = 1 / 3
    (number,) = cells(TableCell("0.333", "0.333", third, lower=third, upper=third))["Rate / C"]
    assert number == ("0.3333333333", third, "0.333")


def test_a_number_in_words_is_a_number_with_a_note() -> None:
    columns = cells(TableCell("RT", "", 25.0, lower=20.0, upper=30.0), TableCell("Coin cell", missing=True))
    assert [cell.text for cell in columns["Rate / C"]] == ["25", ""]
    assert [cell.text for cell in columns["Rate, note"]] == ["RT", "Coin cell"]
