"""Plots of a series of distributions."""

import numpy as np
import pytest

from analyses.impedance.relaxation_times.drt import Distribution, distribution
from analyses.impedance.relaxation_times.process_series import SeriesProcess
from registry.contract.analysis_support.impedance.process_curves import curves_of
from registry.contract.analysis_support.impedance.process_laws import exponent_of
from registry.hookspecs import Curve, Estimate, HeatMap
from tests.spectra import make_spectrum

MPA = (1.0, 10.0, 100.0)


@pytest.fixture(scope="module")
def distributions() -> list[Distribution]:
    return [
        distribution(make_spectrum("R0-p(R1,CPE1)", (5.0, 50 / p**0.5, 1e-5, 0.95), 0.005, [1, 2]), 0.005) for p in MPA
    ]


def process() -> SeriesProcess:
    resistance = 50 / np.array(MPA) ** 0.5
    covariance = np.tile(np.diag([1e-4, 1e-4, 1e-6, 1e-6]), (3, 1, 1))
    inside = (True,) * 3
    return SeriesProcess(
        resistance, resistance * 1e-5, np.full(3, 0.95), covariance, np.full(3, 5.0), 1.0, inside, inside
    )


def test_every_distribution_is_in_overlay_waterfall_and_map(distributions: list[Distribution]) -> None:
    plots = curves_of("stack_pressure_mpa", MPA, distributions, (), {})
    overlay, waterfall, grid = plots
    assert isinstance(overlay, Curve)
    assert isinstance(waterfall, Curve)
    assert isinstance(grid, HeatMap)
    assert [series.name for series in overlay.series] == ["1 MPa", "10 MPa", "100 MPa"]
    assert np.diff([max(series.y) for series in waterfall.series]) == pytest.approx(0.6)
    assert np.shape(grid.z_values) == (3, len(grid.x_values))
    assert grid.y_values == MPA


def test_two_spectra_at_one_condition_have_no_map(distributions: list[Distribution]) -> None:
    plots = curves_of("stack_pressure_mpa", (1.0, 1.0, 10.0), distributions, (), {})
    assert [plot.name for plot in plots] == ["drt-overlay", "drt-waterfall"]


def test_a_process_has_its_line_and_error_bars(distributions: list[Distribution]) -> None:
    laws = {1: exponent_of(process(), [Estimate.exact(p) for p in MPA])}
    *_, resistances, times = curves_of("stack_pressure_mpa", MPA, distributions, (process(),), laws)
    assert isinstance(resistances, Curve)
    assert isinstance(times, Curve)
    points, line = resistances.series
    assert line.y == pytest.approx(points.y)
    assert points.y_lower is not None
    assert points.y_upper is not None
    assert points.y_upper[0] / points.y[0] == pytest.approx(points.y[0] / points.y_lower[0])
    assert times.y.log


def test_temperatures_are_plotted_as_reciprocals(distributions: list[Distribution]) -> None:
    *_, resistances, _ = curves_of("temperature_degc", (0.0, 25.0, 60.0), distributions, (process(),), {})
    assert isinstance(resistances, Curve)
    assert resistances.series[0].x[1] == pytest.approx(1000 / 298.15)
