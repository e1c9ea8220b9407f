"""The binary file and the text export of one run give the same datasets."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from cellar_biologic_mpr import reader
from mpr import write_mpr
from test_reader import CYCLING, MODE, MODULO, SPECTRA

from plugins.readers import biologic_mpt

NAMES = {
    0x04: "Galvanostatic Cycling with Potential Limitation",
    0x0B: "Open Circuit Voltage",
    0x18: "Chronoamperometry / Chronocoulometry",
    0x19: "Chronopotentiometry",
    0x1D: "Potentio Electrochemical Impedance Spectroscopy",
    0x76: "Constant Current",
    0x7F: "Modulo Bat",
}
ELECTRODES = {
    "time/s": [0.0, 10.0, 20.0, 30.0],
    "Ewe/V": [4.0, 4.25, 4.5, 4.25],
    "Ece/V": [0.25, 0.125, 0.125, 0.25],
    "<I>/mA": [1.0, 1.0, -2.0, -2.0],
    "cycle number": [1.0, 1.0, 1.0, 2.0],
    "Ns": [0, 0, 1, 2],
}
HALVES = {**CYCLING, "half cycle": [0, 0, 0, 0, 1]}
RUNS = {
    "cycling without current": (0x04, CYCLING, MODE),
    "cycling without current, half-cycles": (0x04, HALVES, MODE),
    "cycling, newer": (0x77, {**CYCLING, "Ewe-Ece/V": [2.0] * 5, "Ece/V": [0.5] * 5}, MODE),
    "electrodes": (0x76, ELECTRODES, None),
    "electrodes of chronopotentiometry": (0x19, ELECTRODES, None),
    "rest": (0x0B, {name: ELECTRODES[name] for name in ("time/s", "Ewe/V")}, None),
    "spectra": (0x1D, SPECTRA, None),
    "spectra against the counter electrode": (0x1D, {**SPECTRA, "Ewe/V": [3.5] * 5, "Ece/V": [0.5] * 5}, None),
    "spectra in a series": (0x7F, MODULO, None),
}


def write_text(
    path: Path, columns: Mapping[str, Sequence[float]], technique: int, mode: Sequence[int] | None = None
) -> Path:
    """Write the text that EC-Lab exports of the same columns."""
    table = {**({"mode": mode} if mode is not None else {}), **columns}
    name = NAMES.get(technique, NAMES[0x04])
    lines = [
        "EC-Lab ASCII FILE",
        "Nb header lines : 7",
        "",
        name,
        "",
        "Acquisition started on : 05/15/2025 06:00:00.000",
    ]
    lines += [
        "\t".join(table) + "\t",
        *("\t".join(f"{number!r}" for number in row) for row in zip(*table.values(), strict=True)),
    ]
    path.write_bytes("\r\n".join(lines).encode("latin-1"))
    return path


@pytest.mark.parametrize("run", RUNS)
def test_numbers_techniques_cycles_and_start_are_equal(run: str, tmp_path: Path) -> None:
    technique, columns, mode = RUNS[run]
    binary = reader.read(write_mpr(tmp_path / "run.mpr", columns, technique=technique, mode=mode))
    text = biologic_mpt.read(write_text(tmp_path / "run.txt", columns, technique, mode))
    assert [dataset.technique for dataset in binary] == [dataset.technique for dataset in text]
    assert [dataset.label for dataset in binary] == [dataset.label for dataset in text]
    for from_binary, from_text in zip(binary, text, strict=True):
        assert from_binary.start_time == from_text.start_time is not None
        assert set(from_binary.columns) == set(from_text.columns)
        for name, column in from_text.columns.items():
            assert from_binary.columns[name] == pytest.approx(column, rel=1e-12, abs=0), name


def test_the_voltage_of_the_cell_is_ewe_minus_ece(tmp_path: Path) -> None:
    (dataset,) = reader.read(write_mpr(tmp_path / "run.mpr", ELECTRODES, technique=0x76))
    assert dataset.columns["voltage_volt"].tolist() == [3.75, 4.125, 4.375, 4.0]
    assert dataset.columns["counter_electrode_potential_volt"].tolist() == ELECTRODES["Ece/V"]


def test_two_half_cycles_are_a_cycle(tmp_path: Path) -> None:
    halves = {**CYCLING, "half cycle": [0, 0, 1, 2, 3]}
    (dataset,) = reader.read(write_mpr(tmp_path / "run.mpr", halves, mode=MODE))
    assert dataset.columns["cycle_count"].tolist() == [0, 0, 0, 1, 1]
