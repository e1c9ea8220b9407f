from dataclasses import replace

import numpy as np
import pytest

from analyses.component import Component
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.transport.temperature_series import (
    Point,
    count_temperatures,
    independent_uncertainty,
    numbers_of,
    only_series,
    prefactor_with_rounding,
    with_rounding,
)
from registry.hookspecs import Inputs, Refused
from tests.coded import refuses

DEGC = (0.0, 25.0, 60.0)


def point(
    degc: float | Estimate, sigma: Estimate | float = 1e-3, name: str = "M-1", conditions: str = "10 MPa"
) -> Point:
    temperature = degc if isinstance(degc, Estimate) else Estimate.exact(degc)
    conductivity = sigma if isinstance(sigma, Estimate) else Estimate.exact(sigma)
    return Point(name, temperature, conductivity, True, conditions, Inputs({}))


def test_takes_the_only_series_with_enough_temperatures_from_cold_to_hot() -> None:
    points = [point(degc) for degc in reversed(DEGC)]
    series, others = only_series([*points, point(25.0, name="M-9", conditions="50 MPa")], [])
    assert numbers_of(series)[0].tolist() == list(DEGC)
    assert [(remark.code, remark.parameters["spectrum"]) for remark in others] == [("other-conditions", "M-9")]
    assert count_temperatures([*series, *series]) == 3


def test_refuses_too_few_temperatures_and_several_series() -> None:
    with refuses("too-few-temperatures", Refused, counts="2 at 10 MPa"):
        only_series([point(0.0), point(25.0)], [])
    with refuses("several-temperature-series", Refused, enough=2):
        only_series([point(degc, conditions=text) for degc in DEGC for text in ("1 MPa", "2 MPa")], [])


def test_a_cause_that_several_share_is_not_independent() -> None:
    series = [
        point(
            degc,
            Estimate.of_components(
                1e-3, Component("geometry", 5e-5, shared="thickness"), Component("fit", 1e-5, shared=f"fit {degc}")
            ),
        )
        for degc in DEGC
    ]
    assert independent_uncertainty(series) == pytest.approx([1e-5] * 3)


def test_the_uncertainty_of_the_temperature_is_that_of_a_conductivity() -> None:
    """0.35 eV at 298.15 K: 0.35/(k T²) = 4.57 % per kelvin."""
    sigma = [np.exp(-0.35 / (8.617333262e-5 * (degc + 273.15))) / (degc + 273.15) for degc in DEGC]
    series = [point(Estimate.measured(degc, 1.0), number) for degc, number in zip(DEGC, sigma, strict=True)]
    own = independent_uncertainty(series)
    assert own is not None
    assert own[1] / sigma[1] == pytest.approx(0.0457, rel=0.01)


def test_points_without_uncertainty_have_no_weights() -> None:
    assert independent_uncertainty([point(degc) for degc in DEGC]) is None


ENERGY = Estimate.exact(0.35)


def test_rounding_of_temperatures_and_reported_conductivities_moves_the_energy() -> None:
    exact = with_rounding(ENERGY, [point(degc, 1e-3 * np.exp(degc / 20)) for degc in DEGC])
    assert (exact.lower, exact.upper) == pytest.approx((0.35, 0.35), abs=1e-12)
    rounded = with_rounding(ENERGY, [point(Estimate.rounded(degc, 0.5), 1e-3 * np.exp(degc / 20)) for degc in DEGC])
    assert 0.33 < rounded.lower < 0.35 < rounded.upper < 0.37


def test_rounding_of_the_geometry_moves_the_prefactor_alone() -> None:
    """10 % more or less of every computed conductivity."""
    series = [
        replace(point(degc, Estimate(sigma, 0.9 * sigma, 1.1 * sigma)), is_reported=False)
        for degc, sigma in zip(DEGC, (1e-4, 1e-3, 1e-2), strict=True)
    ]
    assert with_rounding(ENERGY, series).half_width == pytest.approx(0.0, abs=1e-12)
    prefactor = prefactor_with_rounding(Estimate.exact(10.0), series)
    assert (prefactor.lower, prefactor.upper) == pytest.approx((10 + np.log(0.9), 10 + np.log(1.1)))
