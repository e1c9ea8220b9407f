from pathlib import Path

import pytest

from plugins.readers.ch_instruments import read, recognises
from registry.hookspecs import UnreadableFile
from tests.coded import refuses
from tests.plugins.readers import shared_data
from tests.plugins.readers.samples import CHI, write


def test_reads_the_spectrum(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, CHI))
    assert {name: column.tolist() for name, column in only.columns.items()} == {
        "frequency_hertz": [99000, 0.1],
        "real_impedance_ohm": [98, 5600],
        "imaginary_impedance_ohm": [-2.7, -15000],
    }
    assert only.header == {
        "technique": "A.C. Impedance",
        "started": "Feb. 20, 2020   15:55:08",
        "instrument": "CHI660E",
        "settings": "Init E (V) = 0\nAmplitude (V) = 0.025",
    }


@pytest.mark.parametrize(
    ("content", "code", "parameters"),
    [
        (
            CHI.replace("A.C. Impedance", "Amperometric i-t Curve").replace("Freq/Hz", "Time/sec"),
            "unsupported-technique",
            {},
        ),
        (
            CHI.replace("5.6e+3", "--"),
            "cell-not-a-number",
            {
                "line": 16,
                "column": "column 2 (‘Z'/ohm’)",
                "error": {"code": "not-a-number", "parameters": {"cell": "--"}},
            },
        ),
        (CHI[:-12], "ragged-rows", {"line": 16, "fields": 4, "header_line": 13, "columns": 5}),
        (CHI[: CHI.index("9.9e+4")], "no-rows", {}),
    ],
)
def test_errors_name_the_line_and_the_problem(tmp_path: Path, content: str, code: str, parameters: dict) -> None:
    with refuses(code, UnreadableFile, **parameters):
        read(write(tmp_path, content))


def test_is_recognised_by_its_header() -> None:
    assert recognises(CHI.encode(), "data")
    assert not recognises(b"Instrument Model:  Other\n", "data.txt")


@pytest.mark.parametrize("folder", shared_data.folder())
def test_first_and_last_point_are_those_of_the_file(folder: Path) -> None:
    """Read by eye from exampleDataCHInstruments.txt."""
    (only,) = read(folder / "eis" / "impedance_py" / "exampleDataCHInstruments.txt")
    assert [(column.size, column[0], column[-1]) for column in only.columns.values()] == [
        (73, 9.961e4, 0.1), (73, 98.91, 5685), (73, -2.748, -15860),
    ]  # fmt: skip
