import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from plugins.readers.declared_csv import read, read_mapped
from registry.contract.reader_support.columns.column_headers import parse_header
from registry.contract.reader_support.mapping.mapping_suggestion import suggest_columns
from registry.contract.reader_support.mapping.suggested_mapping import suggest_for_text
from registry.hookspecs import UnreadableFile
from tests.plugins.readers import shared_data

FORMATS = Path(__file__).parents[5] / "docs" / "formats.md"
FREQUENCY = np.logspace(5, -1, 25)
Z = 10 + 50 / (1 + 1j * FREQUENCY / 100)


BARE = {"Freq": "Frequency / Hz", "Zreal": "Z' / Ω", "Zimag": "Z'' / Ω"}


def text(header: str, *columns: np.ndarray, delimiter: str = ",") -> bytes:
    rows = [delimiter.join(f"{number:.8g}" for number in row) for row in zip(*columns, strict=True)]
    return "\n".join([*([header] if header else []), *rows, ""]).encode()


def suggested(content: bytes) -> dict[str, str]:
    return suggest_for_text(content).get("suggested_mapping", {}).get("columns", {})


@pytest.mark.parametrize(
    ("header", "columns", "mapping"),
    [
        (
            "Freq,Zreal,Zimag",
            (FREQUENCY, Z.real, Z.imag),
            BARE,
        ),
        ("f,Re,-Im", (FREQUENCY, Z.real, -Z.imag), {"f": "Frequency / Hz", "Re": "Z' / Ω", "-Im": "-Z'' / Ω"}),
        ("f,Z',Z''", (FREQUENCY, Z.real, -Z.imag), {"f": "Frequency / Hz", "Z'": "Z' / Ω", "Z''": "-Z'' / Ω"}),
        (
            "频率,实部,虚部",
            (FREQUENCY, Z.real, Z.imag),
            {"频率": "Frequency / Hz", "实部": "Z' / Ω", "虚部": "Z'' / Ω"},
        ),
        (
            "Freq,Zreal,Zimag,Zmod,Zphz",
            (FREQUENCY, Z.real, Z.imag, np.abs(Z), np.angle(Z, deg=True)),
            BARE,
        ),
        (
            "freq,|Z|,phase",
            (FREQUENCY, np.abs(Z), np.angle(Z, deg=True)),
            {"freq": "Frequency / Hz", "|Z|": "|Z| / Ω", "phase": "Phase / °"},
        ),
        (
            "freq,|Z|,phase",
            (FREQUENCY, np.abs(Z), np.angle(Z)),
            {"freq": "Frequency / Hz", "|Z|": "|Z| / Ω", "phase": "Phase / rad"},
        ),
        (
            "freq;Z' kOhm;Z'' kOhm",
            (FREQUENCY, Z.real, Z.imag),
            {"freq": "Frequency / Hz", "Z' kOhm": "Z' / kOhm", "Z'' kOhm": "Z'' / kOhm"},
        ),
        ("", (FREQUENCY, Z.real, Z.imag), {"0": "Frequency / Hz", "1": "Z' / Ω", "2": "Z'' / Ω"}),
        ("", (np.arange(25), FREQUENCY, Z.real, -Z.imag), {"1": "Frequency / Hz", "2": "Z' / Ω", "3": "-Z'' / Ω"}),
    ],
)
def test_suggests_the_columns_of_a_spectrum(
    header: str, columns: tuple[np.ndarray, ...], mapping: dict[str, str]
) -> None:
    assert suggested(text(header, *columns, delimiter=";" if ";" in header else ",")) == mapping


TIME = np.arange(50.0)
CURRENT = np.full(50, 2.0)
VOLTAGE = 3 + TIME / 100
CHARGE = {"Q charge": "Charge capacity / mAh"}
SERIES = {"t": "Test time / s", "U": "Voltage / V", "I": "Current / mA"}


@pytest.mark.parametrize(
    ("header", "columns", "mapping"),
    [
        ("t,U,I", (TIME, VOLTAGE, CURRENT), SERIES),
        ("t,U,I", (TIME, 3000 + TIME, CURRENT), {**SERIES, "U": "Voltage / mV"}),
        ("t,U,I", (TIME, VOLTAGE, CURRENT / 1000), {**SERIES, "I": "Current / A"}),
        (
            "t,U,I,Voltage (V)", (TIME, TIME, CURRENT, VOLTAGE),
            {"t": "Test time / s", "I": "Current / mA", "Voltage (V)": "Voltage / V"},
        ),
        ("t,U,I,Q charge", (TIME, VOLTAGE, CURRENT, 2 * TIME), {**SERIES, **CHARGE, "t": "Test time / h"}),
        ("t,U,I,Q charge", (TIME, VOLTAGE, CURRENT, TIME / 30), {**SERIES, **CHARGE, "t": "Test time / min"}),
        ("t,U,I,Zyklus,colour", (TIME, VOLTAGE, CURRENT, TIME // 10, TIME), {**SERIES, "Zyklus": "cycle_count"}),
        (
            "test time,applied voltage,cell current", (TIME, VOLTAGE, CURRENT),
            {"test time": "Test time / s", "applied voltage": "Voltage / V", "cell current": "Current / mA"},
        ),
    ],
)  # fmt: skip
def test_suggests_the_columns_of_a_time_series(
    header: str, columns: tuple[np.ndarray, ...], mapping: dict[str, str]
) -> None:
    assert suggested(text(header, *columns)) == mapping


@pytest.mark.parametrize("unit", ["Ω cm²", "V", "furlong", "dB"])
def test_a_column_with_another_unit_is_not_suggested(unit: str) -> None:
    for name in ("Z'", "Real part", "measured real part", "Re_Z"):
        assert f"{name} ({unit})" not in suggested(text(f"f,{name} ({unit}),Z''", FREQUENCY, Z.real, Z.imag))


def test_clock_times_and_decimal_commas() -> None:
    content = b"log of 3;;\nZeit;Spannung;Strom\n" + b"".join(b"0:00:%02d;3,5;1,5\n" % second for second in range(9))
    suggestion = suggest_for_text(content)["suggested_mapping"]
    assert suggestion["columns"] == {"Zeit": "Test time / clock", "Spannung": "Voltage / V", "Strom": "Current / mA"}
    assert (suggestion["header_line"], suggestion["delimiter"]) == (2, ";")


def test_each_column_has_a_reason_and_a_confidence() -> None:
    columns = suggest_columns(
        ("f / Hz", "Z'", "Z''"), [[f"{number:g}" for number in column] for column in (FREQUENCY, Z.real, -Z.imag)],
        has_headers=True,
    )  # fmt: skip
    assert [(column.confidence, column.reason.code) for column in columns] == [
        ("high", "header-names-column"),
        ("medium", "unit-assumed"),
        ("low", "sign-by-range"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01",
        b"tau,gamma\n1,2\n3,4\n",
        text("", TIME, TIME, TIME),
        text("", 1 + np.random.default_rng(2).random(30), TIME[:30], TIME[:30]),
        text("cycle,discharge capacity", TIME // 10, TIME),
        b"1,2\n",
    ],
)
def test_suggests_nothing_where_the_columns_are_not_known(content: bytes) -> None:
    assert not suggested(content) or "0" not in suggested(content)
    assert "cycle" not in suggested(content)


def test_a_refusal_has_the_suggestion_only_if_it_makes_a_table(tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    path.write_bytes(text("Freq,Zreal,Zimag", FREQUENCY, Z.real, Z.imag))
    with pytest.raises(UnreadableFile) as refusal:
        read(path)
    mapping = json.loads(json.dumps(refusal.value.parameters))["suggested_mapping"]
    assert read_mapped(path, mapping)[0].technique == "eis"
    path.write_bytes(text("Freq,Zreal", FREQUENCY, Z.real))
    with pytest.raises(UnreadableFile) as refusal:
        read(path)
    assert "suggested_mapping" not in refusal.value.parameters


def documented() -> list[tuple[str, list[str]]]:
    """Return files and columns of the table of mappings in docs/formats.md, for files that are read."""
    rows = re.findall(r"^\| ((?:eis|cycling)/[^|]*) \| ([^|]*) \| [^|]* \|$", FORMATS.read_text(), re.MULTILINE)
    return [(files, [column.strip() for column in columns.split(",")]) for files, columns in rows]


def canonical(mapping: Mapping[str, Any]) -> dict[str, tuple[str, float]]:
    heads = {column: parse_header(name) for column, name in mapping.items()}
    return {column: (head.canonical, head.factor) for column, head in heads.items() if head}


RIGHT = {
    "Freq": ("frequency_hertz", 1.0),
    "Zreal": ("real_impedance_ohm", 1.0),
    "Zimag": ("imaginary_impedance_ohm", 1.0),
    "Real": ("real_impedance_ohm", 1.0),
    "Imag": ("imaginary_impedance_ohm", 1.0),
    "0": ("frequency_hertz", 1.0),
    "1": ("real_impedance_ohm", 1.0),
    "2": ("imaginary_impedance_ohm", 1.0),
    "test_time": ("test_time_second", 1.0),
    "current": ("current_ampere", 1e-3),
    "voltage": ("voltage_volt", 1.0),
    "cycle": ("cycle_count", 1.0),
    "charge_capacity": ("charging_capacity_ah", 1e-3),
    "discharge_Capacity": ("discharging_capacity_ah", 1e-3),
}


@pytest.mark.parametrize("folder", shared_data.folder())
@pytest.mark.parametrize(
    "pattern",
    [
        "eis/bayes_drt/Z_*.csv", "eis/pydrttools/*ZARC*.csv", "eis/pydrttools/*_data*.txt",
        "eis/impedance_py/exampleData.csv", "cycling/cellpy/custom_data_001.csv",
        "cycling/cellpy/bad/custom_good_small.csv", "cycling/cellpy/bad/custom_missing_cycle.csv",
    ],
)  # fmt: skip
def test_the_suggestion_is_right_for_every_file_that_needs_a_mapping(folder: Path, pattern: str) -> None:
    paths = list(folder.glob(pattern))
    assert paths
    for path in paths:
        with pytest.raises(UnreadableFile) as refusal:
            read(path)
        mapping = refusal.value.parameters["suggested_mapping"]
        columns = canonical(mapping["columns"])
        documented_columns = next(names for _, names in documented() if set(names) <= set(columns))
        assert {name: columns[name] for name in documented_columns} == {
            name: RIGHT[name] for name in documented_columns
        }
        assert read_mapped(path, mapping)


def test_a_count_of_half_cycles_and_an_efficiency_below_one_are_not_suggested() -> None:
    headers, cells = ["Half cycle", "Discharge capacity", "Coulombic efficiency"], [["1", "2", "3"], ["1.5"] * 3]
    for efficiency, names in ((["0.99"] * 3, set()), (["99.0"] * 3, {"Coulombic efficiency"})):
        suggested = {column.header for column in suggest_columns(headers, [*cells, efficiency], has_headers=True)}
        assert suggested - {"Discharge capacity"} == names
