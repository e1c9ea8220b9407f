"""Tables of other programs: columns per gram or area, and lines above the header."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from plugins.readers.declared_csv import read, read_mapped, recognises
from registry.hookspecs import UnreadableFile
from tests.coded import message_of, refuses
from tests.plugins.readers import shared_data
from tests.plugins.readers.samples import write
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


@pytest.mark.parametrize("unit", ["1/s", "s-1", "s^-1"])
def test_a_frequency_per_second_is_in_hertz_and_an_angular_one_in_radians(tmp_path: Path, unit: str) -> None:
    rows = ",10,-1\n".join(["1000", "100", "10", ""])
    (named,) = read(write(tmp_path, f"Frequency ({unit}),Z' (Ohm),Z'' (Ohm)\n{rows}"))
    assert named.columns["frequency_hertz"].tolist() == [1000, 100, 10]
    (angular,) = read(write(tmp_path, f"omega ({unit}),Z' (Ohm),Z'' (Ohm)\n{rows}"))
    assert angular.columns["frequency_hertz"] == pytest.approx(np.array([1000, 100, 10]) / (2 * np.pi))


def test_potentials_of_both_electrodes_give_the_voltage_of_the_cell(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, "time/s,Ewe/V,Ece/V,I/mA\n0,3.9,0.1,1\n10,3.8,0.2,1\n"))
    assert only.columns["voltage_volt"] == pytest.approx([3.8, 3.6])
    assert only.columns["working_electrode_potential_volt"].tolist() == [3.9, 3.8]
    message_of(only.messages, "voltage-from-electrodes")
    (alone,) = read(write(tmp_path, "time/s,Ewe/V,I/mA\n0,3.9,1\n10,3.8,1\n"))
    assert alone.columns["voltage_volt"].tolist() == [3.9, 3.8]


@pytest.mark.parametrize(
    ("header", "kinds"),
    [
        ("Step Type", ("CC Chg", "Rest", "CC DChg")),
        ("State", ("C", "R", "D")),
        ("工步类型", ("恒流充电", "搁置", "恒流放电")),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_current_without_sign_has_that_of_its_step_type(
    tmp_path: Path, header: str, kinds: tuple[str, ...], encoding: str
) -> None:
    rows = "0,3.5,1,{}\n9,3.5,0,{}\n18,3.5,2,{}\n".format(*kinds)
    content = f"{'时间(s),电压(V),电流(mA)' if encoding == 'gbk' else 'Time / s,Voltage / V,I / mA'},{header}\n{rows}"
    (only,) = read(write(tmp_path, content.encode(encoding)))
    assert only.columns["current_ampere"].tolist() == [1e-3, 0, -2e-3]
    message_of(only.messages, "direction-from-step-type", steps=[f"‘{kinds[2]}’"])
    assert "columns-left-out" not in {message.code for message in only.messages}


def test_a_current_with_signs_keeps_them_whatever_the_steps_are_called(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, "Time / s,Voltage / V,I / mA,State\n0,3,1,D\n9,3,-1,C\n"))
    assert only.columns["current_ampere"].tolist() == [1e-3, -1e-3]
    message_of(only.messages, "columns-left-out", columns=["‘State’"])


def test_numbers_with_the_typographic_minus_are_read(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, "Zeit / s;Strom / mA;Spannung / V\n0;−1,5;3,5\n10;−1,25;3,25\n"))
    assert only.columns["current_ampere"].tolist() == [-1.5e-3, -1.25e-3]


def test_a_row_of_units_may_repeat_those_of_the_header_but_not_contradict_them(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, "Time / s,I / mA,Voltage / V\ns,mA,V\n0,1,3.5\n"))
    assert only.columns["current_ampere"].tolist() == [1e-3]
    with refuses("cell-not-a-number", UnreadableFile, line=2):
        read(write(tmp_path, "Time / s,I / A,Voltage / V\ns,mA,V\n0,1,3.5\n"))


def test_no_mapping_is_suggested_for_rows_with_more_fields_than_the_header(tmp_path: Path) -> None:
    """Decimal commas between commas: 13,68 is no column of 13 and one of 68."""
    rows = "".join(f"{10 ** (6 - number)},13,68,-15,0{number}\n" for number in range(6))
    with refuses("ragged-rows", UnreadableFile) as refusal:
        read(write(tmp_path, f"Frequency (Hz),Z' (Ohm),Z'' (Ohm)\n{rows}"))
    assert "suggested_mapping" not in refusal.value.parameters


def test_a_text_in_utf_16_is_recognised_to_say_so(tmp_path: Path) -> None:
    content = "Time (s)\tI (mA)\tVoltage (V)\n0\t1\t3.5\n".encode("utf-16")
    assert recognises(content, "table.txt")
    with refuses("utf-16-text", UnreadableFile):
        read(write(tmp_path, content))


@pytest.mark.parametrize(
    "table",
    [
        "Date Time,Voltage (V),Current (mA)\n2024-05-01 23:59:50,3.1,1\n2024-05-02 00:00:20,3.2,1\n",
        "Time,Voltage (V),Current (mA)\n5/13/2024 11:59:50 PM,3.1,1\n5/14/2024 12:00:20 AM,3.2,1\n",
        "Zeitstempel;Spannung (V);Strom (mA)\n13.05.2024 23:59:50;3,1;1\n14.05.2024 00:00:20;3,2;1\n",
        "Time,Voltage (V),Current (mA)\n11:59:50 PM,3.1,1\n12:00:20 AM,3.2,1\n",
    ],
)
def test_reads_times_with_dates_and_of_twice_twelve_hours(tmp_path: Path, table: str) -> None:
    (dataset,) = read(write(tmp_path, table))
    assert np.diff(dataset.columns["test_time_second"]).tolist() == [30]
    assert dataset.columns["voltage_volt"].tolist() == [3.1, 3.2]


@pytest.mark.parametrize("heads", ["Voltage (V),Specific current (mA/g)", "Ewe (V),I (mA)", "stack pressure / MPa,x"])
def test_dates_are_the_time_of_every_kind_of_series(tmp_path: Path, heads: str) -> None:
    (dataset,) = read(write(tmp_path, f"Date Time,{heads}\n2024-05-01 10:00:00,3.1,1\n2024-05-01 10:01:00,3.2,1\n"))
    assert dataset.columns["test_time_second"].tolist() == [0, 60]


def test_the_first_date_is_the_start(tmp_path: Path) -> None:
    table = "Date Time,Voltage (V),Current (mA)\n2024-05-01 23:59:50,3.1,1\n2024-05-02 00:00:20,3.2,1\n"
    (dataset,) = read(write(tmp_path, table))
    assert dataset.start_time == datetime(2024, 5, 1, 23, 59, 50)
    message_of(dataset.messages, "time-from-stamps", header="Date Time")


def test_german_kinds_of_steps_give_the_current_its_sign(tmp_path: Path) -> None:
    table = "Zeit / s;Spannung / V;Strom / mA;Zustand\n0;3,1;1;Laden\n60;3,2;1;Entladen\n"
    (dataset,) = read(write(tmp_path, table))
    assert dataset.columns["current_ampere"].tolist() == [0.001, -0.001]
