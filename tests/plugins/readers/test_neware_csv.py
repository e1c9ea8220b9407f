import csv
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from plugins.readers.neware_csv import read, recognises
from registry.hookspecs import UnreadableFile
from tests.coded import message_of, refuses
from tests.plugins.readers import shared_data
from tests.plugins.readers.samples import NEWARE, NEWARE_CHINESE, NEWARE_NESTED, write


def test_reads_the_time_series_in_canonical_units(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, NEWARE))
    assert only.technique == "cycling"
    expected = {
        "test_time_second": [0, 3600, 7200, 360001],
        "step_time_second": [0, 3600, 3600, 352801],
        "voltage_volt": [3.0, 3.5, 3.2, 3.6],
        "current_ampere": [0.002, 0.002, -0.001, 0.002],
        "cycle_count": [1, 1, 1, 2],
        "step_index": [1, 1, 2, 3],
        "charging_capacity_ah": [0, 0.002, 0.002, 0.004],
        "discharging_capacity_ah": [0, 0, 0.001, 0.001],
    }
    assert set(only.columns) == set(expected)
    for name, column in expected.items():
        assert only.columns[name] == pytest.approx(column), name
    assert only.header == {"instrument": "Neware", "started": "2022-05-18 16:27:52"}


def test_summed_counters_have_a_message(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, NEWARE))
    assert message_of(only.messages, "counters-summed", restarted=1)


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_reads_decimal_commas_of_other_exports(tmp_path: Path, delimiter: str) -> None:
    content = NEWARE.replace(",", delimiter).replace("3.5", "3,5").replace("3.0", "3,0")
    content = content.replace("3.2", "3,2").replace("3.6", "3,6")
    assert read(write(tmp_path, content))[0].columns["voltage_volt"].tolist() == [3.0, 3.5, 3.2, 3.6]


@pytest.mark.parametrize(
    ("content", "code", "parameters"),
    [
        (
            NEWARE.replace("Cumulative Time", "Clock").replace("Date", "Day"),
            "missing-columns",
            {"header_line_number": 1},
        ),
        (
            NEWARE.replace("Current(mA)", "Current"),
            "invalid-column",
            {"line": 1, "column": 7, "header": "Current", "error": {"code": "missing-unit"}},
        ),
        (
            NEWARE.replace("Voltage(V)", "Voltage(mA)"),
            "invalid-column",
            {
                "header": "Voltage(mA)",
                "error": {"code": "unit-of-another-kind", "parameters": {"unit": "mA", "kind": "A"}},
            },
        ),
        (
            NEWARE.replace("02:00:00", "2 h"),
            "invalid-clock-time",
            {"row": 3, "label": "Cumulative Time", "written": "2 h"},
        ),
        (
            NEWARE.replace(",3.2,", ",,"),
            "cell-not-a-number",
            {"line": 4, "column": "column 8 (‘Voltage(V)’)", "error": {"code": "empty-cell"}},
        ),
        (NEWARE[:-40], "ragged-rows", {"line": 5, "fields": 6, "header_line": 1, "columns": 11}),
        (NEWARE[: NEWARE.index("1,1,1")], "no-rows", {}),
    ],
)
def test_errors_name_the_line_and_the_problem(tmp_path: Path, content: str, code: str, parameters: dict) -> None:
    with refuses(code, UnreadableFile, **parameters):
        read(write(tmp_path, content))


def test_is_recognised_by_its_column_headers() -> None:
    assert recognises(NEWARE.encode(), "data")
    assert not recognises(b"Cycle Index,Step Index\n", "data.csv")


@pytest.mark.parametrize("folder", shared_data.folder())
def test_a_half_cell_of_four_cycles(folder: Path) -> None:
    """Read by eye from neware_uio.csv: 9065 records to 144:02:18; the first discharge step ends at 0.00468031 Ah, the
    next two at 0.00028183 and 0.00012414, the first charge at 0.00424934."""
    (only,) = read(folder / "cycling" / "cellpy" / "neware_uio.csv")
    assert only.columns["test_time_second"].size == 9065
    assert only.columns["test_time_second"][-1] == (144 * 60 + 2) * 60 + 18
    first = only.columns["cycle_count"] == 1
    assert only.columns["discharging_capacity_ah"][first][-1] == pytest.approx(0.00468031 + 0.00028183 + 0.00012414)
    assert only.columns["charging_capacity_ah"][first].max() == pytest.approx(0.00424934, abs=1e-9)
    charge = np.trapezoid(only.columns["current_ampere"], only.columns["test_time_second"]) / 3600
    counted = only.columns["charging_capacity_ah"][-1] - only.columns["discharging_capacity_ah"][-1]
    assert charge == pytest.approx(counted, abs=0.01 * only.columns["charging_capacity_ah"][-1])


CHINESE_CASE = "10-neware-chinese-and-clock-times/m6_neware_cn_utf8.csv"
NESTED_CASE = "11-neware-nested-export/neware_nested.csv"
EXCEL_EPOCH = datetime(1899, 12, 30)
TIME, TOTAL, DATE = 4, 5, 10
"""Columns of the case in Chinese."""


def case(name: str) -> str:
    return (Path(__file__).parents[2] / "data" / "cases" / name).read_text("utf-8-sig")


def with_cells(text: str, *changes: tuple[int, Callable[[float], str]], without: str = "") -> str:
    """Return the table with cells of some columns written anew from the total time in s; `without` renames a column."""
    header, *rows = [row.split(",") for row in text.splitlines()]
    for row in rows:
        hours, minutes, seconds = (int(part) for part in row[TOTAL].split(":"))
        for index, written in changes:
            row[index] = written(hours * 3600 + minutes * 60 + seconds)
    labels = ["-" if label == without else label for label in header]
    return "\n".join(",".join(row) for row in (labels, *rows))


def excel_stamp(seconds: float) -> str:
    return repr((datetime(2024, 3, 31, 1) + timedelta(seconds=seconds) - EXCEL_EPOCH) / timedelta(days=1))


def stamp(seconds: float) -> str:
    return f"{datetime(2024, 3, 31, 1) + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S}"


def day_clock(seconds: float) -> str:
    days, rest = divmod(int(seconds), 86400)
    return f"{days}-{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"


@pytest.mark.parametrize(
    "content",
    [
        case(CHINESE_CASE).encode(),
        case(CHINESE_CASE).encode("utf-8-sig"),
        case(CHINESE_CASE).encode("gbk"),
        case(CHINESE_CASE).replace(",", "\t").encode("gbk"),
        with_cells(case(CHINESE_CASE), (DATE, excel_stamp)).encode(),
        with_cells(case(CHINESE_CASE), (TOTAL, excel_stamp)).encode(),
        with_cells(case(CHINESE_CASE), (TOTAL, stamp)).encode(),
        with_cells(case(CHINESE_CASE), (TOTAL, day_clock)).encode(),
        with_cells(case(CHINESE_CASE), (TOTAL, lambda seconds: f"{seconds / 86400:.9f}")).encode("gbk"),
        with_cells(case(CHINESE_CASE), (TOTAL, lambda seconds: f"{seconds:g}")).encode(),
        with_cells(case(CHINESE_CASE), (DATE, stamp), without="总时间").encode(),
        with_cells(case(CHINESE_CASE), (DATE, excel_stamp), without="总时间").encode(),
        with_cells(case(CHINESE_CASE), without="记录序号").encode(),
    ],
)
def test_chinese_headers_and_the_forms_of_times(tmp_path: Path, content: bytes) -> None:
    assert recognises(content, "data")
    (only,) = read(write(tmp_path, content))
    columns = only.columns
    assert only.start_time == datetime(2024, 3, 31, 1)
    assert columns["test_time_second"][-1] == 143_658
    assert columns["cycle_count"].max() == 12
    first = columns["cycle_count"] == 1
    assert columns["discharging_capacity_ah"][first][-1] == pytest.approx(0.0015)
    charge = np.trapezoid(np.minimum(columns["current_ampere"], 0)[first], columns["test_time_second"][first]) / 3600
    assert charge == pytest.approx(-0.0015, rel=1e-3)


def test_what_was_inferred_has_a_message(tmp_path: Path) -> None:
    fractions = with_cells(case(CHINESE_CASE), (TOTAL, lambda seconds: f"{seconds / 86400:.9f}"))
    (only,) = read(write(tmp_path, fractions.encode("gbk")))
    assert message_of(only.messages, "read-as-gbk")
    assert message_of(only.messages, "time-unit-from-data", column="总时间", unit="days")
    (only,) = read(write(tmp_path, with_cells(case(CHINESE_CASE), (DATE, stamp), without="总时间")))
    assert message_of(only.messages, "time-from-stamps", column="绝对时间")


def test_a_unit_of_time_in_the_header_is_used(tmp_path: Path) -> None:
    minutes = with_cells(case(CHINESE_CASE), (TOTAL, lambda seconds: f"{seconds / 60:.6f}"))
    (only,) = read(write(tmp_path, minutes.replace("总时间", "总时间(min)")))
    assert only.columns["test_time_second"][-1] == pytest.approx(143_658)


def test_times_of_no_known_unit_are_refused(tmp_path: Path) -> None:
    hours = with_cells(case(CHINESE_CASE), (TOTAL, lambda seconds: f"{seconds / 3600:.6f}"))
    with refuses("time-unit-unknown", UnreadableFile, column="总时间", number=39.905):
        read(write(tmp_path, hours))
    without_dates = with_cells(case(CHINESE_CASE), (DATE, lambda seconds: "later"), without="总时间")
    with refuses("invalid-date-time", UnreadableFile, row=1, label="绝对时间", written="later"):
        read(write(tmp_path, without_dates))


def test_reads_the_records_of_a_nested_export(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, NEWARE_NESTED))
    expected = {
        "test_time_second": [0, 3600, 3601, 7201, 7202, 10802],
        "step_time_second": [0, 3600, 0, 3600, 0, 3600],
        "voltage_volt": [3.0, 3.5, 3.4, 3.2, 3.3, 3.6],
        "current_ampere": [0.002, 0.002, -0.001, -0.001, 0.002, 0.002],
        "cycle_count": [1, 1, 1, 1, 2, 2],
        "step_index": [1, 1, 2, 2, 1, 1],
        "step_count": [1, 1, 2, 2, 3, 3],
        "charging_capacity_ah": [0, 0.002, 0.002, 0.002, 0.002, 0.004],
        "discharging_capacity_ah": [0, 0, 0, 0.001, 0.001, 0.001],
        "charging_energy_wh": [0, 0.0065, 0.0065, 0.0065, 0.0065, 0.0134],
        "discharging_energy_wh": [0, 0, 0, 0.0033, 0.0033, 0.0033],
    }
    assert set(only.columns) == set(expected)
    for name, column in expected.items():
        assert only.columns[name] == pytest.approx(column), name


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text,
        lambda text: text.replace(",", "\t"),
        lambda text: "\r\n".join(f"{line}," for line in text.splitlines()),
        lambda text: "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in text.splitlines()),
        lambda text: text.replace("1,0.00151,0.00150\n,1,1,CC", "1,0.00151,0.00150,1,1,CC"),
    ],
)
def test_a_nested_export_of_three_cycles(tmp_path: Path, change: Callable[[str], str]) -> None:
    content = change(case(NESTED_CASE)).encode()
    assert recognises(content, "data")
    (only,) = read(write(tmp_path, content))
    assert only.columns["test_time_second"].size == 76
    assert np.unique(only.columns["cycle_count"]).tolist() == [1, 2, 3]
    assert message_of(only.messages, "counter-stays-zero", quantity="capacity_ah")
    assert "discharging_capacity_ah" not in only.columns
    first = only.columns["cycle_count"] == 1
    current, time = only.columns["current_ampere"][first], only.columns["test_time_second"][first]
    assert np.trapezoid(np.minimum(current, 0), time) / 3600 == pytest.approx(-0.0015, rel=1e-3)


@pytest.mark.parametrize(
    ("content", "code", "parameters"),
    [
        (
            NEWARE_NESTED.replace(",-0.001,3.4,", ",-0.001,,"),
            "cell-not-a-number",
            {"line": 8, "column": "column 7 (‘Voltage(V)’)"},
        ),
        (NEWARE_NESTED[:-30], "ragged-rows", {"line": 13, "header_line": 3}),
        (NEWARE_NESTED.replace("2,0.002,0\n", "2,0.002\n"), "ragged-rows", {"line": 10, "header_line": 1}),
        (
            NEWARE_NESTED.replace("1,0.002,0.001,1,1,CC Chg,01:00:00\n", ""),
            "record-without-outer-row",
            {"line": 4, "outer_label": "Cycle Index"},
        ),
        (
            "\n".join(line for line in NEWARE_NESTED.splitlines() if not line.startswith(",,")),
            "no-records",
            {"line": 2},
        ),
    ],
)
def test_errors_of_a_nested_export_name_its_line(tmp_path: Path, content: str, code: str, parameters: dict) -> None:
    with refuses(code, UnreadableFile, **parameters):
        read(write(tmp_path, content))


@pytest.mark.parametrize("folder", shared_data.folder())
def test_a_nested_export_agrees_with_its_rows_of_cycles(folder: Path) -> None:
    path = folder / "cycling" / "cellpy" / "nw_regular_export_ife_example.csv"
    (only,) = read(path)
    assert only.columns["test_time_second"].size == 9295
    with path.open() as lines:
        cycles = [row for row in csv.reader(lines) if row[0].isdecimal()]
    assert len(cycles) == 20
    for number, charge, discharge, _, charge_energy, discharge_energy, *_ in cycles:
        last = np.flatnonzero(only.columns["cycle_count"] == int(number))[-1]
        before = np.flatnonzero(only.columns["cycle_count"] < int(number))
        for name, written in (
            ("charging_capacity_ah", charge),
            ("discharging_capacity_ah", discharge),
            ("charging_energy_wh", charge_energy),
            ("discharging_energy_wh", discharge_energy),
        ):
            counter = only.columns[name]
            passed = counter[last] - (counter[before[-1]] if before.size else 0.0)
            assert passed == pytest.approx(float(written), abs=2e-5), (number, name)


def test_a_clock_set_back_is_corrected_where_time_is_counted_from_dates(tmp_path: Path) -> None:
    dates = NEWARE.replace("Cumulative Time", "Range").replace("22 18:", "22 17:")
    dates = dates.replace("18 18:27:52", "18 17:27:52").replace("22 20:27:53", "22 19:27:53")
    (only,) = read(write(tmp_path, dates))
    assert only.columns["test_time_second"].tolist() == [0, 3600, 7200, 360001]
    assert message_of(only.messages, "clock-set-back", row=3)


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
@pytest.mark.parametrize("sample", [NEWARE, NEWARE_CHINESE, NEWARE_NESTED])
def test_the_step_type_gives_the_direction_of_unsigned_currents(tmp_path: Path, sample: str, encoding: str) -> None:
    (signed,) = read(write(tmp_path, sample))
    (only,) = read(write(tmp_path, sample.replace(",-", ",").encode(encoding)))
    for name, column in signed.columns.items():
        assert only.columns[name] == pytest.approx(column), name
    assert message_of(only.messages, "direction-from-step-type")
    assert not any(message.code == "direction-from-step-type" for message in signed.messages)


def test_currents_without_sign_and_without_step_types_stay(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, NEWARE.replace(",-", ",").replace("Step Type", "Note")))
    assert (only.columns["current_ampere"] > 0).all()
