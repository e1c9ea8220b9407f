from pathlib import Path

import pytest

from plugins.readers.versastudio import read, recognises
from registry.hookspecs import UnreadableFile
from tests.coded import refuses
from tests.plugins.readers import shared_data
from tests.plugins.readers.samples import VERSASTUDIO, write

SECOND = "<Segment2>\nDefinition=Segment #, E(V), I(A), Elapsed Time(s), 0\n1,0.5,2E-3,1\n1,0.6,3E-3,2\n</Segment2>\n"


def test_reads_the_spectrum(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, VERSASTUDIO))
    assert only.technique == "eis"
    assert {name: column.tolist() for name, column in only.columns.items()} == {
        "frequency_hertz": [100000, 1],
        "real_impedance_ohm": [55.3, 1516.3],
        "imaginary_impedance_ohm": [4.5, -122.8],
        "test_time_second": [1.8, 2.1],
        "voltage_volt": [0.1, 0.1],
        "current_ampere": [-3.2e-6, -3.2e-6],
    }
    assert (only.header["instrument"], only.header["technique"]) == ("VersaSTAT4-400 16", "Potentiostatic EIS")
    assert only.header["settings"] == "Name=Potentiostatic EIS\nAmplitude (mV RMS)=20"


def test_each_segment_is_a_dataset_and_one_without_frequency_a_time_series(tmp_path: Path) -> None:
    spectrum, series = read(write(tmp_path, VERSASTUDIO + SECOND))
    assert (spectrum.label, spectrum.technique, series.label, series.technique) == ("Segment1", "eis", "Segment2", "")
    assert series.columns["current_ampere"].tolist() == [0.002, 0.003]


def test_a_segment_of_frequency_zero_is_a_time_series(tmp_path: Path) -> None:
    content = VERSASTUDIO.replace(",100000,55.3,4.5", ",0,0,0").replace(",1,1516.3,-122.8", ",0,0,0")
    (only,) = read(write(tmp_path, content))
    assert list(only.columns) == ["test_time_second", "voltage_volt", "current_ampere"]


@pytest.mark.parametrize(
    ("content", "code", "parameters"),
    [
        (VERSASTUDIO[: VERSASTUDIO.index("<Segment1>")], "no-rows", {}),
        (VERSASTUDIO.replace("Definition=", "Def="), "no-column-names", {}),
        (
            VERSASTUDIO.replace("1516.3", "?"),
            "cell-not-a-number",
            {
                "line": 21,
                "column": "column 7 (‘Z Real’)",
                "error": {"code": "not-a-number", "parameters": {"cell": "?"}},
            },
        ),
        (
            VERSASTUDIO.replace(",1516.3,-122.8", ""),
            "ragged-rows",
            {"line": 21, "fields": 6, "header_line": 19, "columns": 8},
        ),
    ],
)
def test_errors_name_the_line_and_the_problem(tmp_path: Path, content: str, code: str, parameters: dict) -> None:
    with refuses(code, UnreadableFile, **parameters):
        read(write(tmp_path, content))


def test_is_recognised_by_its_program() -> None:
    assert recognises(VERSASTUDIO.encode(), "data")
    assert not recognises(b"<Application>\nName=Other\n", "data.par")


@pytest.mark.parametrize("folder", shared_data.folder())
def test_first_and_last_point_are_those_of_the_file(folder: Path) -> None:
    """Read by eye from exampleDataVersaStudio.par."""
    (only,) = read(folder / "eis" / "impedance_py" / "exampleDataVersaStudio.par")
    assert [(column.size, column[0], column[-1]) for column in list(only.columns.values())[:3]] == [
        (61, 1e5, 0.02154435), (61, 55.31571, 1516.313), (61, 4.575431, -122.8279),
    ]  # fmt: skip


@pytest.mark.parametrize("folder", shared_data.folder())
def test_the_electrode_area_of_the_header_is_kept(folder: Path) -> None:
    dataset = read(folder / "eis/impedance_py/exampleDataVersaStudio.par")[0]
    assert "Working Electrode Area (cm2): 1" in dataset.header["settings"].splitlines()
