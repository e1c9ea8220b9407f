import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cellar_biologic_mpr import reader
from mpr import MAGIC, log, module, write_mpr

from registry.hookspecs import ParsedDataset, UnreadableFile

CYCLING = {
    "time/s": [0.0, 10.0, 20.0, 30.0, 40.0],
    "Ewe/V": [2.5, 2.75, 3.0, 3.25, 3.0],
    # 1 mA for 10 s, twice; then -2 mA for 10 s.
    "dq/mA.h": [0.0, 0.0, 10 / 3600, 10 / 3600, -20 / 3600],
    "(Q-Qo)/mA.h": [0.0, 0.0, 10 / 3600, 20 / 3600, 0.0],
    "Ns": [0, 0, 1, 1, 2],
}
MODE = [3, 3, 1, 1, 1]
SPECTRA = {
    "freq/Hz": [1000.0, 10.0, 0.0, 1000.0, 10.0],
    "Re(Z)/Ohm": [100.0, 150.0, 0.0, 110.0, 170.0],
    "-Im(Z)/Ohm": [20.0, 50.0, 0.0, 25.0, -5.0],
    "time/s": [0.5, 1.5, 2.5, 3.5, 4.5],
    "cycle number": [1, 1, 1, 2, 2],
}


def coded(dataset: ParsedDataset) -> list[tuple[str, dict[str, Any]]]:
    """Return code and parameters of each message."""
    return [(message.code, dict(message.parameters)) for message in dataset.messages]


def test_is_found_by_its_entry_point() -> None:
    entries = [entry for entry in entry_points(group="registry.plugins") if entry.name == "biologic-mpr"]
    assert [entry.load() for entry in entries] == [reader]


def test_takes_precedence_over_the_built_in_refusal() -> None:
    (described,) = reader.register_readers()
    assert (described.name, described.priority) == ("biologic-mpr", 0)


def test_recognises_files_by_content_not_name() -> None:
    assert reader.recognises(MAGIC, "renamed.dat")
    assert not reader.recognises(b"EC-Lab ASCII FILE", "run.mpr")


def test_galvani_is_not_imported_by_the_registry() -> None:
    code = "import sys, cellar_biologic_mpr.reader; assert 'galvani' not in str(list(sys.modules)), 'imported'"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_current_is_charge_divided_by_time(tmp_path: Path) -> None:
    (dataset,) = reader.read(write_mpr(tmp_path / "gcpl.mpr", CYCLING, mode=MODE))
    assert dataset.technique == "cycling"
    assert dataset.columns["current_ampere"] == pytest.approx([0, 0, 1e-3, 1e-3, -2e-3])
    assert any("The file has no current" in message.text for message in dataset.messages)


def test_capacities_are_summed_since_the_test_began(tmp_path: Path) -> None:
    columns = reader.read(write_mpr(tmp_path / "gcpl.mpr", CYCLING, mode=MODE))[0].columns
    mah = 1e-3 / 3600
    assert columns["charging_capacity_ah"] == pytest.approx(np.array([0, 0, 10, 20, 20]) * mah)
    assert columns["discharging_capacity_ah"] == pytest.approx(np.array([0, 0, 0, 0, 20]) * mah)
    assert columns["net_capacity_ah"] == pytest.approx(np.array([0, 0, 10, 20, 0]) * mah)


def test_a_recorded_current_is_unchanged(tmp_path: Path) -> None:
    with_current = {**CYCLING, "<I>/mA": [0, 0, 1.5, 1.5, -2.5]}
    (dataset,) = reader.read(write_mpr(tmp_path / "mb.mpr", with_current, technique=0x7F, mode=MODE))
    assert dataset.columns["current_ampere"] == pytest.approx([0, 0, 1.5e-3, 1.5e-3, -2.5e-3])


def test_a_row_without_elapsed_time_is_dropped_with_a_message(tmp_path: Path) -> None:
    stuck = {**CYCLING, "time/s": [0.0, 10.0, 20.0, 20.0, 40.0]}
    (dataset,) = reader.read(write_mpr(tmp_path / "gcpl.mpr", stuck, mode=MODE))
    assert dataset.columns["test_time_second"].tolist() == [0, 10, 20, 40]
    assert dataset.columns["charging_capacity_ah"][-1] == pytest.approx(20e-3 / 3600)
    assert any(message.text.startswith("Rows dropped") and "1." in message.text for message in dataset.messages)


def test_warns_when_the_increments_do_not_add_up(tmp_path: Path) -> None:
    doubled = {**CYCLING, "(Q-Qo)/mA.h": [0.0, 0.0, 20 / 3600, 40 / 3600, 0.0]}
    (dataset,) = reader.read(write_mpr(tmp_path / "gcpl.mpr", doubled, mode=MODE))
    (warned,) = [message for message in dataset.messages if message.level == "warning"]
    assert (warned.code, warned.parameters["row"]) == ("charges-disagree", 4)


def test_counters_are_summed_across_resets(tmp_path: Path) -> None:
    counted = {**CYCLING, "Energy discharge/W.h": [0.0, 0.2, 0.5, 0.1, 0.3]}
    (dataset,) = reader.read(write_mpr(tmp_path / "gcpl.mpr", counted, mode=MODE))
    assert dataset.columns["discharging_energy_wh"] == pytest.approx([0, 0.2, 0.5, 0.6, 0.8])


def test_spectra_are_separate_without_rows_of_frequency_zero(tmp_path: Path) -> None:
    first, second = reader.read(write_mpr(tmp_path / "peis.mpr", SPECTRA, technique=0x1D))
    assert (first.label, second.label) == ("cycle number 1", "cycle number 2")
    assert first.technique == second.technique == "eis"
    assert first.columns["frequency_hertz"].tolist() == [1000, 10]
    assert second.columns["imaginary_impedance_ohm"].tolist() == [-25, 5]
    assert ("rows-at-frequency-zero", {"rows": 1}) in coded(first)


MODULO = {
    "time/s": [0.0, 10.0, 20.0, 21.0, 30.0, 40.0],
    "Ewe/V": [3.0, 3.5, 3.5, 3.5, 3.25, 3.25],
    "<I>/mA": [1.0, 1.0, 0.0, 0.0, -1.0, 0.0],
    "freq/Hz": [0.0, 0.0, 1000.0, 10.0, 0.0, 1000.0],
    "Re(Z)/Ohm": [0.0, 0.0, 100.0, 150.0, 0.0, 110.0],
    "-Im(Z)/Ohm": [0.0, 0.0, 20.0, 50.0, 0.0, 25.0],
}


def test_cycling_between_spectra_is_a_separate_dataset(tmp_path: Path) -> None:
    first, second, cycling = reader.read(write_mpr(tmp_path / "f", MODULO, technique=0x7F))
    assert [item.technique for item in (first, second, cycling)] == ["eis", "eis", "cycling"]
    assert (first.columns["frequency_hertz"].tolist(), second.columns["frequency_hertz"].tolist()) == (
        [1000, 10],
        [1000],
    )
    assert cycling.columns["test_time_second"].tolist() == [0, 10, 30]
    assert cycling.columns["current_ampere"].tolist() == [0.001, 0.001, -0.001]
    assert set(cycling.columns) == {"test_time_second", "voltage_volt", "current_ampere"}
    assert ("time-series-between-spectra", {"rows": 3}) in coded(first)


def test_spectra_are_read_if_the_rows_between_are_not_a_time_series(tmp_path: Path) -> None:
    without = {name: values for name, values in MODULO.items() if name != "Ewe/V"}
    spectra = reader.read(write_mpr(tmp_path / "f", without, technique=0x7F))
    assert {item.technique for item in spectra} == {"eis"}
    assert ("rows-at-frequency-zero", {"rows": 3}) in coded(spectra[0])
    assert [item.columns["frequency_hertz"].tolist() for item in spectra] == [[1000, 10], [1000]]


def test_cycling_with_a_column_of_frequencies_and_no_spectrum_is_cycling(tmp_path: Path) -> None:
    plain = {**MODULO, "freq/Hz": [0.0] * 6}
    (only,) = reader.read(write_mpr(tmp_path / "f", plain, technique=0x7F))
    assert (only.technique, only.label, only.columns["voltage_volt"].size) == ("cycling", "", 6)


def test_the_rest_before_a_spectrum_is_dropped_with_a_message(tmp_path: Path) -> None:
    rest = {**MODULO, "cycle number": [0, 0, 1, 1, 2, 3]}
    first, second = reader.read(write_mpr(tmp_path / "f", rest, technique=0x1D))
    assert (first.technique, second.technique) == ("eis", "eis")
    assert ("rows-at-frequency-zero", {"rows": 3}) in coded(first)


def test_the_header_has_technique_start_and_instrument(tmp_path: Path) -> None:
    header = reader.read(write_mpr(tmp_path / "peis.mpr", SPECTRA, technique=0x1D))[0].header
    assert header == {
        "technique": "Potentio Electrochemical Impedance Spectroscopy",
        "started": "2025-05-15T06:00:00.000",
        "software": "EC-Lab 11.32",
        "instrument": "serial number 0168",
        "channel": "8",
    }


def test_a_malformed_date_loses_only_the_start_time(tmp_path: Path) -> None:
    (dataset,) = reader.read(write_mpr(tmp_path / "gcpl.mpr", CYCLING, mode=MODE, days=0))
    assert dataset.header["started"] == "2025-05-15"
    assert dataset.messages[0].level == "warning"
    assert "Could not find timestamp" in dataset.messages[0].text


def test_an_unknown_technique_is_set_by_the_measurement(tmp_path: Path) -> None:
    (dataset,) = reader.read(write_mpr(tmp_path / "unknown.mpr", CYCLING, mode=MODE, technique=0xEE))
    assert (dataset.technique, dataset.header["technique"]) == ("", "number 238 of EC-Lab")


def test_names_unread_columns(tmp_path: Path) -> None:
    (dataset,) = reader.read(write_mpr(tmp_path / "gcpl.mpr", {**CYCLING, "P/W": [0.0] * 5}, mode=MODE))
    assert ("columns-left-out", {"columns": ["‘P/W’"]}) in coded(dataset)


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({**CYCLING, "unknown": [0.0] * 5}, r"Column ID 999 .* is unknown.*export it as text"),
        ({name: [] for name in CYCLING}, "it has no rows"),
        ({name: CYCLING[name] for name in ("time/s", "Ewe/V")}, r"no column for current_ampere \(current\)"),
        ({**CYCLING, "Ewe/V": [2.5, np.nan, 3, 3, 3]}, "row 2 of the table: the voltage is not a number"),
        ({**CYCLING, "dq/mA.h": [0, 0, np.inf, 0, 0]}, "row 3 of the table: the charge is not a number"),
        ({**SPECTRA, "freq/Hz": [0.0] * 5}, "no impedance in the table: the frequency of every row is 0"),
        ({**SPECTRA, "freq/Hz": [10, 10, 0, -1, 10]}, "row 4 of the table: the frequency is -1 Hz"),
        (
            {**SPECTRA, "Re(Z)/Ohm": [1, 1, 1, 1, np.nan]},
            "row 5 of the table: the real part of the impedance is not a number",
        ),
    ],
)
def test_invalid_files_are_refused_with_the_row(tmp_path: Path, columns: dict[str, list[float]], reason: str) -> None:
    mode = None if "freq/Hz" in columns or not columns["time/s"] else MODE
    path = write_mpr(tmp_path / "run.mpr", columns, mode=mode)
    with pytest.raises(UnreadableFile, match=reason):
        reader.read(path)


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    content = write_mpr(tmp_path / "gcpl.mpr", CYCLING, mode=MODE).read_bytes()
    cut = tmp_path / "cut.mpr"
    for size in (22, 52, 90, 400, 900, 1300, len(content) - 1):
        cut.write_bytes(content[:size])
        with pytest.raises(UnreadableFile, match=r"truncated|structure"):
            reader.read(cut)


def test_a_file_without_data_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.mpr"
    path.write_bytes(MAGIC + module(b"VMP Set", bytes(600), 0) + module(b"VMP LOG", log(), 0))
    with pytest.raises(UnreadableFile, match="its structure is beyond what galvani"):
        reader.read(path)


def test_a_crash_of_the_program_is_a_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_mpr(tmp_path / "gcpl.mpr", CYCLING, mode=MODE)
    (tmp_path / "crash.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(reader, "PROGRAM", "crash")
    with pytest.raises(UnreadableFile, match="SIGSEGV"):
        reader.read(path)


def test_an_error_of_the_program_is_a_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "PROGRAM", "no_such_program")
    with pytest.raises(UnreadableFile, match=r"failed \(.*No module named no_such_program"):
        reader.read(write_mpr(tmp_path / "gcpl.mpr", CYCLING, mode=MODE))


def test_a_program_that_does_not_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "TIMEOUT_SECONDS", 0.001)
    with pytest.raises(UnreadableFile, match=r"took longer than 0\.001 s and was stopped"):
        reader.read(write_mpr(tmp_path / "gcpl.mpr", CYCLING, mode=MODE))


def test_missing_output_of_the_program_is_a_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "idle.py").write_text("")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(reader, "PROGRAM", "idle")
    with pytest.raises(UnreadableFile, match="no usable output"):
        reader.read(write_mpr(tmp_path / "gcpl.mpr", CYCLING, mode=MODE))
