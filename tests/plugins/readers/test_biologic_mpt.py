from pathlib import Path

import pytest

from plugins.readers.biologic_mpt import read, recognises, register_readers
from registry.hookspecs import UnreadableFile
from tests.coded import message_of, refuses
from tests.plugins.readers import shared_data
from tests.plugins.readers.samples import GCPL, MODULO, PEIS, biologic, write

CASES = Path(__file__).parents[2] / "data" / "cases" / "08-eclab-heads-and-times"
CA = biologic("Chronoamperometry / Chronocoulometry", "time/s|Ewe/V|I/mA", ("0 0.1 1.5", "1 0.2 -2.5"))


def texts(path: Path) -> str:
    return " ".join(message.text for dataset in read(path) for message in dataset.messages)


def test_each_cycle_number_is_a_spectrum_of_its_own(tmp_path: Path) -> None:
    first, second = read(write(tmp_path, PEIS))
    assert (first.technique, first.label, second.label) == ("eis", "cycle number 1", "cycle number 2")
    assert first.columns["frequency_hertz"].tolist() == [1000, 100]
    assert first.columns["real_impedance_ohm"].tolist() == [10.5, 12.5]
    assert second.columns["voltage_volt"].tolist() == [3.8, 3.8]


def test_the_imaginary_part_is_negative_for_a_capacitive_response(tmp_path: Path) -> None:
    first, second = read(write(tmp_path, PEIS))
    assert first.columns["imaginary_impedance_ohm"].tolist() == [-2.5, -4.5]
    assert second.columns["imaginary_impedance_ohm"].tolist() == [-3.5, 1.5]


def test_milliamperes_become_amperes(tmp_path: Path) -> None:
    assert read(write(tmp_path, PEIS))[0].columns["current_ampere"].tolist() == [0.0005, 0.0005]


def test_reads_decimal_commas(tmp_path: Path) -> None:
    first, _ = read(write(tmp_path, PEIS.replace(b".", b",")))
    assert first.columns["real_impedance_ohm"].tolist() == [10.5, 12.5]
    assert "Decimal commas" in " ".join(message.text for message in first.messages)


def test_placeholders_of_area_and_mass_are_flagged(tmp_path: Path) -> None:
    (flagged,) = [message for message in read(write(tmp_path, PEIS))[0].messages if message.level == "warning"]
    assert flagged.code == "entered-parameters"
    assert [entry.split()[-2:] for entry in flagged.parameters["entries"]] == [["0.001", "cm²"], ["0.001", "g"]]


def test_the_header_has_instrument_and_start(tmp_path: Path) -> None:
    header = read(write(tmp_path, PEIS))[0].header
    assert header["instrument"] == "SP-300 (SN 1)"
    assert header["started"] == "05/15/2025 01:18:45.867"
    assert header["technique"] == "Potentio Electrochemical Impedance Spectroscopy"
    assert "fi  7.000" in header["settings"]


def test_rows_of_frequency_zero_are_left_out_with_a_message(tmp_path: Path) -> None:
    hybrid = biologic("x", "freq/Hz|Re(Z)/Ohm|-Im(Z)/Ohm", ("0 0 0", "0 0 0", "10 1 2"))
    (only,) = read(write(tmp_path, hybrid))
    assert only.columns["frequency_hertz"].tolist() == [10]
    assert message_of(only.messages, "rows-at-frequency-zero", rows=2)


def test_a_part_without_impedance_is_not_a_spectrum(tmp_path: Path) -> None:
    mixed = biologic("x", "freq/Hz|Re(Z)/Ohm|-Im(Z)/Ohm|cycle_number", ("0 0 0 1", "10 1 2 2", "0 0 0 3"))
    (only,) = read(write(tmp_path, mixed))
    assert only.label == "cycle number 2"
    assert message_of(only.messages, "rows-at-frequency-zero", rows=2)


def test_cycling_between_spectra_is_a_separate_dataset(tmp_path: Path) -> None:
    first, second, cycling = read(write(tmp_path, MODULO))
    assert [dataset.technique for dataset in (first, second, cycling)] == ["eis", "eis", "cycling"]
    assert [dataset.label for dataset in (first, second, cycling)] == [
        "cycle number 0, Ns 2",
        "cycle number 1, Ns 2",
        "time series",
    ]
    assert first.columns["frequency_hertz"].tolist() == [1000, 100]
    assert set(cycling.columns) == {"test_time_second", "voltage_volt", "current_ampere", "cycle_count", "step_index"}
    assert cycling.columns["test_time_second"].tolist() == [0, 36, 74, 110]
    assert cycling.columns["current_ampere"].tolist() == [0.001, -0.001, 0.001, -0.001]
    assert message_of(first.messages, "time-series-between-spectra", rows=4)


def test_spectra_separated_by_cycling_are_separate_datasets(tmp_path: Path) -> None:
    headers = "time/s|Ecell/V|I/mA|freq/Hz|Re(Z)/Ohm|-Im(Z)/Ohm"
    rows = ("0 3 1 0 0 0", "1 3 0 1000 5 1", "2 3 1 0 0 0", "3 3 0 1000 6 1")
    first, second, cycling = read(write(tmp_path, biologic("Modulo Bat", headers, rows)))
    assert (first.columns["real_impedance_ohm"].tolist(), second.columns["real_impedance_ohm"].tolist()) == ([5], [6])
    assert cycling.columns["test_time_second"].tolist() == [0, 2]


def test_cycling_with_a_column_of_frequencies_and_no_spectrum_is_cycling(tmp_path: Path) -> None:
    content = biologic("Modulo Bat", "time/s|Ecell/V|I/mA|freq/Hz|Re(Z)/Ohm|-Im(Z)/Ohm", ("0 3 1 0 0 0", "1 3 1 0 0 0"))
    (only,) = read(write(tmp_path, content))
    assert (only.technique, only.label, only.columns["voltage_volt"].tolist()) == ("cycling", "", [3, 3])


def test_the_rest_before_a_spectrum_is_not_a_dataset(tmp_path: Path) -> None:
    headers = "time/s|Ewe/V|I/mA|freq/Hz|Re(Z)/Ohm|-Im(Z)/Ohm"
    rest = biologic("Potentio Electrochemical Impedance Spectroscopy", headers, ("0 3 0 0 0 0", "1 3 0 1000 5 1"))
    (only,) = read(write(tmp_path, rest))
    assert only.technique == "eis"
    assert message_of(only.messages, "rows-at-frequency-zero", rows=1)


def test_cycling_counts_charge_over_the_restarts_of_each_cycle(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, GCPL))
    assert only.technique == "cycling"
    assert only.columns["charging_capacity_ah"].tolist() == pytest.approx([0, 0.002, 0.002, 0.004])
    assert only.columns["discharging_capacity_ah"].tolist() == pytest.approx([0, 0, 0.001, 0.001])
    assert only.columns["current_ampere"].tolist() == [0, 0.002, -0.001, 0.002]
    assert only.columns["cycle_count"].tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize(
    ("technique", "expected"),
    [
        ("Chronoamperometry / Chronocoulometry", "chronoamperometry"),
        ("Modulo Bat", "cycling"),
        ("Galvanostatic Cycling with Potential Limitation", "cycling"),
        ("Chronopotentiometry", ""),
    ],
)
def test_the_technique_is_that_of_the_header(tmp_path: Path, technique: str, expected: str) -> None:
    content = CA.replace(b"Chronoamperometry / Chronocoulometry", technique.encode())
    assert read(write(tmp_path, content))[0].technique == expected


def test_the_cell_voltage_comes_before_that_of_one_electrode(tmp_path: Path) -> None:
    content = biologic("Modulo Bat", "time/s|Ewe/V|Ecell/V|I/A", ("0 0.1 3.7 1", "1 0.2 3.8 2"), program="BT-Lab")
    assert read(write(tmp_path, content))[0].columns["voltage_volt"].tolist() == [3.7, 3.8]


def test_the_cell_voltage_is_that_between_the_electrodes(tmp_path: Path) -> None:
    content = biologic("CP", "time/s|Ewe/V|Ece/V|I/A", ("0 4.25 0.5 1", "1 4.5 0.25 2"))
    (only,) = read(write(tmp_path, content))
    assert only.columns["voltage_volt"].tolist() == [3.75, 4.25]
    assert only.columns["working_electrode_potential_volt"].tolist() == [4.25, 4.5]
    assert only.columns["counter_electrode_potential_volt"].tolist() == [0.5, 0.25]
    assert message_of(only.messages, "voltage-from-electrodes")


@pytest.mark.parametrize("file", ["averaged_head.mpt", "absolute_time.mpt"])
def test_newer_headers_and_absolute_time(file: str) -> None:
    """Case 08; the stamps pass the night of a change to daylight saving time without one of the clock."""
    (only,) = read(CASES / file)
    assert only.technique == "cycling"
    time = only.columns["test_time_second"]
    assert time[:3] == pytest.approx([0, 603.015, 1206.030], abs=0.001)
    assert (time.size, time[-1]) == (76, pytest.approx(36059.925, abs=0.002))
    assert only.columns["voltage_volt"][:2].tolist() == [3, 3.1333333]
    assert only.columns["current_ampere"][[0, 15, -1]].tolist() == [0.001, -0.001, 0]


def test_open_circuit_voltage_has_no_current() -> None:
    """Case 08."""
    (only,) = read(CASES / "ocv.mpt")
    assert only.technique == "open_circuit"
    assert list(only.columns) == ["test_time_second", "voltage_volt"]
    assert only.columns["voltage_volt"][[0, -1]].tolist() == [3.7, 3.671]
    assert only.columns["test_time_second"][-1] == 290


def test_a_clock_set_by_an_hour_is_corrected(tmp_path: Path) -> None:
    before, after = (CASES / "absolute_time.mpt").read_bytes().split(b"1\t03/31/2024 02:00:27", 1)
    rows = "1\t03/31/2024 02:00:27" + after.decode()
    for hour in range(10, 1, -1):
        rows = rows.replace(f"/2024 {hour:02}:", f"/2024 {hour + 1:02}:")
    (only,) = read(write(tmp_path, before + rows.encode()))
    assert only.columns["test_time_second"][-1] == pytest.approx(36059.925)


@pytest.mark.parametrize(
    ("headers", "row", "code", "parameters"),
    [
        ("time/s|Ewe/V|I/mA|cycle_number|x", "0 3 1", "headers-without-field",
         {"fields": 3, "headers": 5, "names": ["‘cycle number’", "‘x’"]}),
        ("time/s|Ewe/V|I/mA", "0 3 1 7 8", "fields-without-header", {"fields": 5, "headers": 3}),
    ],
)  # fmt: skip
def test_headers_and_fields_may_differ_in_number(
    headers: str, row: str, code: str, parameters: dict, tmp_path: Path
) -> None:
    for ending in (b"", b"\t"):
        content = biologic("Modulo Bat", headers, (row, row)).replace(
            row.replace(" ", "\t").encode(), row.replace(" ", "\t").encode() + ending
        )
        (only,) = read(write(tmp_path, content))
        assert {name: column.tolist() for name, column in only.columns.items()} == {
            "test_time_second": [0, 0], "voltage_volt": [3, 3], "current_ampere": [0.001, 0.001],
        }  # fmt: skip
        assert message_of(only.messages, code, **parameters).level == "warning"


def test_magnitude_and_phase_stand_in_for_the_parts(tmp_path: Path) -> None:
    content = biologic("PEIS", "freq/Hz|abs/Ohm|Phase(Z)/deg", ("1000 10 -90", "10 20 0"))
    (only,) = read(write(tmp_path, content.replace(b"abs/", b"|Z|/")))
    assert only.columns["real_impedance_ohm"].tolist() == pytest.approx([0, 20], abs=1e-12)
    assert only.columns["imaginary_impedance_ohm"].tolist() == pytest.approx([-10, 0], abs=1e-12)
    assert message_of(only.messages, "parts-from-magnitude-and-phase")


def test_a_text_without_current_has_that_of_the_charge(tmp_path: Path) -> None:
    rows = ("3 0 3.0 0 0", "1 3600 3.5 2 0", "1 7200 3.2 -1 1")
    content = biologic("Galvanostatic Cycling with Potential Limitation", "mode|time/s|Ewe/V|dq/mA.h|half_cycle", rows)
    (only,) = read(write(tmp_path, content))
    assert only.columns["current_ampere"].tolist() == pytest.approx([0, 0.002, -0.001])
    assert only.columns["cycle_count"].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("content", "code", "parameters"),
    [
        (
            CA.replace(b"I/mA", b"P/W "),
            "missing-columns",
            {"missing": ["current_ampere (current)"], "has": ["time/s", "Ewe/V", "P/W"]},
        ),
        (
            CA.replace(b"I/mA", b"I/V "),
            "invalid-column",
            {"header": "I/V", "error": {"code": "unit-of-another-kind", "parameters": {"unit": "V", "kind": "V"}}},
        ),
        (PEIS.replace(b"freq/Hz\t", b""), "missing-columns", {"missing": ["frequency_hertz (frequency)"]}),
        (
            CA.replace(b"\t1.5", b"\tx"),
            "cell-not-a-number",
            {"line": 13, "column": "column 3 (‘I/mA’)", "error": {"code": "not-a-number", "parameters": {"cell": "x"}}},
        ),
        (CA[:-5], "ragged-rows", {"line": 14, "fields": 2, "header_line": 12, "columns": 3}),
        (CA[:40], "truncated-header", {"header": 2, "wanted": 12}),
        (
            CA.replace(b"Nb header lines : 12", b"Nb header lines : 99"),
            "truncated-header",
            {"header": 14, "wanted": 99},
        ),
        (CA.replace(b"Nb header lines : 12", b"Nb header lines : 0"), "impossible-header-length", {}),
        (CA.replace(b"Nb header lines : 12", b"Nb header lines : 11"), "no-column-names", {}),
        (CA.replace(b"Nb header lines", b"Header"), "no-header-length", {}),
        (CA[: CA.index(b"0\t0.1")], "no-rows", {"line": 12}),
        (biologic("x", "freq/Hz|Re(Z)/Ohm|-Im(Z)/Ohm", ("0 0 0",)), "no-impedance", {}),
        (
            biologic("x", "freq/Hz|Re(Z)/Ohm|-Im(Z)/Ohm", ("-5 1 1",)),
            "frequency-not-positive",
            {"row": 1, "frequency": -5},
        ),
    ],
)
def test_errors_name_the_line_and_the_problem(tmp_path: Path, content: bytes, code: str, parameters: dict) -> None:
    with refuses(code, UnreadableFile, **parameters):
        read(write(tmp_path, content))


def test_is_recognised_by_its_first_line() -> None:
    assert recognises(PEIS, "data")
    assert recognises(b"BT-Lab ASCII FILE\r\n", "data")
    assert not recognises(b"freq/Hz\tRe(Z)/Ohm\n", "data.mpt")
    assert [reader.name for reader in register_readers()] == ["biologic-mpt"]


@pytest.mark.parametrize("folder", shared_data.folder())
def test_a_pellet_between_blocking_electrodes(folder: Path) -> None:
    """The first and last line of the table in PEIS_LPSCl_IonBlocking_-25C.txt, read by eye."""
    (only,) = read(folder / "eis" / "PEIS_LPSCl_IonBlocking_-25C.txt")
    ends = {name: (column[0], column[-1]) for name, column in only.columns.items()}
    assert ends["frequency_hertz"] == (7.0000185e6, 1.0002181e-1)
    assert ends["real_impedance_ohm"] == (3.5924146e2, 1.7994276e6)
    assert ends["imaginary_impedance_ohm"] == (-2.9092038e2, -8.0937855e6)
    assert only.columns["frequency_hertz"].size == 79


@pytest.mark.parametrize("folder", shared_data.folder())
def test_modulo_bat_with_header_of_103_lines(folder: Path) -> None:
    """Lines 104 and 1500 of Sample_data_biologic_01_MB_CA1.txt, read by eye."""
    (only,) = read(folder / "cycling" / "pyprobe" / "Sample_data_biologic_01_MB_CA1.txt")
    assert only.columns["voltage_volt"].size == 1500 - 103
    assert only.columns["current_ampere"][-1] == pytest.approx(-0.89982635, rel=1e-12)
    assert only.columns["discharging_capacity_ah"][-1] == pytest.approx(0.03237135133365209, rel=1e-12)


@pytest.mark.parametrize("folder", shared_data.folder())
def test_absolute_time_of_bt_lab(folder: Path) -> None:
    """Lines 99 and 106 of Sample_data_biologic_timestamped.txt, read by eye."""
    (only,) = read(folder / "cycling" / "pyprobe" / "Sample_data_biologic_timestamped.txt")
    assert only.columns["test_time_second"][:2].tolist() == [0, 6.464]
    assert only.columns["test_time_second"][-1] == 12.464
    assert only.columns["voltage_volt"][[0, -1]].tolist() == [4.1465597, 4.1545930]
