"""Numbers of several cells: means over replicates, differences, and slopes over a recipe or a pressure."""

from collections.abc import Callable

import numpy as np

from analyses.component import Component
from analyses.statistics.difference import difference
from analyses.statistics.replicates import replicate_mean
from analyses.transport.pressure_dependence import pressure_exponent
from analyses.uncertainty import Estimate
from tests.calibration.study import Answer, Study, answer_of

PRESSURES_MPA = np.array([2.0, 5.0, 10.0, 20.0, 50.0, 100.0])


def mean_of(count: int) -> Study:
    """Normal scatter between cells."""

    def trial(random: np.random.Generator) -> Answer:
        cells = [Estimate.exact(float(number)) for number in random.normal(18, 0.5, count)]
        return answer_of(18.0, lambda: replicate_mean(cells).mean)

    return Study("Mean of replicates", f"normal scatter of 3 % between {count} cells", trial)


def mean_with_a_shared_gauge(random: np.random.Generator) -> Answer:
    """A gauge that is off for all cells alike, with its standard uncertainty stated."""
    off = float(random.normal(0, 0.4))
    gauge = Component("geometry", 0.4, shared="gauge")
    cells = [Estimate.of_components(18 + off + float(scatter), gauge) for scatter in random.normal(0, 0.5, 5)]
    return answer_of(18.0, lambda: replicate_mean(cells).mean)


def mean_of_skewed_cells(random: np.random.Generator) -> Answer:
    """A lognormal quantity such as a resistance."""
    cells = [Estimate.exact(float(number)) for number in random.lognormal(0, 0.3, 5)]
    return answer_of(float(np.exp(0.3**2 / 2)), lambda: replicate_mean(cells).mean)


def difference_of(freedoms: tuple[float, float]) -> Study:
    """Two cells, each with a standard uncertainty from few data."""

    def trial(random: np.random.Generator) -> Answer:
        cells = []
        for truth, freedom in zip((80.0, 90.0), freedoms, strict=True):
            size = float(np.sqrt(random.chisquare(freedom) / freedom))
            cells.append(Estimate.measured(truth + float(random.normal()), size, freedom))
        return answer_of(10.0, lambda: difference(*cells).difference)

    words = " and ".join(f"{freedom:g}" for freedom in freedoms)
    return Study("Difference of two cells", f"standard uncertainties of {words} degrees of freedom", trial)


def exponent(name: str, disturb: Callable[[np.random.Generator], tuple[np.ndarray, np.ndarray]], **kind: bool) -> Study:
    """A power law of exponent 0.1; `disturb` returns relative errors of pressure and conductivity."""

    def trial(random: np.random.Generator) -> Answer:
        of_pressure, of_sigma = disturb(random)
        sigma = 1e-3 * PRESSURES_MPA**0.1 * np.exp(of_sigma)
        return answer_of(0.1, lambda: pressure_exponent(PRESSURES_MPA * np.exp(of_pressure), sigma).exponent)

    return Study("Pressure exponent of a conductivity", name, trial, **kind)


def _scatter(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return np.zeros(6), random.normal(0, 0.03, 6)


def _pressure_errors(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return random.normal(0, 0.05, 6), random.normal(0, 0.01, 6)


def _shared_geometry(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return np.zeros(6), random.normal(0, 0.03, 6) + float(random.normal(0, 0.12))


STUDIES = (
    *(mean_of(count) for count in (2, 3, 5, 10)),
    Study("Mean of replicates", "a gauge off by 2 % for all five cells, stated as shared", mean_with_a_shared_gauge),
    Study(
        "Mean of replicates",
        "lognormal scatter of 30 % between 5 cells, not normal",
        mean_of_skewed_cells,
        assumptions_hold=False,
    ),
    difference_of((4.0, 4.0)),
    difference_of((2.0, 50.0)),
    exponent("scatter of σ of 3 %, six pressures", _scatter),
    exponent("pressures off by 5 %, σ by 1 %", _pressure_errors),
    exponent("geometry off by 12 % for all, scatter of 3 %", _shared_geometry),
)
