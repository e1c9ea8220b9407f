from pathlib import Path

import numpy as np
import pytest

from plugins.readers.maccor import read, recognises
from registry.hookspecs import UnreadableFile
from tests.coded import message_of, refuses
from tests.plugins.readers import shared_data
from tests.plugins.readers.samples import MACCOR, MACCOR_HASHED, write

CASES = Path(__file__).parents[2] / "data" / "cases" / "09-maccor-dialects"
LABELS = "Rec#\tCyc#\tStep\tTestTime\tAmp-hr\tWatt-hr\tAmps\tVolts\tState\tDPt Time"
ROWS = (
    "1\t1\t1\t  0d 00:00:00.00\t0.0\t0.0\t0.0\t3.0000\tR\t12/11/2020 12:22:12",
    "2\t1\t2\t  0d 00:30:00.00\t0.0005\t0.00175\t0.001\t3.5000\tC\t12/11/2020 12:52:12",
    "3\t1\t2\t  0d 01:00:00.50\t0.0010\t0.00355\t0.001\t3.7000\tC\t12/11/2020 13:22:12",
    "4\t1\t3\t  1d 02:03:04.5\t0.0004\t0.00140\t0.001\t3.4000\tD\t12/12/2020 14:25:16",
)


def table(labels: str = LABELS, rows: tuple[str, ...] = ROWS, head: str = "Today's Date\t12/13/2020\n") -> str:
    return head + "\n".join((labels, *rows)) + "\n"


def columns_of(directory: Path, content: str) -> dict[str, np.ndarray]:
    (only,) = read(write(directory, content))
    return dict(only.columns)


@pytest.mark.parametrize("name", ["maccor_day_clock.txt", "maccor_mAmps.txt"])
def test_dialects_with_day_clock_and_units_in_the_names(name: str) -> None:
    (only,) = read(CASES / name)
    columns = only.columns
    first = columns["cycle_count"] == 1
    assert only.technique == "cycling"
    assert columns["test_time_second"][-1] == pytest.approx(36059.93)
    assert columns["discharging_capacity_ah"][first][-1] == pytest.approx(1.5e-3, abs=1e-6)
    assert (columns["current_ampere"].min(), columns["current_ampere"].max()) == (-1e-3, 1e-3)
    assert str(only.start_time) == "2020-12-11 12:22:12"
    assert (only.header["name"], only.header["schedule"]) == ("cell_01", "form.000")


def test_day_clock_with_any_digits(tmp_path: Path) -> None:
    assert columns_of(tmp_path, table())["test_time_second"].tolist() == [0, 1800, 3600.5, 93784.5]
    short = table(
        rows=tuple(row.replace("00:00:00.00", "00:00:0").replace("00:30:00.00", "00:30:5.05") for row in ROWS)
    )
    assert columns_of(tmp_path, short)["test_time_second"][:2].tolist() == [0, 1805.05]


@pytest.mark.parametrize(
    ("names", "factor"),
    [
        (("mAmps", "mAmp-hr", "mWatt-hr", "mVolts"), 1e-3),
        (("MAMPS", "MAMP-HR", "MWATT-HR", "MVOLTS"), 1e-3),
        (("Current [ma]", "Cap. [MAH]", "Ener. [mwh]", "Voltage [mv]"), 1e-3),
        (("Current (mAmps)", "Capacity (mA-hr)", "Energy (mW-hr)", "Voltage (mVolts)"), 1e-3),
        (("Current (AMPS)", "Capacity (Amp-Hr)", "Energy (Watt-Hours)", "Voltage (VOLTS)"), 1.0),
        (("amps", "AMP-HR", "watt-hr", "VOLTS"), 1.0),
        (("µAmps", "µAmp-hr", "µWatt-hr", "uVolts"), 1e-6),
    ],
)
def test_units_in_any_capitals(tmp_path: Path, names: tuple[str, str, str, str], factor: float) -> None:
    current, capacity, energy, voltage = names
    labels = f"Rec#\tCyc#\tStep\tTestTime\t{capacity}\t{energy}\t{current}\t{voltage}\tState\tDPt Time"
    columns = columns_of(tmp_path, table(labels))
    assert columns["voltage_volt"][1] == pytest.approx(3.5 * factor)
    assert columns["current_ampere"][[1, 3]] == pytest.approx([1e-3 * factor, -1e-3 * factor])
    assert columns["charging_capacity_ah"][-1] == pytest.approx(1e-3 * factor)
    assert columns["discharging_energy_wh"][-1] == pytest.approx(1.4e-3 * factor)


@pytest.mark.parametrize(
    ("label", "seconds"),
    [("Test (Sec)", 1), ("Test Time (sec)", 1), ("Test (Min)", 60), ("TestTime [MIN]", 60), ("Test Time (Hr)", 3600)],
)
def test_times_in_the_unit_of_their_header(tmp_path: Path, label: str, seconds: float) -> None:
    rows = tuple("\t".join([*row.split("\t")[:3], str(index), *row.split("\t")[4:]]) for index, row in enumerate(ROWS))
    columns = columns_of(tmp_path, table(LABELS.replace("TestTime", label), rows))
    assert columns["test_time_second"].tolist() == [0, seconds, 2 * seconds, 3 * seconds]


@pytest.mark.parametrize("label", ["Test Time (D HH:MM:SS)", "Test Time [hh:mm:ss]", "Test", "TestTime (Sec)"])
def test_clock_times_are_known_by_their_cells(tmp_path: Path, label: str) -> None:
    columns = columns_of(tmp_path, table(LABELS.replace("TestTime", label)))
    assert columns["test_time_second"].tolist() == [0, 1800, 3600.5, 93784.5]


def test_decimal_commas_and_semicolons(tmp_path: Path) -> None:
    columns = columns_of(tmp_path, table().replace(".", ",").replace("\t", ";"))
    assert columns["test_time_second"].tolist() == [0, 1800, 3600.5, 93784.5]
    assert columns["voltage_volt"].tolist() == [3, 3.5, 3.7, 3.4]


@pytest.mark.parametrize("head", ["", '"Date of Test:"\t"11 December 2020, 12:22:12 PM"\n'])
def test_byte_order_mark_and_quoted_cells(tmp_path: Path, head: str) -> None:
    content = "\ufeff" + head + "\n".join("\t".join(f'"{cell}"' for cell in row.split("\t")) for row in (LABELS, *ROWS))
    assert recognises(content.encode(), "data")
    (only,) = read(write(tmp_path, content))
    assert only.columns["test_time_second"][-1] == 93784.5
    assert str(only.start_time) == ("2020-12-11 12:22:12" if head else "None")


def test_step_time_is_not_the_number_of_the_step(tmp_path: Path) -> None:
    columns = columns_of(tmp_path, MACCOR_HASHED)
    assert columns["step_index"].tolist() == [1, 2]
    assert columns["step_time_second"].tolist() == [0, 3600]


def test_a_table_separated_by_commas(tmp_path: Path) -> None:
    content = table(head="Date of Test:,23-Nov-23 3:56:08 PM\n").replace("\t", ",")
    (only,) = read(write(tmp_path, content))
    assert only.columns["test_time_second"][-1] == 93784.5
    assert str(only.start_time) == "2023-11-23 15:56:08"


@pytest.mark.parametrize("number", ["1,003.5", '"1,003.5"'])
def test_thousands_are_separated_by_commas(tmp_path: Path, number: str) -> None:
    content = table(LABELS.replace("Volts", "mVolts"), tuple(row.replace("3.5000", number) for row in ROWS))
    (only,) = read(write(tmp_path, content))
    assert only.columns["voltage_volt"][1] == pytest.approx(1.0035)
    assert message_of(only.messages, "thousands-separated", mark=",")


def test_thousands_in_rows_that_end_in_tabs_but_for_the_last(tmp_path: Path) -> None:
    rows = [row.replace("3.5000", "1,003.5") + "\t" for row in ROWS]
    content = table(LABELS.replace("Volts", "mVolts"), (*rows[:-1], rows[-1].rstrip("\t")))
    assert columns_of(tmp_path, content)["voltage_volt"][1] == pytest.approx(1.0035)


def test_current_with_and_without_sign_is_the_same(tmp_path: Path) -> None:
    without = columns_of(tmp_path, table())
    negative = columns_of(tmp_path, table(rows=(*ROWS[:3], ROWS[3].replace("\t0.001\t", "\t-0.001\t"))))
    turned = [row.replace("\t0.001\t", "\t-0.001\t") for row in ROWS[:3]]
    assert negative["current_ampere"].tolist() == without["current_ampere"].tolist() == [0, 0.001, 0.001, -0.001]
    assert columns_of(tmp_path, table(rows=(*turned, ROWS[3])))["current_ampere"].tolist() == [0, 0.001, 0.001, -0.001]


@pytest.mark.parametrize(("state", "other"), [("S", "P"), ("O", "A"), ("R", "E")])
def test_states_without_direction_need_no_current(tmp_path: Path, state: str, other: str) -> None:
    rows = (ROWS[0].replace("\tR\t", f"\t{state}\t"), *ROWS[1:], ROWS[0].replace("\tR\t", f"\t{other}\t"))
    assert columns_of(tmp_path, table(rows=rows))["current_ampere"][-1] == 0


def test_an_offset_of_the_current_at_rest_is_flagged(tmp_path: Path) -> None:
    rows = (ROWS[0].replace("\t0.0\t3.0", "\t0.000001\t3.0"), *ROWS[1:])
    (only,) = read(write(tmp_path, table(rows=rows)))
    assert message_of(only.messages, "offset-current", rows=1, current=1e-6)


def test_a_counter_that_goes_on_from_constant_current_to_constant_voltage(tmp_path: Path) -> None:
    """The third step counts from zero in one file, on from the second in the other; the charge is the same."""
    going_on = "5\t1\t4\t  1d 02:33:04.5\t{}\t{}\t0.001\t3.4000\tD\t12/12/2020 14:55:16"
    for capacity, energy in ((0.0009, 0.0031), (0.0005, 0.0017)):
        columns = columns_of(tmp_path, table(rows=(*ROWS, going_on.format(capacity, energy))))
        assert columns["discharging_capacity_ah"][-1] == pytest.approx(0.0009)
        assert columns["discharging_energy_wh"][-1] == pytest.approx(0.0031)


def test_volts_that_are_millivolts_are_known_by_the_energy(tmp_path: Path) -> None:
    volts = ("3.0000", "3.5000", "3.7000", "3.4000")
    rows = tuple(row.replace(volt, f"{float(volt) * 1000:.1f}") for row, volt in zip(ROWS, volts, strict=True))
    (only,) = read(write(tmp_path, table(rows=rows)))
    assert only.columns["voltage_volt"].tolist() == [3, 3.5, 3.7, 3.4]
    assert message_of(only.messages, "voltage-in-millivolts").level == "warning"


def test_current_and_charge_get_their_direction_from_the_state(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, MACCOR))
    assert only.technique == "cycling"
    assert {name: column.tolist() for name, column in only.columns.items()} == {
        "test_time_second": [0, 3600, 7200, 10800],
        "voltage_volt": [3, 3.5, 3.2, 3.6],
        "current_ampere": [0, 0.002, -0.001, 0.002],
        "cycle_count": [1, 1, 1, 2],
        "step_index": [1, 4, 5, 4],
        "charging_capacity_ah": pytest.approx([0, 0.002, 0.002, 0.004]),
        "discharging_capacity_ah": pytest.approx([0, 0, 0.001, 0.001]),
        "charging_energy_wh": pytest.approx([0, 0.006, 0.006, 0.012]),
        "discharging_energy_wh": pytest.approx([0, 0, 0.003, 0.003]),
    }
    assert only.header["comments"] == "capacity test"
    assert only.header["schedule"] == "CT.000"


def test_the_unit_of_the_time_is_settled_by_the_stamps(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, MACCOR))
    assert message_of(only.messages[:1], "time-unit-decided", unit="min")


def test_reads_the_other_dialect(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, MACCOR_HASHED))
    assert only.columns["test_time_second"].tolist() == [0, 3600]
    assert only.columns["current_ampere"].tolist() == [0, -0.001]
    assert only.columns["discharging_capacity_ah"].tolist() == [0, 0.001]


@pytest.mark.parametrize(
    ("content", "code", "parameters"),
    [
        (MACCOR.replace("6:40:24 PM", "6:41:50 AM"), "time-unit-unknown", {}),
        (MACCOR.replace("\tMd\t", "\tXx\t"), "missing-columns", {}),
        (
            MACCOR.replace("\tC\t1\t5/11/2021 4", "\tR\t1\t5/11/2021 4"),
            "current-in-unknown-state",
            {"row": 2, "columns": 0.002},
        ),
        (MACCOR.replace("\tVoltage [V]", "\tX"), "missing-columns", {"missing": ["voltage_volt (Voltage)"]}),
        (
            MACCOR.replace("3.2\tD", "\tD"),
            "cell-not-a-number",
            {"line": 12, "column": "column 10 (‘Voltage [V]’)", "error": {"code": "empty-cell"}},
        ),
        (MACCOR[:-30], "ragged-rows", {"line": 13, "fields": 9, "header_line": 8, "columns": 13}),
        (MACCOR[:90], "no-column-names", {}),
    ],
)
def test_errors_name_the_line_and_the_problem(tmp_path: Path, content: str, code: str, parameters: dict) -> None:
    with refuses(code, UnreadableFile, **parameters):
        read(write(tmp_path, content))


@pytest.mark.parametrize("content", [MACCOR, MACCOR_HASHED])
def test_is_recognised_by_its_column_headers(content: str) -> None:
    assert recognises(content.encode(), "data")
    assert not recognises(b"Record\tCycle\n", "data.txt")


@pytest.mark.parametrize("folder", shared_data.folder())
def test_two_cycles_of_a_cell(folder: Path) -> None:
    """Read by eye from maccor_002.txt: charges end at 0.00244213 and 0.00227658 Ah, discharges at 0.00225098 and
    0.00225395 Ah; the last of 7446 records is 3809.841833 min after the first."""
    (only,) = read(folder / "cycling" / "cellpy" / "maccor_002.txt")
    assert only.columns["test_time_second"].size == 7446
    assert only.columns["test_time_second"][-1] == pytest.approx(3809.841833 * 60)
    assert only.columns["charging_capacity_ah"][-1] == pytest.approx(0.00244213 + 0.00227658)
    assert only.columns["discharging_capacity_ah"][-1] == pytest.approx(0.00225098 + 0.00225395)
    charge = np.trapezoid(only.columns["current_ampere"], only.columns["test_time_second"]) / 3600
    assert charge == pytest.approx(0.00244213 + 0.00227658 - 0.00225098 - 0.00225395, abs=2e-6)


@pytest.mark.parametrize("folder", shared_data.folder())
@pytest.mark.parametrize(
    ("name", "size", "charges_ah"),
    [
        ("maccor_001.txt", (6704, 183171.57), (17.6236, 17.3631)),
        ("maccor_three.txt", (4009, 326843.42), (12.6235, 12.5192)),
    ],
)
def test_real_files_count_what_their_current_integrates_to(
    folder: Path, name: str, size: tuple[int, float], charges_ah: tuple[float, float]
) -> None:
    """The sums of the counters over the ends of half-cycles are the integral of the current."""
    (only,) = read(folder / "cycling" / "cellpy" / name)
    time, current = only.columns["test_time_second"], only.columns["current_ampere"]
    assert (time.size, time[-1]) == pytest.approx(size)
    counted = only.columns["charging_capacity_ah"][-1], only.columns["discharging_capacity_ah"][-1]
    assert counted == pytest.approx(charges_ah, abs=1e-4)
    within = np.diff(only.columns["step_index"]) == 0
    amount = np.where(within, (current[1:] + current[:-1]) / 2, current[1:]) * np.diff(time) / 3600
    assert (amount[amount > 0].sum(), -amount[amount < 0].sum()) == pytest.approx(charges_ah, rel=1e-3)
    assert only.columns["voltage_volt"].max() == pytest.approx(4.0, abs=0.25)


def test_without_states_the_sign_of_the_current_tells_the_direction(tmp_path: Path) -> None:
    (stated,) = read(write(tmp_path, MACCOR))
    signed = MACCOR.replace("\tMd\t", "\tXx\t").replace("\t0.001\t3.2", "\t-0.001\t3.2")
    (only,) = read(write(tmp_path, signed))
    assert {name: column.tolist() for name, column in only.columns.items()} == {
        name: column.tolist() for name, column in stated.columns.items()
    }
    assert message_of(only.messages, "direction-from-sign")
