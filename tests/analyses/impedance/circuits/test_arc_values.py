import numpy as np
import pytest

from analyses.impedance.circuits.arc_spread import series_resistors
from analyses.impedance.circuits.arc_values import arc_values, sum_of_resistances
from analyses.impedance.circuits.circuit import parse_circuit
from analyses.impedance.circuits.circuit_fit import fit_circuit
from analyses.impedance.circuits.fitted_circuit import ImpedanceFit
from analyses.insufficient_data import InsufficientData
from tests.coded import refuses
from tests.spectra import make_spectrum
from tests.trials import holds, trials

FREQUENCY = np.geomspace(7e6, 0.1, 80)


def fit_of(text: str, values: tuple[float, ...], noise: float = 0.003, seed: int | list[int] = 1) -> ImpedanceFit:
    return fit_circuit(parse_circuit(text), make_spectrum(text, values, noise, seed, FREQUENCY))


@pytest.mark.parametrize(
    ("text", "values", "resistance", "capacitance", "peak"),
    [
        # By hand: n = 1: C as entered, f = 1/(2π R C).
        ("R0-p(R1,C1)-CPE2", (20.0, 500.0, 2e-9, 1e-5, 0.9), 500.0, 2e-9, 159_155.0),
        # τ = (R Q)^(1/n) = (1e-5)^(1/0.8) = 5.623e-7 s; C = τ/R = 5.623e-10 F; f = 1/(2πτ) = 283.0 kHz.
        ("R0-p(R1,CPE1)-CPE2", (20.0, 1000.0, 1e-8, 0.8, 1e-5, 0.9), 1000.0, 5.623e-10, 283_020.0),
    ],
)
def test_gives_resistance_capacitance_and_peak_of_an_arc(text, values, resistance, capacitance, peak) -> None:
    (arc,) = arc_values(fit_of(text, values))
    assert arc.number == 1
    numbers = (arc.resistance_ohm, arc.capacitance_f, arc.peak_frequency_hz)
    for number, true in zip(numbers, (resistance, capacitance, peak), strict=True):
        low, high = number.interval()
        assert low <= true <= high
        assert number.magnitude == pytest.approx(true, rel=0.05)
        assert [part.name for part in number.components] == ["fit"]


def test_numbers_arcs_from_the_fastest_on_even_of_different_kinds() -> None:
    fit = fit_of("p(R1,CPE1)-p(R2,C2)-CPE3", (800.0, 1e-7, 0.9, 500.0, 1e-10, 1e-4, 0.9))
    first, second = arc_values(fit)
    assert [(arc.number, arc.arc.resistor) for arc in (first, second)] == [(1, "R2"), (2, "R1")]
    assert first.peak_frequency_hz.magnitude > second.peak_frequency_hz.magnitude


def test_a_value_whose_interval_spans_a_decade_is_not_determined() -> None:
    """Two arcs of nearly the same time constant: the spectrum does not say which resistance is whose."""
    values = (500.0, 2e-9, 0.8, 500.0, 2.2e-9, 0.8, 1e-5, 0.9)
    for arc in arc_values(fit_of("p(R1,CPE1)-p(R2,CPE2)-CPE3", values, 0.01)):
        for number in (arc.resistance_ohm, arc.capacitance_f, arc.peak_frequency_hz):
            assert number is None or number.interval()[1] < 10 * number.interval()[0]
    assert any(arc.resistance_ohm is None for arc in arc_values(fit_of("p(R1,CPE1)-p(R2,CPE2)-CPE3", values, 0.01)))


def test_a_sum_of_overlapping_arcs_is_known_better_than_its_parts() -> None:
    fit = fit_of("p(R1,CPE1)-p(R2,CPE2)-CPE3", (500.0, 2e-10, 0.9, 800.0, 2e-9, 0.9, 1e-5, 0.9), 0.01)
    both = sum_of_resistances(fit, ("R1", "R2"))
    assert both.magnitude == pytest.approx(1300.0, rel=0.02)
    parts = [sum_of_resistances(fit, (name,)).standard_uncertainty for name in ("R1", "R2")]
    assert both.standard_uncertainty < 0.5 * max(parts)


def test_refuses_a_sum_that_is_not_determined() -> None:
    fit = fit_circuit(
        parse_circuit("R0-p(R1,CPE1)-CPE2"), make_spectrum("R0-CPE2", (100.0, 1e-6, 0.9), 0.01, 1, FREQUENCY)
    )
    with refuses("parameter-not-determined", InsufficientData, name="R1"):
        sum_of_resistances(fit, ("R1",))


def test_names_the_resistors_in_series() -> None:
    fit = fit_of("R0-p(R1,CPE1)-CPE2", (20.0, 1000.0, 1e-8, 0.8, 1e-5, 0.9))
    assert series_resistors(fit) == ("R0",)


@trials(400)
@pytest.mark.parametrize("exponent", [1.0, 0.85])
def test_stated_intervals_cover_the_truth(exponent: float, trials: int) -> None:
    """Overlapping arcs, time constants a factor of 8 apart, 0.5 % noise: each value inside in 90-99 % of 400 trials."""
    circuit, inside = parse_circuit("p(R1,CPE1)-p(R2,CPE2)-CPE3"), []
    taus, ohms = (1e-6, 8e-6), (500.0, 800.0)
    arcs = [(ohm, tau**exponent / ohm, exponent) for ohm, tau in zip(ohms, taus, strict=True)]
    values = (*arcs[0], *arcs[1], 1e-4, 0.9)
    for trial in range(trials):
        fit = fit_circuit(circuit, make_spectrum(circuit.text, values, 0.005, [trial, 3], FREQUENCY))
        for arc, ohm, tau in zip(arc_values(fit), ohms, taus, strict=True):
            true = (ohm, tau / ohm, 1 / (2 * np.pi * tau))
            numbers = (arc.resistance_ohm, arc.capacitance_f, arc.peak_frequency_hz)
            inside += [n.interval()[0] <= t <= n.interval()[1] for n, t in zip(numbers, true, strict=True) if n]
    assert holds(inside)
