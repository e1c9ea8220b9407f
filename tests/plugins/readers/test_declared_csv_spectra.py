"""Text tables of impedance: the names, units, signs and forms in which programs and people write it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from plugins.readers.declared_csv import read
from registry.hookspecs import ParsedDataset, UnreadableFile
from tests.coded import message_of, refuses

FREQUENCY = np.array([1000.0, 100.0, 10.0])
IMPEDANCE = np.array([10 - 1j, 12 - 5j, 20 - 2j])
RE, IM, SIZE, DEGREES = IMPEDANCE.real, IMPEDANCE.imag, np.abs(IMPEDANCE), np.angle(IMPEDANCE, deg=True)
OMEGA = 2 * np.pi * FREQUENCY


def table(
    directory: Path, header: str, columns: Sequence[np.ndarray], delimiter: str = ",", above: str = ""
) -> tuple[ParsedDataset, ...]:
    """Read a text table of these columns."""
    decimal = "." if delimiter == "," else ","
    rows = [
        delimiter.join(f"{number:.9g}".replace(".", decimal) for number in row) for row in zip(*columns, strict=True)
    ]
    path = directory / "run.csv"
    path.write_text("\n".join([above + header, *rows, ""]), encoding="utf-8")
    return read(path)


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("Frequency / Hz,|Z| / Ohm,Phase / deg", (FREQUENCY, SIZE, DEGREES)),
        ("freq (Hz),Zmod (kOhm),-Phase (°)", (FREQUENCY, SIZE / 1e3, -DEGREES)),
        ("Freq (Hz),Zmod (ohm),Zphz (rad)", (FREQUENCY, SIZE, np.radians(DEGREES))),
        ("freq/Hz,|Z|/Ohm,Phase(Z)/deg", (FREQUENCY, SIZE, DEGREES)),
        ("freq/Hz,/Z//Ohm,Phase(Z)/deg", (FREQUENCY, SIZE, DEGREES)),
        ("f [Hz],Z [Ω],Theta [º]", (FREQUENCY, SIZE, DEGREES)),
        ("f [Hz],|Z| [mΩ],φ [°]", (FREQUENCY, 1e3 * SIZE, DEGREES)),
        ("omega (rad/s),Z' (Ohm),-Z'' (Ohm)", (OMEGA, RE, -IM)),
        ("ω / rad s⁻¹,Z′ / Ω,−Z″ / Ω", (OMEGA, RE, -IM)),
        ("Frequency (rad/s),Zreal (Ohm),Zimag (Ohm)", (OMEGA, RE, IM)),
        ("f_Hz,ReZ_ohm,ImZ_ohm", (FREQUENCY, RE, IM)),
        ("Frequency_Hz,Z_re_Ohm,Z_im_Ohm", (FREQUENCY, RE, IM)),
        ("f/kHz,Re(Z)/kOhm,-Im(Z)/kOhm", (FREQUENCY / 1e3, RE / 1e3, -IM / 1e3)),
        ("f / KHz,Z' / KOhms,Z'' / KOhms", (FREQUENCY / 1e3, RE / 1e3, IM / 1e3)),
        ("f (MHz),Z' (MOhm),Z'' (MOhm)", (FREQUENCY / 1e6, RE / 1e6, IM / 1e6)),
        ("Freq(Hz),Ampl,Bias,Z'(a),Z''(b)", (FREQUENCY, FREQUENCY, FREQUENCY, RE, IM)),
        ("Frequenz (Hz),Realteil (Ohm),Imaginärteil (Ohm)", (FREQUENCY, RE, IM)),
        ("频率(Hz),实部(Ω),虚部(Ω)", (FREQUENCY, RE, IM)),
        ("f / Hz,-Z' / Ohm,Z'' / Ohm", (FREQUENCY, -RE, IM)),
        ("f (Hz),|Z| (Ohm),Phase (Degrees)", (FREQUENCY, SIZE, DEGREES)),
        ("log(freq/Hz),log(|Z|/Ohm),Phase(Z)/deg", (np.log10(FREQUENCY), np.log10(SIZE), DEGREES)),
        ("log f / kHz,Z' / Ω,-Z'' / Ω", (np.log10(FREQUENCY / 1e3), RE, -IM)),
        ("log(freq/Hz),freq/Hz,Z' / Ω,Z'' / Ω", (np.log10(FREQUENCY), FREQUENCY, RE, IM)),
        ("f/Hz,|Z|/Ohm,log(|Z|/Ohm),Phase/deg", (FREQUENCY, SIZE, np.log10(SIZE), DEGREES)),
        ("f / Hz,Z' / Ω,Z'' / Ω,Re(Z) / Ω cm²,Im(Z) / Ω cm²", (FREQUENCY, RE, IM, RE, IM)),
        ("Frequency (Hz),Z' (Ω),-Z\" (Ω),Z (Ω),-Phase (°)", (FREQUENCY, RE, -IM, SIZE, -DEGREES)),
    ],
)
def test_reads_the_names_units_and_signs_of_impedance(
    tmp_path: Path, header: str, columns: Sequence[np.ndarray]
) -> None:
    (only,) = table(tmp_path, header, columns)
    assert only.technique == "eis"
    assert only.columns["frequency_hertz"] == pytest.approx(FREQUENCY)
    assert only.columns["real_impedance_ohm"] == pytest.approx(RE)
    assert only.columns["imaginary_impedance_ohm"] == pytest.approx(IM)
    assert not {name for name in only.columns if "modulus" in name or "phase" in name or "angular" in name}
    assert all(message.level == "info" for message in only.messages)


@pytest.mark.parametrize(
    ("above", "delimiter"), [("sep=;\n", ";"), ('\ufeff"sep=;"\n', ";"), ("SEP=,\n", ","), ("sep=\t\n", "\t")]
)
def test_the_line_that_states_the_delimiter_is_not_the_header(tmp_path: Path, above: str, delimiter: str) -> None:
    header = delimiter.join(("f / Hz", "|Z| / Ohm", "Phase / deg"))
    (only,) = table(tmp_path, header, (FREQUENCY, SIZE, DEGREES), delimiter, above)
    assert only.columns["imaginary_impedance_ohm"] == pytest.approx(IM)
    assert "lines-above-header" not in {message.code for message in only.messages}


def test_a_row_of_units_below_the_names(tmp_path: Path) -> None:
    header = "Frequency;Z';-Z'';remark\nHz;kOhm;kOhm;"
    (only,) = table(tmp_path, header, (FREQUENCY, RE / 1e3, -IM / 1e3, FREQUENCY), ";")
    assert only.columns["real_impedance_ohm"] == pytest.approx(RE)
    (only,) = table(tmp_path, header, (FREQUENCY, RE / 1e3, -IM / 1e3, FREQUENCY), ";", "pellet 3;;;\n\n")
    assert only.columns["imaginary_impedance_ohm"] == pytest.approx(IM)


def test_a_row_of_comments_below_the_units(tmp_path: Path) -> None:
    header = "Frequency;Z';Z''\nHz;Ω;Ω\n;;sample A"
    (only,) = table(tmp_path, header, (FREQUENCY, RE, IM), ";")
    assert only.columns["imaginary_impedance_ohm"] == pytest.approx(IM)


@pytest.mark.parametrize("mark", ["# ", "#", "% "])
def test_a_header_in_a_comment(tmp_path: Path, mark: str) -> None:
    (only,) = table(tmp_path, f"{mark}f / Hz, Z' / Ohm, Z'' / Ohm", (FREQUENCY, RE, IM), above="# area: 0.785 cm2\n")
    assert only.columns["real_impedance_ohm"] == pytest.approx(RE)
    assert only.header["area"] == "0.785 cm2"
    with refuses("no-column-names", UnreadableFile):
        table(tmp_path, "# made by hand", (FREQUENCY, RE, IM))


def test_names_with_a_value_above_the_header_are_kept(tmp_path: Path) -> None:
    above = "# area: 0.785 cm2\nthickness, 600, µm\nstarted: 2024-05-06 07:08:09\nby hand\n"
    (only,) = table(tmp_path, "f / Hz,Z' / Ohm,Z'' / Ohm", (FREQUENCY, RE, IM), above=above)
    assert (only.header["area"], only.header["thickness"]) == ("0.785 cm2", "600 µm")
    assert only.start_time
    assert message_of(only.messages, "lines-above-header", line=5)


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ((FREQUENCY, RE, -IM, SIZE, DEGREES + 0.1), ""),
        ((FREQUENCY, RE, -IM, SIZE, -DEGREES), "magnitude-and-parts-differ"),
        ((FREQUENCY, RE, -IM, 1.02 * SIZE, DEGREES), "magnitude-and-parts-differ"),
    ],
)
def test_magnitude_and_phase_are_compared_with_the_parts(
    tmp_path: Path, columns: Sequence[np.ndarray], code: str
) -> None:
    (only,) = table(tmp_path, "f (Hz),Z' (Ω),-Z'' (Ω),|Z| (Ω),Phase (°)", columns)
    assert only.columns["imaginary_impedance_ohm"] == pytest.approx(IM)
    assert [message.code for message in only.messages if message.level == "warning"] == ([code] if code else [])


def test_a_magnitude_with_gaps_next_to_the_parts_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    path.write_text("f / Hz,Z' / Ohm,Z'' / Ohm,|Z| / Ohm\n100,3,-4,5\n10,3,-4,\n")
    (only,) = read(path)
    assert only.columns["real_impedance_ohm"].tolist() == [3, 3]
    assert message_of(only.messages, "incomplete-columns-dropped", columns=["‘|Z| / Ohm’"])
    path.write_text("f / Hz,Z' / Ohm,Z'' / Ohm,E / V,Zyklus\n100,3,-4,rest,1\n10,3,-4,,\n")
    (only,) = read(path)
    assert message_of(only.messages, "incomplete-columns-dropped", columns=["‘E / V’", "‘Zyklus’"])


@pytest.mark.parametrize(
    ("header", "code", "reason"),
    [
        ("f / Hz,Z' / Ω·cm²,-Z'' / Ω·cm²", "invalid-column", "impedance-times-area"),
        ("f / Hz,Z_re (Ohm cm2),Z_im (Ohm cm2)", "invalid-column", "impedance-times-area"),
        ("f / Hz,|Z| (kohm*cm^2),phase (°)", "invalid-column", "impedance-times-area"),
        ("f / Hz,Z' / Ω·cm,-Z'' / Ω cm", "invalid-column", "impedance-times-length"),
        ("f,Z',Z''", "invalid-column", "missing-unit"),
        ("omega,|Z|,phase", "invalid-column", "missing-unit"),
        ("f / Hz,|Z| / Ohm,phase", "invalid-column", "missing-unit"),
        ("f / Hz,|Z| / Ohm,phase / V", "invalid-column", "unit-of-another-kind"),
        ("f / Hz,|Z| / Ohm,remark", "missing-columns", ""),
    ],
)
def test_refuses_what_is_not_the_impedance_of_the_cell(tmp_path: Path, header: str, code: str, reason: str) -> None:
    with refuses(code, UnreadableFile) as caught:
        table(tmp_path, header, (FREQUENCY, RE, IM))
    assert not reason or caught.value.parameters["error"]["code"] == reason


def test_refuses_a_phase_beyond_a_full_turn(tmp_path: Path) -> None:
    with refuses("phase-out-of-range", UnreadableFile, row=2):
        table(tmp_path, "f / Hz,|Z| / Ohm,phase / rad", (FREQUENCY, SIZE, DEGREES))


def test_warns_of_an_imaginary_part_that_is_mostly_positive(tmp_path: Path) -> None:
    frequency = np.logspace(4, 0, 9)
    ones = np.ones(9)
    (only,) = table(tmp_path, "f / Hz,Z' / Ohm,Z'' / Ohm", (frequency, ones, ones))
    assert message_of(only.messages, "imaginary-part-positive", positive=9, points=9)
    (only,) = table(tmp_path, "f / Hz,Z' / Ohm,-Z'' / Ohm", (frequency, ones, ones))
    assert "imaginary-part-positive" not in {message.code for message in only.messages}


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_tables_side_by_side_are_datasets(tmp_path: Path, delimiter: str) -> None:
    """Spectra next to each other, as programs for figures export them; the second has fewer points."""
    rows = [
        ["25 °C", "", "", "60 °C", "", ""],
        ["f / Hz", "Z' / Ohm", "Z'' / Ohm"] * 2,
        ["1000", "10", "-1", "1000", "5", "-2"],
        ["100", "12", "-5", "100", "6", "-3"],
        ["10", "20", "-2", "", "", ""],
    ]
    path = tmp_path / "run.csv"
    path.write_text("".join(delimiter.join(row) + "\n" for row in rows))
    first, second = read(path)
    assert (first.label, second.label) == ("25 °C", "60 °C")
    assert first.columns["real_impedance_ohm"].tolist() == [10, 12, 20]
    assert second.columns["imaginary_impedance_ohm"].tolist() == [-2, -3]
    path.write_text("".join(delimiter.join(row) + "\n" for row in rows[1:]))
    assert [dataset.label for dataset in read(path)] == ["table 1", "table 2"]
    shared = [row[:3] + row[4:] for row in rows[:4]]
    path.write_text("".join(delimiter.join(row) + "\n" for row in shared))
    first, second = read(path)
    assert second.columns["frequency_hertz"].tolist() == [1000, 100]
    assert second.columns["real_impedance_ohm"].tolist() == [5, 6]
    path.write_text("".join(delimiter.join(row) + "\n" for row in [*rows[1:4], ["x", "1", "2", "1", "1", "1"]]))
    with refuses("cell-not-a-number", UnreadableFile, row=4, column=1):
        read(path)
