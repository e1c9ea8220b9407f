"""JSON tables, read back with the json module."""

import json
from typing import Any

import pytest

from plugins.table_formats.json_text import register_table_formats, render
from registry.hookspecs import Heading, PrintedTable, TableCell


def read(table: PrintedTable) -> Any:
    return json.loads(render(table))


def test_every_cell_carries_its_number_and_where_it_came_from(table: PrintedTable) -> None:
    assert read(table)["rows"][0]["resistance_ohm"] == {
        "text": "7.87×10³",
        "digits": "7.87e3",
        "qualifier": "",
        "value": 7870.0,
        "uncertainty": 2.9,
        "uncertainty_digits": "",
        "lower": 7865.0,
        "upper": 7875.0,
        "origin": "reported",
        "missing": False,
        "notes": [],
        "refcode": "C-1",
        "stale": False,
        "inferred": False,
        "differs": False,
    }


def test_missing_stale_and_inferred_cells_say_so(table: PrintedTable) -> None:
    rows = read(table)["rows"]
    assert rows[1]["stack_pressure_mpa"]["missing"] is True
    assert rows[1]["stack_pressure_mpa"]["text"] == "Coin cell"
    assert rows[1]["stack_pressure_mpa"]["value"] is None
    assert rows[0]["electronic_conductivity_s_cm"]["stale"] is True
    assert rows[2]["electronic_conductivity_s_cm"]["inferred"] is True


def test_columns_keep_their_order_and_units(table: PrintedTable) -> None:
    content = read(table)
    assert [column["key"] for column in content["columns"]] == list(content["rows"][0])
    assert content["columns"][1] == {
        "key": "resistance_ohm",
        "title": "Resistance",
        "unit": "Ω",
        "numeric": True,
        "at": "",
    }


def test_a_quantity_printed_twice_keeps_both_columns() -> None:
    headings = (Heading("energy", "Reported"), Heading("energy", "Computed"))
    rows = ((TableCell("170.2", "170.2", 170.2), TableCell("168.5", "168.5", 168.5)),)
    row = read(PrintedTable("twice", "Twice", "", headings, rows))["rows"][0]
    assert {key: cell["value"] for key, cell in row.items()} == {"energy": 170.2, "energy_2": 168.5}


def test_columns_at_places_are_named_by_them() -> None:
    places = ("peak:1", "peak:2", "peak:2")
    headings = tuple(Heading("relaxation_time_s", place, "s", numeric=True, at=place) for place in places)
    rows = (tuple(TableCell(digits, digits, float(digits)) for digits in ("1", "10", "11")),)
    content = read(PrintedTable("peaks", "Peaks", "", headings, rows))
    assert [(column["key"], column["at"]) for column in content["columns"]] == [
        ("relaxation_time_s@peak:1", "peak:1"),
        ("relaxation_time_s@peak:2", "peak:2"),
        ("relaxation_time_s@peak:2_2", "peak:2"),
    ]
    assert [cell["value"] for cell in content["rows"][0].values()] == [1, 10, 11]


def test_lists_footnotes_and_references_with_bibtex(table: PrintedTable) -> None:
    content = read(table)
    assert content["footnotes"] == list(table.footnotes)
    assert content["references"][0] == {
        "number": 1,
        "text": table.references[0].text,
        "doi": "10.1000/xyz_1",
        "bibtex": "@article{zhang2025,\n  year = {2025}\n}",
    }


def test_refuses_what_strict_json_cannot_hold() -> None:
    broken = PrintedTable("nan", "NaN", "", (Heading("x", "X"),), ((TableCell("?", "", float("nan")),),))
    with pytest.raises(ValueError, match=r"\bnan: JSON\b"):
        render(broken)


def test_refuses_a_note_without_a_footnote() -> None:
    broken = PrintedTable("noteless", "N", "", (Heading("x", "X"),), ((TableCell("1", notes=(2,)),),))
    with pytest.raises(ValueError, match=r"note 2 .* 0 "):
        render(broken)


def test_a_transposed_table_keeps_its_records(transposed_table: PrintedTable) -> None:
    content = read(transposed_table)
    assert content["transposed"] is True
    assert [row["ionic_conductivity_s_cm"]["digits"] for row in content["rows"]] == ["0.366", "0.370"]


def test_an_empty_table_has_columns_and_no_rows(empty_table: PrintedTable) -> None:
    content = read(empty_table)
    assert len(content["columns"]) == 5
    assert content["rows"] == []


def test_notes_count_on_and_references_may_be_none(noted_table: PrintedTable) -> None:
    content = read(noted_table)
    assert content["rows"][29]["cycle_count"]["notes"] == [30]
    assert content["references"] == []


def test_is_utf8_and_the_same_each_time(table: PrintedTable) -> None:
    assert "mS cm⁻¹" in render(table).decode()
    assert render(table) == render(table)


def test_registers_as_json() -> None:
    (form,) = register_table_formats()
    assert (form.name, form.media_type) == ("json", "application/json")
