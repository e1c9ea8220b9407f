"""Slope, exponent and hysteresis of numbers at several stack pressures."""

from collections.abc import Callable

import numpy as np

from analyses.transport.pressure_laws import PressureLaws, pressure_laws, release_points
from analyses.uncertainty import Estimate
from tests.calibration.noise import Array
from tests.calibration.study import Answer, Study, answer_of

UP = np.array([2.0, 5.0, 10.0, 15.0, 20.0, 25.0])
UP_AND_DOWN = np.concatenate((UP, UP[-2::-1]))
AREA = 0.03
"""Relative standard uncertainty of an area that all points share."""


def _estimates(y: Array) -> list[Estimate]:
    return [Estimate.measured(number, AREA * number).attributed("geometry", shared="area") for number in y.tolist()]


def _slope(laws: PressureLaws, scale: float) -> tuple[Estimate, float]:
    return laws.slope_per_mpa, 0.02 * scale


def _exponent(laws: PressureLaws, scale: float) -> tuple[Estimate, float]:
    return laws.exponent, 0.1


def _hysteresis(laws: PressureLaws, scale: float) -> tuple[Estimate, float]:
    assert laws.log_hysteresis
    return laws.log_hysteresis, 0.08


def study(
    quantity: str, read: Callable[[PressureLaws, float], tuple[Estimate, float]], mpa: Array, noise: float
) -> Study:
    """y = 1 + 0.02 p for slopes and p^0.1 for the others, 8 % larger on release, all off by the same area."""

    def trial(random: np.random.Generator) -> Answer:
        released = release_points(mpa)
        exact = 1 + 0.02 * mpa if read is _slope else mpa**0.1 * np.exp(0.08 * released)
        scatter = 0.3 * noise * random.normal(size=mpa.size) if read is _slope else noise * random.normal(size=mpa.size)
        wrong = 1 + AREA * random.normal()
        y = (exact + scatter) * wrong if read is _slope else exact * np.exp(scatter) * wrong
        estimate, truth = read(pressure_laws(mpa, _estimates(y), is_release=released), 1.0)
        return answer_of(truth, lambda: estimate)

    way = f"{mpa.size} points from 2 to 25 MPa" + (" and back" if mpa.size > UP.size else "")
    words = f"{way}, scatter of {100 * noise:g} %, an area off by {100 * AREA:g} %"
    return Study(quantity, words, trial)


STUDIES = (
    study("Pressure exponent", _exponent, UP, 0.01),
    study("Pressure exponent", _exponent, UP_AND_DOWN, 0.03),
    study("Slope against pressure", _slope, UP, 0.03),
    study("Hysteresis with pressure", _hysteresis, UP_AND_DOWN, 0.01),
    study("Hysteresis with pressure", _hysteresis, UP_AND_DOWN, 0.05),
)
