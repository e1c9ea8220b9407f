import math
from dataclasses import replace

import numpy as np
import pytest

from analyses.impedance.circuits.arc_spread import (
    arc_spreads,
    log_arcs,
    log_sum,
    same_arcs,
    series_resistors,
    spread_over,
    sum_spread,
)
from analyses.impedance.circuits.circuit import parse_circuit
from analyses.impedance.circuits.circuit_fit import fit_circuit
from analyses.impedance.circuits.fitted_circuit import Alternative, ImpedanceFit
from tests.spectra import make_spectrum

TWO, ONE = "p(R1,CPE1)-p(R2,CPE2)-CPE3", "R0-p(R1,CPE1)-CPE2"
VALUES = (500.0, 3e-11, 0.97, 800.0, 1e-8, 0.95, 1e-5, 0.85)
FIT = fit_circuit(parse_circuit(TWO), make_spectrum(TWO, VALUES, 0.003))


def changed(fit: ImpedanceFit, **factors: float) -> ImpedanceFit:
    """The fit with other values of some parameters."""
    names = [parameter.name for parameter in fit.parameters]
    values = fit.values.copy()
    for name, factor in factors.items():
        values[names.index(name)] *= factor
    return replace(fit, values=values)


def with_others(*others: tuple[float, ImpedanceFit], is_misfit: bool = False) -> ImpedanceFit:
    return replace(FIT, alternatives=tuple(Alternative(fit, share) for share, fit in others), is_misfit=is_misfit)


def test_logarithms_of_arcs_have_the_variances_of_the_fit() -> None:
    first, second = log_arcs(FIT)
    assert np.exp(first.values[0]) == pytest.approx(500.0, rel=0.02)
    assert first.values[0] + first.values[1] + first.values[2] == pytest.approx(-math.log(2 * math.pi))
    names = [parameter.name for parameter in FIT.parameters]
    position = names.index("R2")
    assert second.variances[0] == pytest.approx(FIT.covariance[position, position])
    assert first.is_known


def test_arcs_are_the_same_if_each_is_the_nearest_within_a_decade() -> None:
    arcs = log_arcs(FIT)
    assert same_arcs(arcs, arcs) == (0, 1)
    assert same_arcs(arcs, arcs[1:]) == (None, 0)
    assert same_arcs(arcs[:1], log_arcs(changed(FIT, CPE1_Q=1e3))) == (None,)
    assert same_arcs(arcs, ()) == (None, None)


def test_without_alternatives_nothing_is_added() -> None:
    assert arc_spreads(FIT) == ((0.0, 0.0, 0.0),) * 2
    assert sum_spread(FIT, {"R1"}) == 0.0


def test_equal_alternatives_add_nothing_and_different_ones_what_they_differ_by() -> None:
    assert arc_spreads(with_others((0.5, FIT)))[0][0] == pytest.approx(0.0, abs=1e-4)
    # Two equally likely numbers a difference d apart, each well known: 95 % about the first reach d.
    spread = arc_spreads(with_others((0.5, changed(FIT, R1=math.exp(0.4)))))[0][0]
    known = math.sqrt(log_arcs(FIT)[0].variances[0])
    assert 1.96 * math.hypot(spread or 0.0, known) == pytest.approx(0.4 + 1.28 * known, rel=0.01)


def test_an_unlikely_alternative_changes_little() -> None:
    spread = arc_spreads(with_others((0.01, changed(FIT, R1=3.0))))[0][0]
    assert spread is not None
    assert spread < math.sqrt(log_arcs(FIT)[0].variances[0])


def test_an_arc_that_likely_circuits_lack_is_not_determined() -> None:
    other = fit_circuit(parse_circuit(ONE), make_spectrum(ONE, (500.0, 800.0, 1e-8, 0.95, 1e-5, 0.85), 0.003))
    spreads = arc_spreads(with_others((0.2, other)))
    assert spreads[0] == (None, None, None)
    assert None not in spreads[1]
    assert None not in arc_spreads(with_others((0.02, other)))[0]


def test_a_sum_of_all_that_is_faster_is_compared_with_all_that_is_faster() -> None:
    """500 Ω of the bulk are R1 in one circuit and R0 in the other."""
    other = fit_circuit(parse_circuit(ONE), make_spectrum(ONE, (500.0, 800.0, 1e-8, 0.95, 1e-5, 0.85), 0.003))
    fit = with_others((0.2, other))
    assert sum_spread(fit, {"R1"}) == pytest.approx(0.0, abs=0.02)
    assert sum_spread(fit, {"R1", "R2"}) == pytest.approx(0.0, abs=0.02)
    assert sum_spread(fit, {"R2"}) == pytest.approx(0.0, abs=0.02)
    assert sum_spread(replace(other, alternatives=(Alternative(FIT, 0.2),)), {"R0"}) == pytest.approx(0.0, abs=0.05)


def test_where_no_circuit_is_right_the_largest_difference_counts_and_all_must_have_the_arc() -> None:
    fit = with_others((0.0, changed(FIT, R2=1.3)), (0.0, changed(FIT, R2=0.9)), is_misfit=True)
    assert arc_spreads(fit)[1][0] == pytest.approx(math.log(1.3), rel=1e-6)
    single_arc = fit_circuit(parse_circuit(ONE), make_spectrum(ONE, (500.0, 800.0, 1e-8, 0.95, 1e-5, 0.85), 0.003))
    assert arc_spreads(with_others((0.0, FIT), (0.0, single_arc), is_misfit=True))[0][0] is None
    assert arc_spreads(with_others(is_misfit=True)) == ((None, None, None),) * 2


@pytest.mark.parametrize("share", [0.04, 0.2])
def test_a_circuit_that_leaves_a_number_open_does_not_have_it(share: float) -> None:
    spread = spread_over(with_others(), 0.0, 1e-4, [(share, (0.0, 4.0))])
    assert (spread is None) == (share > 0.05)


def test_the_sum_of_resistances_has_the_covariance_of_the_fit() -> None:
    value, variance = log_sum(FIT, {"R1", "R2"})
    total, gradient = FIT.circuit.direct_current_resistance(FIT.values)
    assert value == pytest.approx(math.log(total))
    assert variance == pytest.approx(float(gradient @ FIT.covariance @ gradient) / total**2)


def test_resistors_in_series_are_not_those_of_arcs() -> None:
    assert series_resistors(FIT) == ()
    single_arc = fit_circuit(parse_circuit(ONE), make_spectrum(relative_noise=0.003))
    assert series_resistors(single_arc) == ("R0",)
