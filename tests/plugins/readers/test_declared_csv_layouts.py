"""Tables of other programs: columns per gram or area, and lines above the header."""

from pathlib import Path

import pytest

from plugins.readers.declared_csv import read, read_mapped
from registry.hookspecs import UnreadableFile
from tests.coded import message_of, refuses
from tests.plugins.readers import shared_data
from tests.plugins.readers.test_declared_csv import columns_of, dataset

PER_GRAM = {
    "Cycle,Specific capacity (mAh/g)\n1,180.5\n2,179.0\n": "cycle_discharging_specific_capacity_ah_per_gram",
    "Cycle_Index;Cap_Chg(mAh/g);Cap_DChg(mAh/g)\n1;200;180.5\n": "cycle_discharging_specific_capacity_ah_per_gram",
    "Cycle,Discharge capacity (mAh cm-2)\n1,180.5\n": "cycle_discharging_areal_capacity_ah_per_square_centimetre",
}


@pytest.mark.parametrize(("text", "canonical"), PER_GRAM.items())
def test_reads_a_per_cycle_table_per_gram_or_area(tmp_path: Path, text: str, canonical: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text)
    (dataset,) = read(path)
    assert dataset.technique == "cycling"
    assert dataset.columns[canonical][0] == pytest.approx(0.1805)


@pytest.mark.parametrize(("unit", "technique"), [("mA/g", "cycling"), ("mA/cm²", "")])
def test_reads_a_time_series_with_a_current_per_gram_or_area(tmp_path: Path, unit: str, technique: str) -> None:
    path = tmp_path / "series.csv"
    path.write_text(f"Time (s),Voltage (V),Current ({unit}),Specific capacity (mAh/g)\n0,3,100,0\n1,3.1,100,0.03\n")
    (dataset,) = read(path)
    (current,) = [name for name in dataset.columns if "current" in name]
    assert (dataset.technique, dataset.columns[current][0]) == (technique, pytest.approx(0.1))
    assert not [name for name in dataset.columns if name.startswith("cycle_")]
    assert message_of(dataset.messages, "columns-left-out", columns=["‘Specific capacity (mAh/g)’"])


ABOVE = "cell model:,,,\nNominal capacity: 0.002 Ah,,,\n\n"


def test_reads_a_table_below_other_lines(tmp_path: Path) -> None:
    only = dataset(tmp_path, ABOVE + "test_time_s,current_mA,voltage_V,step_name\n0,2,3.5,rest,\n1,2,3.6,charge CC,\n")
    assert columns_of(only) == {
        "test_time_second": [0, 1],
        "current_ampere": [0.002, 0.002],
        "voltage_volt": [3.5, 3.6],
    }
    assert message_of(only.messages, "lines-above-header", line=4)


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (ABOVE + "no table below\n", "missing-columns", 0),
        (ABOVE + "test_time_s,current_A,voltage_V\nrest,rest,rest\n", "missing-columns", 0),
        (ABOVE + "test_time_s,current,voltage_V\n0,1,2\n", "invalid-column", 4),
        (ABOVE + "test_time_s,current_A,voltage_V\n0,1,2\n1,x,2\n", "cell-not-a-number", 6),
        (ABOVE + "test_time_s,current_A\n0,1\n", "missing-columns", 0),
    ],
)
def test_errors_of_a_table_below_other_lines(tmp_path: Path, content: str, code: str, line: int) -> None:
    with refuses(code, UnreadableFile, **({"line": line} if line else {})):
        dataset(tmp_path, content)


@pytest.mark.parametrize("folder", shared_data.folder())
@pytest.mark.parametrize(
    ("name", "rows", "cycles", "last_s"),
    [
        ("bdf/SINTEF__LiGrR2032__2024-04-30__25degC__Landt.csv", 25162, 2, 262657.764),
        ("pyprobe/sample_data_novonix.csv", 207, 1, 12287.48004),
    ],
)
def test_exports_with_lines_above_their_header(folder: Path, name: str, rows: int, cycles: int, last_s: float) -> None:
    (only,) = read(folder / "cycling" / name)
    assert only.columns["test_time_second"].size == rows
    assert only.columns["cycle_count"].max() == cycles
    assert only.columns["test_time_second"][-1] == pytest.approx(last_s)


@pytest.mark.parametrize("folder", shared_data.folder())
def test_the_half_cell_of_a_landt_export(folder: Path) -> None:
    """Read by eye from the last rows of the steps: 6.3 mAh discharged, 3.2 mAh charged, then 1.3 mAh discharged."""
    (only,) = read(folder / "cycling" / "bdf" / "SINTEF__LiGrR2032__2024-04-30__25degC__Landt.csv")
    assert only.columns["discharging_capacity_ah"][-1] == pytest.approx(0.0063 + 0.0013)
    assert only.columns["charging_capacity_ah"][-1] == pytest.approx(0.0032)


@pytest.mark.parametrize("header", ["Time / hh:mm:ss,Voltage / V,Current / mA", "Time,Voltage / V,Current / mA"])
def test_clock_times_over_midnight(tmp_path: Path, header: str) -> None:
    only = dataset(tmp_path, f"{header}\n23:58:00,3,1\n23:59:30,3.1,1\n00:01:00,3.2,1\n")
    assert columns_of(only)["test_time_second"] == [86280, 86370, 86460]
    assert message_of(only.messages, "midnight-passed", times=1, row=3)


def test_a_chinese_table_in_gbk(tmp_path: Path) -> None:
    path = tmp_path / "chinese.txt"
    text = (
        "电池：甲\n循环序号\t工步序号\t测试时间\t电流/mA\t电压/V\n1\t1\t23:00:00\t1.0\t3.0\n1\t1\t00:30:00\t1.0\t3.1\n"
    )
    path.write_bytes(text.encode("gbk"))
    (only,) = read(path)
    assert only.columns["test_time_second"].tolist() == [82800, 88200]
    assert only.columns["current_ampere"].tolist() == [0.001, 0.001]
    assert message_of(only.messages, "read-as-gbk")
    assert only.header["columns"].startswith("循环序号")


ROWS = "1000,1,-1\n100,2,-2\n10,3,-3\n"
SPECTRUM = f"Frequency / Hz,Z' / Ohm,Z'' / Ohm\n{ROWS}"


@pytest.mark.parametrize("between", ["", "\n", "\nafter 10 cycles\n", "\n\nafter,,\n"])
def test_tables_below_each_other_with_a_repeated_header(tmp_path: Path, between: str) -> None:
    path = tmp_path / "stacked.csv"
    path.write_text(SPECTRUM + between + SPECTRUM.replace("100,2", "100,4"))
    datasets = read(path)
    assert [dataset.label for dataset in datasets] == ["table 1", "table 2"]
    assert [dataset.columns["real_impedance_ohm"].tolist() for dataset in datasets] == [[1, 2, 3], [1, 4, 3]]


@pytest.mark.parametrize(("between", "row"), [("", 7), ("\n", 8)])
def test_an_error_in_a_table_below_another_names_its_row(tmp_path: Path, between: str, row: int) -> None:
    with refuses("cell-not-a-number", UnreadableFile, row=row):
        dataset(tmp_path, SPECTRUM + between + SPECTRUM.replace("100,2", "100,NaN"))


def test_no_mapping_is_suggested_that_does_not_help(tmp_path: Path) -> None:
    path = tmp_path / "nan.csv"
    path.write_text(SPECTRUM.replace("100,2,-2", "100,NaN,NaN"))
    with pytest.raises(UnreadableFile) as refusal:
        read(path)
    assert refusal.value.code == "cell-not-a-number"
    assert "suggested_mapping" not in refusal.value.parameters


def test_a_repeated_header_is_named_with_a_mapping(tmp_path: Path) -> None:
    path = tmp_path / "stacked.csv"
    path.write_text(SPECTRUM * 2)
    columns = {"Frequency / Hz": "Frequency / Hz", "Z' / Ohm": "Z' / Ohm", "Z'' / Ohm": "Z'' / Ohm"}
    with refuses("repeated-header", UnreadableFile, line=5):
        read_mapped(path, {"columns": columns})


def test_a_separator_of_thousands_that_is_certain(tmp_path: Path) -> None:
    only = dataset(tmp_path, "Frequenz / Hz;Z' / Ohm;Z'' / Ohm\n1.000.000,000;61,485;-23,259\n794.328,235;65,1;-20,3\n")
    assert columns_of(only)["frequency_hertz"] == [1e6, 794328.235]
    assert message_of(only.messages, "thousands-separated", mark=".")


def test_a_separator_of_thousands_that_is_not_certain_is_named(tmp_path: Path) -> None:
    text = 'Frequency / Hz,Z\' / Ohm,Z\'\' / Ohm\n"1.000,5",1.5,-1\n"2,000.5",1.5,-1\n'
    with refuses("cell-not-a-number", UnreadableFile, error={"code": "separator-of-thousands"}):
        dataset(tmp_path, text)
