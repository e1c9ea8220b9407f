from pathlib import Path

import pytest

from registry.contract.reader_support.files.number_table import Rows
from registry.contract.reader_support.tables.instrument_table import (
    header_facts,
    known_columns,
    read_columns,
    require_columns,
    split_header,
    unread_columns,
)
from registry.hookspecs import UnreadableFile
from tests.coded import refuses
from tests.plugins.readers.samples import write

NAMES = {"u": "voltage_volt", "i": "current_ampere", "-zim": "-imaginary_impedance_ohm", "e": "voltage_volt"}


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Current(mA)", ("current", "mA")),
        ("I[A]", ("i", "A")),
        ("Ewe/V", ("ewe", "V")),
        ("control/V/mA", ("control/v", "mA")),
        ("<I>/mA", ("<i>", "mA")),
        ("Zre (ohms)", ("zre", "ohms")),
        ('"Step  Index"', ("step index", "")),
        ("Cs/µF", ("cs", "μF")),
        ("", ("", "")),
    ],
)
def test_splits_a_header_into_name_and_unit(label: str, expected: tuple[str, str]) -> None:
    assert split_header(label) == expected


def test_finds_known_columns_with_their_factors_and_signs() -> None:
    headers = known_columns(("U[mV]", "X", "I[A]", "-Zim(kOhm)"), NAMES, 1)
    assert {index: (head.canonical, head.factor) for index, head in headers.items()} == {
        0: ("voltage_volt", 1e-3),
        2: ("current_ampere", 1.0),
        3: ("imaginary_impedance_ohm", -1e3),
    }


def test_earlier_names_win() -> None:
    assert list(known_columns(("E/V", "U/V"), NAMES, 1)) == [1]


def test_a_wrong_unit_refuses_a_required_column_and_drops_an_optional_one() -> None:
    needed = {"voltage_volt": "voltage"}
    assert list(known_columns(("U/V", "I/V"), NAMES, 1, needed=needed)) == [0]
    with refuses(
        "invalid-column", UnreadableFile, line=7, column=1, header="U/A", error={"code": "unit-of-another-kind"}
    ):
        known_columns(("U/A", "I/A"), NAMES, 7, needed=needed)


def test_uses_units_the_software_does_not_write() -> None:
    assert known_columns(("u",), NAMES, 1, {"u": "mV"})[0].factor == 1e-3


def test_names_the_missing_and_the_available_columns() -> None:
    with refuses("missing-columns", UnreadableFile, line=3, missing=["current_ampere (I)"], has=["U/V"]):
        require_columns(known_columns(("U/V",), NAMES, 3), {"voltage_volt": "U", "current_ampere": "I"}, ("U/V",), 3)


def test_drops_an_optional_column_with_gaps(tmp_path: Path) -> None:
    path = write(tmp_path, "U/V,I/mA\n1,2\n3,\n")
    rows = Rows(path, 9, 1, ",", ("U/V", "I/mA"))
    columns, _, messages = read_columns(rows, known_columns(rows.labels, NAMES, 1), {"voltage_volt": "U"})
    assert {name: column.tolist() for name, column in columns.items()} == {"voltage_volt": [1, 3]}
    assert [(message.code, message.parameters["columns"]) for message in messages] == [
        ("incomplete-columns-dropped", ["‘I/mA’"])
    ]


def test_lists_columns_that_are_not_read() -> None:
    assert unread_columns(("a", "", "b"), [0])[0].text == "Not read: ‘b’."
    assert unread_columns(("a",), [0]) == []


def test_header_facts_omits_empty_entries() -> None:
    assert header_facts(start_time=" noon ", user="") == {"start time": "noon"}
