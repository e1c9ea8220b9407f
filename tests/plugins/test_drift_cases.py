"""Spectra of a cell that drifts during the sweep: the resistance at the time of its arcs lies in the interval."""

import numpy as np
import pytest

from analyses.impedance.circuits.circuit import parse_circuit
from analyses.uncertainty import Estimate
from plugins.ionic_conductivity import register_analyses, run
from registry.hookspecs import Inputs
from tests.spectra import columns_of, make_spectrum, noisy

DEFAULTS = {parameter.name: parameter.default for parameter in register_analyses()[0].parameters}
FREQUENCY = np.geomspace(7e6, 0.1, 65)
CIRCUIT = parse_circuit("p(R1,CPE1)-p(R2,CPE2)-CPE3")
OHM, TOPS_HZ, EXPONENTS = (300.0, 700.0), (2e6, 2e4), (0.95, 0.9)


def resistance_of(columns: dict[str, np.ndarray]) -> Estimate:
    facts = {"dataset.sha256": "ab", "layers.count": 0}
    outcome = run(Inputs(facts, lambda: columns, DEFAULTS))
    return next(result.estimate for result in outcome.values if result.quantity == "resistance_ohm")


def drifting(share: float, seed: int) -> tuple[dict[str, np.ndarray], float]:
    """A spectrum whose resistances grow by a share, evenly from point to point, and their sum at the time of each."""
    growth = 1 + share * np.arange(FREQUENCY.size) / (FREQUENCY.size - 1)
    arcs = [(1 / (ohm * (2 * np.pi * top) ** n), n) for ohm, top, n in zip(OHM, TOPS_HZ, EXPONENTS, strict=True)]
    points = []
    for frequency, factor in zip(FREQUENCY, growth, strict=True):
        values = [number for ohm, arc in zip(OHM, arcs, strict=True) for number in (factor * ohm, *arc)]
        points.append(CIRCUIT.impedance(np.array([frequency]), np.array([*values, 1e-6, 0.85]))[0])
    impedance = noisy(np.array(points), 0.001, seed)
    columns = (FREQUENCY, impedance.real, impedance.imag)
    names = ("frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm")
    at_top = np.interp(-np.log(TOPS_HZ), -np.log(FREQUENCY), growth)
    return dict(zip(names, columns, strict=True)), float(np.dot(OHM, at_top))


@pytest.mark.parametrize("share", [-0.15, -0.05, 0.03, 0.1])
def test_a_drift_that_the_test_shows_is_in_the_interval_of_the_resistance(share: float) -> None:
    """The interval of the fit alone, ±0.3 %, contained none of 98 simulated resistances that drift."""
    columns, ohm = drifting(share, seed=3)
    resistance = resistance_of(columns)
    low, high = resistance.interval()
    assert low < ohm < high
    assert "drift" in [cause.name for cause in resistance.causes]


def test_a_steady_cell_has_no_part_of_a_drift() -> None:
    resistance = resistance_of(columns_of(make_spectrum(relative_noise=0.003)))
    assert "drift" not in [cause.name for cause in resistance.causes]
