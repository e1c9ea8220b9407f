"""Tests of what the readers of text and binary files share; theirs test the files."""

import numpy as np
import pytest

from registry.contract.reader import ParsedDataset, UnreadableFile
from registry.contract.reader_support.columns.electrode_potentials import COUNTER, WORKING
from registry.contract.reader_support.datasets.spectrum import NEEDED as SPECTRUM
from registry.contract.reader_support.eclab.eclab_columns import INCREMENT
from registry.contract.reader_support.eclab.eclab_datasets import eclab_datasets, required_columns, technique_of
from tests.coded import refuses

GCPL, OCV, PEIS = (
    "Galvanostatic Cycling with Potential Limitation",
    "Open Circuit Voltage",
    "Potentio Electrochemical Impedance Spectroscopy",
)


def datasets(name: str, **columns: list[float]) -> tuple[ParsedDataset, ...]:
    renamed = {column.replace("charge_increment", INCREMENT): np.array(values) for column, values in columns.items()}
    return eclab_datasets(renamed, name, {"started": "05/15/2025 01:18:45.867"}, [])


@pytest.mark.parametrize(
    ("name", "technique"),
    [(GCPL, "cycling"), (GCPL.capitalize(), "cycling"), ("Modulo Bat", "cycling"),
     ("Chronoamperometry / Chronocoulometry", "chronoamperometry"), (OCV, "open_circuit"), (PEIS, ""), ("", "")],
)  # fmt: skip
def test_the_technique_by_its_name(name: str, technique: str) -> None:
    assert technique_of(name) == technique


@pytest.mark.parametrize(
    ("available", "name", "required", "missing"),
    [
        (["test_time_second", WORKING], OCV, ["test_time_second", WORKING], []),
        (["test_time_second", WORKING], GCPL, ["test_time_second", WORKING], ["current_ampere (current)"]),
        (["test_time_second", WORKING, COUNTER, INCREMENT], GCPL,
         ["test_time_second", WORKING, COUNTER, INCREMENT], []),
        (["test_time_second", COUNTER, "current_ampere"], OCV, None, ["voltage_volt (voltage)"]),
        (["frequency_hertz", "real_impedance_ohm"], PEIS, None,
         [f"imaginary_impedance_ohm ({SPECTRUM['imaginary_impedance_ohm']})"]),
    ],
)  # fmt: skip
def test_the_columns_a_file_must_have(
    available: list[str], name: str, required: list[str] | None, missing: list[str]
) -> None:
    needed, lacking = required_columns(available, name)
    assert list(lacking) == missing
    if required is not None:
        assert set(required) <= set(needed)


def test_a_rest_is_a_series_without_current() -> None:
    (dataset,) = datasets(OCV, test_time_second=[0, 1], working_electrode_potential_volt=[3.5, 3.25])
    assert (dataset.technique, list(dataset.columns)) == ("open_circuit", ["test_time_second", "voltage_volt"])


def test_spectra_and_the_series_between_them() -> None:
    first, second, series = datasets(
        "Modulo Bat",
        frequency_hertz=[10, 0, 0, 10, 0],
        real_impedance_ohm=[1, 0, np.nan, 2, 0],
        imaginary_impedance_ohm=[-1, 0, 0, -2, 0],
        test_time_second=[0, 1, 2, 3, 4],
        voltage_volt=[3, 3, 3, 3, 3],
        charge_increment=[0, 0.001, 0.001, 0, 0.001],
    )
    assert [dataset.columns["real_impedance_ohm"].tolist() for dataset in (first, second)] == [[1], [2]]
    assert series.columns["test_time_second"].tolist() == [1, 2, 4]
    assert series.columns["charging_capacity_ah"].tolist() == pytest.approx([0.001, 0.002, 0.003])
    assert INCREMENT not in first.columns


def test_what_is_missing_or_has_gaps_is_refused_with_the_row() -> None:
    with refuses("missing-columns", UnreadableFile, missing=["current_ampere (current)"]):
        datasets(GCPL, test_time_second=[0, 1], voltage_volt=[3, 3])
    with refuses("cell-not-a-number", UnreadableFile, row=2, title="voltage"):
        datasets(OCV, test_time_second=[0, 1], voltage_volt=[3, np.nan])
    with refuses("cell-not-a-number", UnreadableFile, row=2, title="charge"):
        datasets(GCPL, test_time_second=[0, 1], voltage_volt=[3, 3], charge_increment=[0, np.nan])
    with refuses("frequency-not-positive", UnreadableFile, row=3, frequency=-1):
        datasets(PEIS, frequency_hertz=[10, 0, -1], real_impedance_ohm=[1, 0, 1], imaginary_impedance_ohm=[1, 0, 1])
    with refuses("no-impedance", UnreadableFile):
        datasets(PEIS, frequency_hertz=[0], real_impedance_ohm=[1], imaginary_impedance_ohm=[1])
