"""Known answers: JCGM 100:2008 (GUM) for propagation, scipy.stats for Student's t, and corners worked by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analyses.component import Component
from analyses.uncertainty import Estimate, propagate
from tests.trials import holds, trials


def conductivity(length: float, resistance: float, area: float) -> float:
    return length / (resistance * area)


def test_bounds_come_from_the_corners_of_the_input_box() -> None:
    sigma = propagate(
        conductivity,
        length=Estimate.rounded(0.06, 0.00005),
        resistance=Estimate.rounded(10.0, 0.05),
        area=Estimate.exact(0.785),
    )
    assert sigma.lower == pytest.approx(0.05995 / (10.05 * 0.785))
    assert sigma.upper == pytest.approx(0.06005 / (9.95 * 0.785))


def test_scatter_of_a_product_adds_relative_variances() -> None:
    area = propagate(lambda a, b: a * b, a=Estimate.measured(3.0, 0.03), b=Estimate.measured(4.0, 0.08))
    assert area.standard_uncertainty == pytest.approx(12 * math.hypot(0.01, 0.02), rel=1e-6)


def test_effective_degrees_of_freedom_follow_welch_and_satterthwaite() -> None:
    # JCGM 100:2008, G.4.1 example: relative u of 0.25, 0.57, 0.82 % with 9, 4, 14 degrees of freedom give 19.0.
    parts = {"a": (0.0025, 9), "b": (0.0057, 4), "c": (0.0082, 14)}
    inputs = {name: Estimate.measured(1.0, u, degrees) for name, (u, degrees) in parts.items()}
    product = propagate(lambda a, b, c: a * b * c, **inputs)
    assert product.standard_uncertainty == pytest.approx(0.0103, rel=5e-3)
    assert product.degrees_of_freedom == pytest.approx(19.0, abs=0.5)


@pytest.mark.parametrize("degrees", [1, 2, 5, 30])
def test_interval_is_students_at_few_degrees_of_freedom(degrees: int) -> None:
    low, high = Estimate.measured(10.0, 0.5, degrees).interval()
    assert (low, high) == pytest.approx(stats.t.interval(0.95, degrees, 10.0, 0.5))


def test_interval_of_rounding_alone_is_its_bounds() -> None:
    assert Estimate.rounded(1.0, 0.05).interval() == (0.95, 1.05)


def test_interval_of_a_mean_of_three_has_its_nominal_coverage() -> None:
    generator = np.random.default_rng(7)
    covered = 0
    for _ in range(400):
        readings = generator.normal(5.0, 0.3, size=3)
        estimate = Estimate.measured(float(readings.mean()), float(readings.std(ddof=1)) / math.sqrt(3), 2)
        low, high = estimate.interval()
        covered += low <= 5.0 <= high
    assert 0.90 <= covered / 400 <= 0.99


def test_an_inferred_input_makes_the_result_inferred() -> None:
    assert propagate(lambda x: 2 * x, x=Estimate.exact(1.0, inferred=True)).inferred


@pytest.mark.parametrize(
    "numbers",
    [(math.nan, 0, 1), (1.0, 2.0, 3.0), (1.0, 1.0, math.inf), (1.0, 1.0, 1.0, -0.1), (1.0, 1.0, 1.0, 0.1, False, 0.0)],
)
def test_refuses_values_that_are_not_finite(numbers: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match=r"finite|outside|negative|zero"):
        Estimate(*numbers)


def test_rounding_counts_as_a_uniform_distribution() -> None:
    # JCGM 100:2008, 4.3.7: half-width over the square root of three.
    assert Estimate.rounded(1.0, 0.3).combined_standard_uncertainty == pytest.approx(0.3 / math.sqrt(3))


def test_an_uncertainty_that_is_round_off_counts_as_none() -> None:
    energy = Estimate.measured(0.33, 3.5e-16)
    assert energy.standard_uncertainty == 0.0
    assert energy == Estimate.measured(0.33, 4.2e-16)
    assert energy.is_certain


def test_an_uncertainty_above_round_off_is_unchanged() -> None:
    assert Estimate.measured(0.33, 1e-11).standard_uncertainty == 1e-11
    assert not Estimate.measured(0.33, 1e-11).is_certain
    assert not Estimate.rounded(0.33, 0.005).is_certain


def test_zero_keeps_any_uncertainty() -> None:
    assert Estimate.measured(0.0, 1e-30).standard_uncertainty == 1e-30


LENGTH = Estimate.measured(600.0, 18.0).attributed("geometry", shared="C-00001 thickness")
AREA = Estimate.measured(0.785, 0.008).attributed("geometry", shared="die 1 diameter")


def sigma(resistance_ohm: float, noise: float = 0.01, degrees: float = math.inf) -> Estimate:
    resistance = Estimate.measured(resistance_ohm, noise * resistance_ohm, degrees).attributed("fit")
    return propagate(conductivity, length=LENGTH, resistance=resistance, area=AREA)


def test_components_make_the_standard_uncertainty() -> None:
    number = Estimate.of_components(1.0, Component("fit", -3.0), Component("geometry", 4.0, shared="a"))
    assert number.standard_uncertainty == 5.0
    assert Estimate(1.0, 1.0, 1.0, 5.0, False, math.inf, number.components) == number


@pytest.mark.parametrize(("uncertainty", "degrees"), [(0.0, math.inf), (5.01, math.inf), (5.0, 3.0)])
def test_refuses_a_standard_uncertainty_that_disagrees_with_its_components(uncertainty: float, degrees: float) -> None:
    with pytest.raises(ValueError, match="of_components"):
        Estimate(1.0, 1.0, 1.0, uncertainty, False, degrees, (Component("fit", 3.0), Component("drift", 4.0)))


def test_components_that_are_round_off_count_as_none() -> None:
    assert Estimate.of_components(1.0, Component("fit", 1e-13)) == Estimate.exact(1.0)
    two = Estimate.of_components(1.0, Component("fit", 1e-13), Component("drift", 0.1))
    assert [part.name for part in two.components] == ["drift"]


def test_an_uncertainty_without_components_has_one_cause_without_a_name() -> None:
    (cause,) = Estimate.measured(1.0, 0.1, 5).causes
    assert (cause.name, cause.shared, cause.contribution, cause.degrees_of_freedom) == ("", "", 0.1, 5)
    assert Estimate.exact(1.0).causes == ()


def test_a_result_has_the_components_of_its_inputs() -> None:
    result = sigma(100.0, degrees=9)
    parts = {(part.name, part.shared): part.contribution / result.magnitude for part in result.components}
    assert parts == pytest.approx(
        {
            ("geometry", "C-00001 thickness"): 0.03,
            ("fit", ""): -0.01,
            ("geometry", "die 1 diameter"): -0.008 / 0.785,
        },
        rel=1e-5,
    )
    assert result.standard_uncertainty == pytest.approx(result.magnitude * math.hypot(0.03, 0.01, 0.008 / 0.785))
    assert result.degrees_of_freedom == pytest.approx(9 * (result.standard_uncertainty / result.magnitude / 0.01) ** 4)


def test_an_input_without_components_becomes_one_without_a_name() -> None:
    resistance = Estimate.measured(100.0, 1.0)
    parts = propagate(conductivity, length=LENGTH, resistance=resistance, area=Estimate.exact(1.0)).components
    assert {part.name for part in parts} == {"geometry", ""}


def test_components_change_no_number_of_a_result_without_shared_causes() -> None:
    plain = {"length": Estimate.measured(600.0, 18.0, 4), "resistance": Estimate.measured(100.0, 1.0)}
    named = {name: estimate.attributed(name) for name, estimate in plain.items()}
    before, after = (propagate(conductivity, **inputs, area=Estimate.exact(1.0)) for inputs in (plain, named))
    assert after.standard_uncertainty == pytest.approx(before.standard_uncertainty, rel=1e-12)
    assert after.degrees_of_freedom == pytest.approx(before.degrees_of_freedom, rel=1e-12)
    assert not before.components


def test_geometry_cancels_in_a_ratio_of_two_conductivities_and_the_fits_stay() -> None:
    ratio = propagate(lambda warm, cold: warm / cold, warm=sigma(10.0, 0.02), cold=sigma(100.0, 0.01))
    (fit,) = ratio.components
    assert (fit.name, fit.shared) == ("fit", "")
    assert ratio.standard_uncertainty == pytest.approx(10 * math.hypot(0.02, 0.01), rel=1e-4)


def test_a_shared_cause_doubles_in_a_sum_and_vanishes_in_a_difference() -> None:
    number = Estimate.measured(7.0, 0.3).attributed("drift", shared="M-00001 drift")
    total = propagate(lambda a, b: a + b, a=number, b=number)
    assert total.standard_uncertainty == pytest.approx(0.6)
    assert propagate(lambda a, b: a - b, a=number, b=number).is_certain


relative = st.floats(1e-6, 0.2)
magnitudes = st.floats(1e-9, 1e9)


@given(magnitudes, magnitudes, relative)
def test_a_relative_cause_that_both_share_leaves_nothing_in_a_ratio(x: float, y: float, share: float) -> None:
    inputs = {
        name: Estimate.measured(number, share * number).attributed("geometry", shared="area")
        for name, number in (("x", x), ("y", y))
    }
    assert propagate(lambda x, y: x / y, **inputs).is_certain
    assert propagate(lambda x, y: math.log(x) - math.log(y), **inputs).components == ()


@given(magnitudes, magnitudes, relative, relative)
def test_causes_that_nothing_shares_add_in_a_ratio(x: float, y: float, of_x: float, of_y: float) -> None:
    ratio = propagate(
        lambda x, y: x / y,
        x=Estimate.measured(x, of_x * x).attributed("fit"),
        y=Estimate.measured(y, of_y * y).attributed("fit"),
    )
    assert ratio.standard_uncertainty == pytest.approx(x / y * math.hypot(of_x, of_y), rel=1e-4)


@trials(4000)
def test_the_interval_of_a_ratio_that_shares_a_thickness_holds_the_truth(trials: int) -> None:
    """Thickness known to 10 %, resistances to 2 %: without the shared cause the interval would be five times wider."""
    random, inside, widths = np.random.default_rng(10), [], []
    for _ in range(trials):
        length = Estimate.measured(600.0 + 60 * random.normal(), 60.0).attributed("geometry", shared="thickness")
        cold, warm = (
            propagate(
                conductivity,
                length=length,
                resistance=Estimate.measured(ohm * (1 + 0.02 * random.normal()), 0.02 * ohm).attributed("fit"),
                area=Estimate.exact(1.0),
            )
            for ohm in (100.0, 20.0)
        )
        ratio = propagate(lambda warm, cold: warm / cold, warm=warm, cold=cold)
        low, high = ratio.interval()
        inside.append(low <= 5.0 <= high)
        widths.append(high - low)
    assert holds(inside, 0.93, 0.97)
    assert np.median(widths) == pytest.approx(2 * 1.96 * 5 * 0.02 * math.sqrt(2), rel=0.05)
