from pathlib import Path

import pytest

from plugins.readers.parstat import read, recognises
from registry.hookspecs import UnreadableFile
from tests.coded import message_of, refuses
from tests.plugins.readers import shared_data
from tests.plugins.readers.samples import PARSTAT, write


def test_reads_impedance_and_leaves_out_the_time_series_before_it(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, PARSTAT))
    assert {name: column.tolist() for name, column in only.columns.items()} == {
        "frequency_hertz": [1000],
        "real_impedance_ohm": [0.0265],
        "imaginary_impedance_ohm": [-0.004],
        "test_time_second": [30],
        "voltage_volt": [3.4],
        "current_ampere": [0.02],
    }
    assert message_of(only.messages[-1:], "rows-at-frequency-zero", rows=2)


@pytest.mark.parametrize(
    ("content", "code", "parameters"),
    [
        (
            PARSTAT.replace("0.0265", "?"),
            "cell-not-a-number",
            {
                "line": 4,
                "column": "column 5 (‘Zre (ohms)’)",
                "error": {"code": "not-a-number", "parameters": {"cell": "?"}},
            },
        ),
        (PARSTAT.replace("\t1000\t", "\t0\t"), "no-impedance", {}),
        (
            PARSTAT.replace("Zim (ohms)", "Phase (deg)"),
            "missing-columns",
            {"line": 1, "missing": ["imaginary_impedance_ohm (imaginary part of the impedance)"]},
        ),
    ],
)
def test_errors_name_the_line_and_the_problem(tmp_path: Path, content: str, code: str, parameters: dict) -> None:
    with refuses(code, UnreadableFile, **parameters):
        read(write(tmp_path, content))


def test_is_recognised_by_its_column_headers() -> None:
    assert recognises(PARSTAT.encode(), "data")
    assert not recognises(b"Potential (V)\tCurrent (A)\n", "data.txt")


@pytest.mark.parametrize("folder", shared_data.folder())
def test_first_and_last_point_are_those_of_the_file(folder: Path) -> None:
    """Read by eye from exampleDataParstat.txt: 31 of its 812 rows have a frequency."""
    (only,) = read(folder / "eis" / "impedance_py" / "exampleDataParstat.txt")
    assert only.columns["frequency_hertz"].size == 31
    assert only.columns["real_impedance_ohm"][[0, -1]].tolist() == [-0.00049816280376104, 0.0270946491457229]
    assert only.columns["imaginary_impedance_ohm"][[0, -1]].tolist() == [0.0175143479976367, -0.00399791080333837]
