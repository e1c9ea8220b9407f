import numpy as np
import pytest

from registry.contract.reader_support.columns.impedance_columns import convert_columns, derived_columns
from registry.hookspecs import UnreadableFile
from tests.coded import refuses


def test_magnitude_and_phase_become_the_two_parts() -> None:
    columns = {
        "angular_frequency_radian_per_second": 2 * np.pi * np.array([10.0, 1.0]),
        "impedance_modulus_ohm": np.array([2.0, 1.0]),
        "impedance_phase_degree": np.array([-90.0, -60.0]),
    }
    codes = [message.code for message in convert_columns(columns)]
    assert codes == ["frequency-from-angular", "parts-from-magnitude-and-phase"]
    assert set(columns) == {"frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm"}
    assert columns["frequency_hertz"] == pytest.approx([10, 1])
    assert columns["real_impedance_ohm"] == pytest.approx([0, 0.5])
    assert columns["imaginary_impedance_ohm"] == pytest.approx([-2, -np.sqrt(3) / 2])


def test_other_tables_stay_as_they_are() -> None:
    columns = {"voltage_volt": np.ones(2)}
    assert convert_columns(columns) == []
    assert set(columns) == {"voltage_volt"}


@pytest.mark.parametrize(("modulus", "percent"), [(5.0, None), (5.04, None), (6.0, 20.0)])
def test_a_difference_of_more_than_a_percent_is_a_warning(modulus: float, percent: float | None) -> None:
    columns = {
        "real_impedance_ohm": np.array([3.0, 0.0]),
        "imaginary_impedance_ohm": np.array([-4.0, 0.0]),
        "impedance_modulus_ohm": np.array([modulus, 0.0]),
    }
    messages = convert_columns(columns)
    assert [message.parameters["percent"] for message in messages] == ([] if percent is None else [pytest.approx(20)])


def test_a_phase_beyond_a_full_turn_is_refused() -> None:
    with refuses("phase-out-of-range", UnreadableFile, row=2, phase=-400.0):
        convert_columns({"impedance_phase_degree": np.array([-10.0, -400.0])})


def test_names_that_can_be_converted() -> None:
    names = {"angular_frequency_radian_per_second", "impedance_modulus_ohm", "impedance_phase_degree"}
    assert derived_columns(names) > {"frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm"}
    assert "real_impedance_ohm" not in derived_columns({"impedance_modulus_ohm"})
