import numpy as np
import pytest

from analyses.stack_pressure.pressure_log import pressure_log, pressure_of_force
from analyses.uncertainty import Estimate
from tests.coded import refuses

TIME = 10.0 * np.arange(50)
PRESSURE = 10 + 0.01 * np.arange(50)


def test_a_log_keeps_its_rows_and_moves_with_its_clock() -> None:
    log = pressure_log(TIME, PRESSURE).shifted(100.0)
    assert log.time_s[0] == 100.0
    assert log.pressure_mpa.tolist() == PRESSURE.tolist()
    assert log.step_mpa == 0.01


def test_one_kilonewton_on_one_square_centimetre_is_ten_megapascal() -> None:
    assert pressure_of_force(1000.0, Estimate.exact(1.0)).magnitude == pytest.approx(10.0)


def test_the_pressure_of_a_force_has_the_relative_uncertainty_of_the_area() -> None:
    pressure = pressure_of_force(1000.0, Estimate.measured(2.0, 0.02))
    assert pressure.standard_uncertainty / pressure.magnitude == pytest.approx(0.01, rel=1e-3)


@pytest.mark.parametrize(
    ("time", "pressure", "code"),
    [
        (TIME[:5], PRESSURE[:5], "too-few-pressure-rows"),
        (TIME, PRESSURE[:-1], "too-few-pressure-rows"),
        (TIME, np.where(TIME == 50, np.nan, PRESSURE), "pressure-not-finite"),
        (TIME[::-1], PRESSURE, "pressure-time-not-ascending"),
        (0 * TIME, PRESSURE, "pressure-time-not-ascending"),
        (TIME, 0 * PRESSURE + 10, "constant-pressure"),
    ],
)
def test_unusable_logs_are_refused(time: np.ndarray, pressure: np.ndarray, code: str) -> None:
    with refuses(code):
        pressure_log(time, pressure)
