"""What the name of a file says."""

import pytest

from registry.text.file_name import (
    conditions_in_name,
    full_refcodes,
    is_of_camera,
    label_candidates,
    short_refcodes,
    stem_of,
    words_of,
)


@pytest.mark.parametrize(
    ("name", "full", "short"),
    [
        ("C-00047_EIS.mpt", ["C-00047"], ["C-00047"]),
        ("C47_EIS_after400.mpt", [], ["C-00047"]),
        ("eis c-47.txt", [], ["C-00047"]),
        ("jdb11-1_c3_gcpl_C-24_data_C09.mpr", [], ["C-00003", "C-00024", "C-00009"]),
        ("LPSC47.mpt", [], []),
        ("C47b.mpt", [], []),
        ("25C.mpt", [], []),
        ("C0.mpt", [], []),
    ],
)
def test_refcodes_in_a_name(name: str, full: list[str], short: list[str]) -> None:
    assert (full_refcodes(name), short_refcodes(name)) == (full, short)


def test_runs_of_words_may_be_a_label() -> None:
    candidates = label_candidates("NCM-12_cell 3_EIS.mpt")
    assert {"NCM-12", "NCM-12_cell 3", "NCM-12 cell 3", "cell 3", "EIS"} <= set(candidates)
    assert "12" not in candidates
    assert len(candidates[0]) >= len(candidates[-1])


def test_a_long_name_has_a_bounded_number_of_candidates() -> None:
    assert len(label_candidates("_".join(f"w{number}x" for number in range(200)))) < 300


@pytest.mark.parametrize(
    ("name", "may_have_rate", "conditions"),
    [
        ("NCM90-PEVA_10MPa_1C_04.mpt", True, {"stack_pressure_mpa": "10 MPa", "c_rate": "1C"}),
        ("pellet_sigma_25C.txt", False, {"temperature_degc": "25 °C"}),
        ("test_60C_0.5C.csv", True, {"temperature_degc": "60 °C", "c_rate": "0.5C"}),
        ("PEIS_LPSCl_IonBlocking_-25C.txt", False, {"temperature_degc": "-25 °C"}),
        ("LPSCl-25C.txt", False, {"temperature_degc": "25 °C"}),
        ("SINTEF__2024-04-30__25degC__Landt.csv", True, {"temperature_degc": "25 °C"}),
        ("C47_EIS_after400.mpt", False, {"cycle_number": "400"}),
        ("C47_after3h.mpt", False, {}),
        ("0p5MPa_RT.z", False, {"stack_pressure_mpa": "0.5 MPa", "temperature_degc": "RT"}),
        ("10MPa_20MPa.z", False, {}),
        ("FastCharge_000025_CH8.csv", False, {}),
        ("exampleDataGamryABORT.DTA", False, {}),
        ("bs542_004_gr_li_50ua_50mv_1v.xlsx", True, {}),
    ],
)
def test_conditions_in_a_name(name: str, may_have_rate: bool, conditions: dict[str, str]) -> None:
    assert conditions_in_name(name, may_have_rate=may_have_rate) == conditions


def test_the_ending_is_not_part_of_the_stem() -> None:
    assert [stem_of(name) for name in ("a.b.mpt", "no_ending", ".hidden", "v1.5 final")] == [
        *("a.b", "no_ending", ".hidden", "v1.5 final"),
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("IMG_2231.jpg", True), ("DSC00042.JPG", True), ("PXL_20261130_1.jpg", True), ("C16_IMG.jpg", False)],
)
def test_names_that_cameras_give(name: str, expected: bool) -> None:
    assert is_of_camera(name) is expected


def test_words_are_compared_without_case() -> None:
    assert words_of("SEM_NCM cross.tif") == {"sem", "ncm", "cross"}
