from pathlib import Path

import pytest

from plugins.readers.arbin_xlsx import read, recognises
from registry.hookspecs import UnreadableFile
from tests.coded import refuses
from tests.plugins.readers import shared_data
from tests.plugins.readers.samples import ARBIN_HEADS, ARBIN_INFO, ARBIN_ROWS, arbin_workbook, workbook, write

BAD_ROWS: list[list[object]] = [*ARBIN_ROWS[:1], ["", 3600.5, 1, 1, "high", 0.002, 0.002, 0, ""]]


def test_joins_the_pages_of_a_channel(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, arbin_workbook()))
    assert only.technique == "cycling"
    assert {name: column.tolist() for name, column in only.columns.items()} == {
        "test_time_second": [0.5, 3600.5, 7200.5],
        "voltage_volt": [3, 3.5, 3.2],
        "current_ampere": [0.002, 0.002, -0.001],
        "step_index": [1, 1, 2],
        "cycle_count": [1, 1, 1],
        "charging_capacity_ah": [0, 0.002, 0.002],
        "discharging_capacity_ah": [0, 0, 0.001],
    }
    assert only.header == {"instrument": "Arbin", "schedule": "slow.sdu", "software": "PV7.0", "channel": "11"}
    assert only.messages[0].text == "Not read: ‘Date_Time’, ‘Internal Resistance(Ohm)’."


def test_pages_are_joined_by_their_numbers_whatever_their_order(tmp_path: Path) -> None:
    pages = {
        f"Channel_11_{page}": [ARBIN_HEADS, [*row[:1], 100.0 * page, *row[2:]]]
        for page, row in ((10, ARBIN_ROWS[2]), (2, ARBIN_ROWS[1]), (1, ARBIN_ROWS[0]))
    }
    (only,) = read(write(tmp_path, workbook(pages)))
    assert only.columns["test_time_second"].tolist() == [100, 200, 1000]


def test_channels_are_separate_datasets(tmp_path: Path) -> None:
    sheet = [ARBIN_HEADS, *ARBIN_ROWS]
    first, second = read(write(tmp_path, workbook({"Channel_1-005": sheet, "Channel_1-006": sheet})))
    assert (first.label, second.label) == ("channel 1-005", "channel 1-006")


@pytest.mark.parametrize(
    ("content", "code", "parameters"),
    [
        (
            workbook({"Sheet1": [["a", 1]]}),
            "no-channel-sheet",
            {"names": "Sheet1"},
        ),
        (workbook({"Channel_1_1": [ARBIN_HEADS]}), "no-rows", {"sheet": "Channel_1_1"}),
        (
            workbook({"Channel_1_1": [ARBIN_HEADS, *BAD_ROWS]}),
            "cell-not-a-number",
            {
                "row": 3,
                "column": 5,
                "header": "Voltage(V)",
                "error": {"code": "not-a-number", "parameters": {"cell": "high"}},
            },
        ),
        (
            workbook({"Channel_1_1": [ARBIN_HEADS[:5], [0, 1, 2, 3, 4]]}),
            "invalid-sheet",
            {
                "sheet": "Channel_1_1",
                "error": {
                    "code": "missing-columns",
                    "parameters": {"line": 1, "missing": ["current_ampere (Current)"]},
                },
            },
        ),
        (arbin_workbook()[:-300], "damaged-archive", {}),
        (arbin_workbook().replace(b"workbook.xml", b"workbook.xmx"), "workbook-unreadable", {}),
    ],
)
def test_errors_name_the_line_and_the_problem(tmp_path: Path, content: bytes, code: str, parameters: dict) -> None:
    with refuses(code, UnreadableFile, **parameters):
        read(write(tmp_path, content))


def test_an_empty_cell_of_a_needed_column_is_named(tmp_path: Path) -> None:
    rows: list[list[object]] = [*ARBIN_ROWS[:1], ["", 1, 1, 1, "", 0.1, 0, 0, ""]]
    with refuses(
        "cell-not-a-number", UnreadableFile, sheet="Channel_1_1", row=3, column=5, error={"code": "empty-cell"}
    ):
        read(write(tmp_path, workbook({"Channel_1_1": [ARBIN_HEADS, *rows], "Global_Info": ARBIN_INFO})))


def test_is_recognised_as_a_workbook() -> None:
    assert recognises(arbin_workbook()[:65_536], "data")
    assert not recognises(b"PK\x03\x04" + b"\x00" * 26 + b"data.ndc", "data.xlsx")


@pytest.mark.parametrize("folder", shared_data.folder())
def test_a_graphite_half_cell(folder: Path) -> None:
    """Rows 2 and 4527 of the sheet Channel_11_1, read by eye."""
    name = "bs542_004_gr_li_50ua_50mv_1v_191020_Channel_11.xlsx"
    (only,) = read(folder / "cycling" / "navani" / name)
    ends = {name: (column.size, column[0], column[-1]) for name, column in only.columns.items()}
    assert ends["test_time_second"] == (4526, 1.001, pytest.approx(1204815.81068))
    assert ends["voltage_volt"] == (4526, 2.637298583984375, 0.07228660583496094)
    assert ends["discharging_capacity_ah"] == (4526, 0, pytest.approx(0.0110548976808786))
