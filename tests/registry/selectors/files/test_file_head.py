"""The first lines of a text file and the detected column headers."""

from io import BytesIO

import pytest

from registry.models import Dataset, Project
from registry.selectors.column_mapping import draft_mapping
from registry.selectors.files.file_head import MAX_BYTES, FileHead, read_file_head
from registry.services.files.upload import upload_file
from tests import factories


@pytest.fixture
def measurement(project: Project):
    return factories.make_measurement(factories.make_cell(project))


def upload_and_read(measurement, content: bytes) -> FileHead | None:
    (dataset,) = upload_file(measurement=measurement, file=BytesIO(content), filename="a.txt", by=None)
    return read_file_head(Dataset.objects.get(pk=dataset.pk).raw_file)


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
def test_detects_headers_and_delimiter(measurement, content, expected) -> None:
    file_head = upload_and_read(measurement, content)
    assert file_head is not None
    assert (file_head.header_line, file_head.delimiter, file_head.headers, file_head.first_row) == expected


def test_clock_times_are_numbers_of_a_table(measurement) -> None:
    file_head = upload_and_read(measurement, b"t;U\n0:00:10;3,5\n")
    assert file_head is not None
    assert file_head.columns == [("t", "0:00:10"), ("U", "3,5")]


def test_columns_without_header_are_skipped(measurement) -> None:
    file_head = upload_and_read(measurement, b",Freq,Real\n0,0.01,59.2\n")
    assert file_head is not None
    assert file_head.columns == [("Freq", "0.01"), ("Real", "59.2")]


def test_text_without_a_table_has_only_lines(measurement) -> None:
    file_head = upload_and_read(measurement, b"a letter\nof two lines\n")
    assert file_head == FileHead(("a letter", "of two lines"))
    assert draft_mapping(file_head) == {"columns": {}}


def test_binary_files_have_no_head(measurement) -> None:
    assert upload_and_read(measurement, b"PK\x03\x04\x00\x00") is None


def test_a_truncated_last_character_is_dropped(measurement) -> None:
    line = "µV,s\n1,2\n".encode()
    content = line + b"x" * (MAX_BYTES - len(line) - 1) + "µ".encode()
    file_head = upload_and_read(measurement, content)
    assert file_head is not None
    assert file_head.headers == ("µV", "s")


def test_a_draft_assigns_canonical_names(measurement) -> None:
    file_head = upload_and_read(measurement, b"note\nVoltage_volt;I\n3.5;1\n")
    assert draft_mapping(file_head) == {
        "columns": {"Voltage_volt": "voltage_volt", "I": ""},
        "header_line": 2,
        "delimiter": ";",
    }
