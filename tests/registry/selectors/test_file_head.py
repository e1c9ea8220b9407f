"""How a text file begins, and what looks like the heads of its table."""

from io import BytesIO

import pytest

from registry.models import Dataset, Project
from registry.selectors.column_mapping import draft_mapping
from registry.selectors.file_head import LOOKED_AT, FileHead, read_file_head
from registry.services.files.upload import upload_file
from tests import factories


@pytest.fixture
def measurement(project: Project):
    return factories.make_measurement(factories.make_cell(project))


def begin(measurement, content: bytes) -> FileHead | None:
    (dataset,) = upload_file(measurement=measurement, file=BytesIO(content), filename="a.txt", by=None)
    return read_file_head(Dataset.objects.get(pk=dataset.pk))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"Freq,Zr,Zi\n1000,2.5,-1\n", (1, ",", ("Freq", "Zr", "Zi"), ("1000", "2.5", "-1"))),
        (b"# by hand\n\nt;U\n0,5;3,5\n", (3, ";", ("t", "U"), ("0,5", "3,5"))),
        (b"999.04\t0.112\t0.003\n", (0, "\t", ("0", "1", "2"), ("999.04", "0.112", "0.003"))),
        (b" 1000.0   9.95  -0.02\n", (0, " ", ("0", "1", "2"), ("1000.0", "9.95", "-0.02"))),
        (b"a,a\n1,2\n", (0, ",", ("0", "1"), ("1", "2"))),
        (b"step,I,U\nRest,0,3.5\n", (1, ",", ("step", "I", "U"), ("Rest", "0", "3.5"))),
        ("Spannung µV,Zeit\n1,2\n".encode("latin-1"), (1, ",", ("Spannung µV", "Zeit"), ("1", "2"))),
    ],
)
def test_finds_heads_and_what_parts_them(measurement, content, expected) -> None:
    found = begin(measurement, content)
    assert found is not None
    assert (found.header_line, found.delimiter, found.heads, found.first_row) == expected


def test_a_column_without_a_head_is_left_out(measurement) -> None:
    found = begin(measurement, b",Freq,Real\n0,0.01,59.2\n")
    assert found is not None
    assert found.columns == [("Freq", "0.01"), ("Real", "59.2")]


def test_a_text_without_a_table_shows_its_lines(measurement) -> None:
    found = begin(measurement, b"a letter\nof two lines\n")
    assert found == FileHead(("a letter", "of two lines"))
    assert draft_mapping(found) == {"columns": {}}


def test_what_is_no_text_has_no_beginning(measurement) -> None:
    assert begin(measurement, b"PK\x03\x04\x00\x00") is None


def test_a_character_cut_in_half_at_the_end_is_left_out(measurement) -> None:
    line = "µV,s\n1,2\n".encode()
    content = line + b"x" * (LOOKED_AT - len(line) - 1) + "µ".encode()
    found = begin(measurement, content)
    assert found is not None
    assert found.heads == ("µV", "s")


def test_a_draft_names_what_has_its_canonical_name_already(measurement) -> None:
    found = begin(measurement, b"note\nVoltage_volt;I\n3.5;1\n")
    assert draft_mapping(found) == {
        "columns": {"Voltage_volt": "voltage_volt", "I": ""},
        "header_line": 2,
        "delimiter": ";",
    }
