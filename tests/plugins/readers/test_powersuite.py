from pathlib import Path

import pytest

from plugins.readers.powersuite import read, recognises
from registry.hookspecs import UnreadableFile
from tests.coded import message_of, refuses
from tests.plugins.readers import shared_data
from tests.plugins.readers.samples import POWERSUITE, write


def test_reads_the_spectrum_and_names_the_assumed_units(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, POWERSUITE))
    assert {name: column.tolist() for name, column in only.columns.items()} == {
        "frequency_hertz": [0.1, 2000000],
        "real_impedance_ohm": [423929.46, -470.5],
        "imaginary_impedance_ohm": [-49014.063, -1397.7],
    }
    assert message_of(only.messages[:1], "units-assumed")


@pytest.mark.parametrize(
    ("content", "code", "parameters"),
    [
        (
            POWERSUITE.replace("-470.5", "n/a"),
            "cell-not-a-number",
            {"column": "column 2 (‘Zre’)", "error": {"code": "not-finite", "parameters": {"cell": "n/a"}}},
        ),
        (POWERSUITE.replace("\t -470.5", ""), "ragged-rows", {"fields": 2, "header_line": 1, "columns": 3}),
        (POWERSUITE[: POWERSUITE.index("0.1")], "no-rows", {}),
    ],
)
def test_errors_name_the_line_and_the_problem(tmp_path: Path, content: str, code: str, parameters: dict) -> None:
    with refuses(code, UnreadableFile, **parameters):
        read(write(tmp_path, content))


def test_is_recognised_by_its_column_headers() -> None:
    assert recognises(POWERSUITE.encode(), "data")
    assert not recognises(b"Frequency,Zre,Zimg\n", "data.txt")


@pytest.mark.parametrize("folder", shared_data.folder())
def test_first_and_last_point_are_those_of_the_file(folder: Path) -> None:
    """Read by eye from exampleDataPowersuite.txt."""
    (only,) = read(folder / "eis" / "impedance_py" / "exampleDataPowersuite.txt")
    assert [(column.size, column[0], column[-1]) for column in only.columns.values()] == [
        (30, 0.1, 2e6), (30, 423929.46, -470.54113), (30, -49014.063, -1397.7358),
    ]  # fmt: skip
