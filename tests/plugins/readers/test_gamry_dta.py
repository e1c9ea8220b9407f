import json
from pathlib import Path

import numpy as np
import pytest

from plugins.readers import declared_csv
from plugins.readers.gamry_dta import read, recognises
from registry.hookspecs import UnreadableFile
from registry.plugin_loading.suitability import kind_of
from tests.coded import message_of, refuses
from tests.plugins.readers import shared_data
from tests.plugins.readers.samples import GAMRY, GAMRY_ABORTED, GAMRY_CHRONOA, GAMRY_TWO, write


def test_reads_the_impedance_curve(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, GAMRY))
    assert (only.technique, only.label) == ("eis", "")
    assert {name: column.tolist() for name, column in only.columns.items()} == {
        "frequency_hertz": [1000, 100],
        "real_impedance_ohm": [82.5, 110],
        "imaginary_impedance_ohm": [-13.5, -15],
        "test_time_second": [1, 3],
        "voltage_volt": [-0.34, -0.34],
    }
    assert only.header["instrument"] == "REF3000-1"
    assert only.header["started"] == "4/23/2018 16:43:15"
    assert only.header["settings"] == "Initial Freq. (Hz): 1.0E+003"
    assert message_of(only.messages, "tables-left-out", tables=["OCVCURVE"])


def test_each_curve_is_a_dataset_of_its_own(tmp_path: Path) -> None:
    first, second = read(write(tmp_path, GAMRY_TWO))
    assert (first.label, second.label) == ("ZCURVE 1", "ZCURVE 2")
    assert (first.columns["real_impedance_ohm"][0], second.columns["real_impedance_ohm"][0]) == (82.5, 92.5)


def test_an_aborted_experiment_is_flagged(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, GAMRY_ABORTED))
    assert only.messages[0].level == "warning"
    assert message_of(only.messages[:1], "experiment-aborted", line=17)


def test_the_unit_is_that_of_the_second_line(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, GAMRY.replace("#\ts\tHz\tohm", "#\ts\tHz\tkohm")))
    assert only.columns["real_impedance_ohm"].tolist() == [82500, 110000]


def test_reads_the_curve_of_a_chronoamperometry(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, GAMRY_CHRONOA))
    assert (only.technique, only.label) == ("chronoamperometry", "")
    assert {name: column.tolist() for name, column in only.columns.items()} == {
        "test_time_second": [-1, 0, 1],
        "voltage_volt": [0.1, 0.2, 0.2],
        "current_ampere": [0.0005, 0.0015, -0.001],
    }
    assert message_of(only.messages, "columns-left-out", columns=["‘Pt’", "‘Over’"])


def test_a_chronopotentiometry_is_taken_by_any_measurement_over_time(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, GAMRY_CHRONOA.replace("CHRONOA", "CHRONOP")))
    assert kind_of(only).fitting() == [
        "chronoamperometry",
        "cycling",
        "symmetric_cycling",
        "pressure",
    ]


def test_a_curve_of_fewer_points_than_announced_is_flagged(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, GAMRY_CHRONOA.replace("CURVE\tTABLE\t3", "CURVE\tTABLE\t4")))
    assert message_of(only.messages, "incomplete-file", rows=3, points=4).level == "warning"


def test_the_mapping_that_a_refusal_names_reads_the_table(tmp_path: Path) -> None:
    path = write(tmp_path, GAMRY_CHRONOA[: GAMRY_CHRONOA.index("OCVCURVE")] + GAMRY_CHRONOA[_curve_at() :])
    path.write_text(path.read_text().replace("CHRONOA", "PWR800").replace("\tVf\t", "\tV\t"))
    with pytest.raises(UnreadableFile) as refusal:
        read(path)
    assert refusal.value.code == "unknown-tag"
    assert {"tag": "PWR800", "tables": ["CURVE (line 5)"]}.items() <= refusal.value.parameters.items()
    mapping = json.loads(refusal.value.parameters["mapping"])
    (only,) = declared_csv.read_mapped(path, mapping)
    assert only.columns["test_time_second"].tolist() == [-1, 0, 1]


CURVES = GAMRY_CHRONOA.replace("CHRONOA", "PWR800").replace("CURVE\tTABLE\t3", "CURVE1\tTABLE\t3")
CURVES += CURVES[CURVES.index("\nCURVE1") + 1 :].replace("CURVE1", "CURVE2").replace("\t-1.0\t", "\t-2.0\t")
CURVES += "FRACURVE\tTABLE\t1\n\tPt\tFreq\tGain\n\t#\tHz\tdB\n\t0\t1\t2\n"


@pytest.mark.parametrize("has_commas", [False, True])
def test_curves_of_any_experiment_over_time_are_datasets(tmp_path: Path, has_commas: bool) -> None:
    mark = "," if has_commas else "."
    curves = CURVES.replace("0.", f"0{mark}").replace("1.", f"1{mark}").replace("2.", f"2{mark}")
    first, second = read(write(tmp_path, curves))
    assert [dataset.label for dataset in (first, second)] == ["CURVE1", "CURVE2"]
    assert [dataset.technique for dataset in (first, second)] == ["", ""]
    assert first.columns["current_ampere"].tolist() == [0.0005, 0.0015, -0.001]
    assert second.columns["current_ampere"].tolist() == [0.0005, 0.0015, -0.002]
    assert message_of(first.messages, "tables-left-out", tables=["FRACURVE", "OCVCURVE"])


def chronop(*curves: tuple[str, str]) -> str:
    """A chronopotentiometry with curves of these names and rows (time, voltage and current, in s, V and A)."""
    tables = [
        f"{name}\tTABLE\t{len(rows.split(';'))}\n\tPt\tT\tVf\tIm\n\t#\ts\tV vs. Ref.\tA\n"
        + "".join("\t0\t" + "\t".join(row.split()) + "\n" for row in rows.split(";"))
        for name, rows in curves
    ]
    return "EXPLAIN\nTAG\tCHRONOP\nTITLE\tLABEL\tRepeating chronopotentiometry\tTest &Identifier\n" + "".join(tables)


FIRST, SECOND = ("CURVE1", "0 3.1 1e-3;10 3.2 1e-3"), ("CURVE2", "10 3.0 -1e-3;20 2.9 -1e-3")
THIRD = ("CURVE3", "20.5 3.0 1e-3;30 3.1 1e-3")


@pytest.mark.parametrize("mark", [".", ","])
def test_curves_that_continue_the_clock_are_one_dataset_in_order(tmp_path: Path, mark: str) -> None:
    text = chronop(FIRST, SECOND, THIRD).replace("0.", f"0{mark}").replace("3.", f"3{mark}").replace("2.9", f"2{mark}9")
    (only,) = read(write(tmp_path, text))
    assert (only.technique, only.label) == ("cycling", "")
    assert only.columns["test_time_second"].tolist() == [0, 10, 10, 20, 20.5, 30]
    assert only.columns["voltage_volt"].tolist() == [3.1, 3.2, 3.0, 2.9, 3.0, 3.1]
    assert only.columns["current_ampere"].tolist() == [1e-3, 1e-3, -1e-3, -1e-3, 1e-3, 1e-3]
    joined = message_of(only.messages, "curves-joined", count=3)
    assert joined.parameters["curves"] == ["CURVE1 (from row 1)", "CURVE2 (from row 3)", "CURVE3 (from row 5)"]


def test_a_curve_that_restarts_the_clock_is_a_dataset_of_its_own(tmp_path: Path) -> None:
    again = ("CURVE3", "0 3.0 1e-3;5 3.1 1e-3")
    both, alone = read(write(tmp_path, chronop(FIRST, SECOND, again)))
    assert (both.label, alone.label) == ("CURVE1 to CURVE2", "CURVE3")
    assert (both.columns["test_time_second"].size, alone.columns["test_time_second"].size) == (4, 2)
    assert message_of(both.messages, "curves-joined", count=2)
    assert "curves-joined" not in {message.code for message in alone.messages}


def test_curves_of_other_columns_are_not_joined(tmp_path: Path) -> None:
    text = chronop(FIRST) + chronop(SECOND).partition("\nCURVE2")[2].replace("\tTABLE", "CURVE2\tTABLE").replace(
        "\tIm\n", "\tIm\tTemp\n"
    ).replace("\tA\n", "\tA\tdeg C\n").replace("-1e-3\n", "-1e-3\t25\n")
    assert [dataset.label for dataset in read(write(tmp_path, text))] == ["CURVE1", "CURVE2"]


def test_curves_of_another_experiment_are_not_joined(tmp_path: Path) -> None:
    text = chronop(FIRST, SECOND).replace("CHRONOP", "CV")
    assert [dataset.label for dataset in read(write(tmp_path, text))] == ["CURVE1", "CURVE2"]


def test_an_empty_last_curve_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    """An experiment that was aborted before the first row of a curve."""
    text = chronop(FIRST, SECOND, THIRD)
    (only,) = read(write(tmp_path, text[: text.index("\t0\t20.5")]))
    assert only.columns["test_time_second"].tolist() == [0, 10, 10, 20]
    assert message_of(only.messages, "curves-without-rows", curves=["CURVE3"]).level == "warning"
    assert "tables-left-out" not in {message.code for message in only.messages}


def test_a_joined_curve_that_was_cut_off_is_flagged(tmp_path: Path) -> None:
    text = chronop(FIRST, SECOND).replace("CURVE2\tTABLE\t2", "CURVE2\tTABLE\t9")
    (only,) = read(write(tmp_path, text))
    assert message_of(only.messages, "incomplete-file", rows=2, points=9).level == "warning"


def test_spectra_and_curves_of_one_file(tmp_path: Path) -> None:
    spectrum, series = read(write(tmp_path, GAMRY + GAMRY_CHRONOA[_curve_at() :]))
    assert (spectrum.label, series.label) == ("ZCURVE", "CURVE")
    assert (spectrum.technique, series.technique) == ("eis", "")
    assert series.columns["current_ampere"].size == 3


@pytest.mark.parametrize(("name", "technique"), [("CURVE", ""), ("OCVCURVE", "open_circuit")])
def test_an_open_circuit_experiment_is_a_series_of_voltage(tmp_path: Path, name: str, technique: str) -> None:
    corpot = GAMRY[: GAMRY.index("ZCURVE")].replace("EISPOT", "CORPOT").replace("OCVCURVE", name)
    (only,) = read(write(tmp_path, corpot))
    assert (only.technique, list(only.columns)) == (technique, ["test_time_second", "voltage_volt"])
    assert kind_of(only).fitting() == ["open_circuit"]


def _curve_at() -> int:
    return GAMRY_CHRONOA.index("\nCURVE") + 1


@pytest.mark.parametrize(
    ("content", "code", "parameters"),
    [
        (GAMRY[: GAMRY.index("ZCURVE")], "missing-table", {"tables": ["OCVCURVE (line 8)"], "line": 11}),
        (GAMRY[: GAMRY.index("OCVCURVE")], "truncated-file", {"line": 7}),
        (
            GAMRY_CHRONOA[: _curve_at()],
            "missing-table",
            {"table": "CURVE (time series)", "tables": ["OCVCURVE (line 5)"], "line": 8},
        ),
        (GAMRY_CHRONOA[: GAMRY_CHRONOA.index("\t0\t-1")], "no-rows", {"lines_number": 9, "curve_name": "CURVE"}),
        (
            GAMRY_CHRONOA.replace("\tIm\t", "\tI\t"),
            "missing-columns",
            {"line": 11, "missing": ["current_ampere (current)"]},
        ),
        (GAMRY[: GAMRY.index("\t0\t1\t1000")], "no-rows", {"lines_number": 12, "curve_name": "ZCURVE"}),
        (
            GAMRY.replace("\t110\t", "\tabc\t"),
            "cell-not-a-number",
            {
                "line": 16,
                "column": "column 5 (‘Zreal’)",
                "error": {"code": "not-a-number", "parameters": {"cell": "abc"}},
            },
        ),
        (GAMRY[:-8], "ragged-rows", {"line": 16, "fields": 7, "header_line": 14, "columns": 8}),
        (GAMRY.replace("Freq\t", "F\t"), "missing-columns", {"missing": ["frequency_hertz (frequency)"]}),
        (
            GAMRY.replace("ohm\tohm", "V\tohm"),
            "invalid-column",
            {"header": "Zreal", "error": {"code": "unit-of-another-kind", "parameters": {"unit": "V", "kind": "V"}}},
        ),
        (GAMRY.replace("\t°\tV", "\tV"), "names-and-units-differ", {"names": 8, "units": 7}),
        (
            GAMRY.replace("ZCURVE\tTABLE", "ZCURVE\tTABLE\t2").replace("\t1000\t", "\t-1\t"),
            "frequency-not-positive",
            {"row": 1, "frequency": -1},
        ),
    ],
)
def test_errors_name_the_line_and_the_problem(tmp_path: Path, content: str, code: str, parameters: dict) -> None:
    with refuses(code, UnreadableFile, **parameters):
        read(write(tmp_path, content))


def test_is_recognised_by_its_first_words() -> None:
    assert recognises(b"EXPLAIN\r\nTAG\tEISPOT\r\n", "x")
    assert not recognises(b"EXPLAIN this", "x.DTA")


@pytest.mark.parametrize("folder", shared_data.folder())
def test_two_dialects_hold_the_same_spectrum(folder: Path) -> None:
    """exampleDataGamry.DTA (Latin-1) and exampleDataGamryABORT.DTA (UTF-8) hold one curve; ends read by eye."""
    (complete,), (aborted,) = (
        read(folder / "eis" / "impedance_py" / f"exampleDataGamry{end}.DTA") for end in ("", "ABORT")
    )
    assert complete.columns["frequency_hertz"].size == 72
    assert (complete.columns["real_impedance_ohm"][0], complete.columns["imaginary_impedance_ohm"][-1]) == (
        825.8584,
        -6635.557,
    )
    for name, column in complete.columns.items():
        np.testing.assert_array_equal(column, aborted.columns[name])
