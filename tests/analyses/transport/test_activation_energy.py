import numpy as np
import pytest

from analyses.component import Component
from analyses.insufficient_data import InsufficientData
from analyses.transport.activation_energy import BOLTZMANN_EV_K, activation_energy
from analyses.transport.ionic_conductivity import ionic_conductivity
from analyses.uncertainty import Estimate
from tests.coded import refuses
from tests.trials import holds, trials

DEGC = np.array([-25.0, -10.0, 5.0, 20.0, 35.0, 50.0, 65.0])
KELVIN = DEGC + 273.15
SIGMA = 2e5 / KELVIN * np.exp(-0.35 / (BOLTZMANN_EV_K * KELVIN))


def test_finds_the_energy_and_the_prefactor_of_an_exact_series() -> None:
    """σT = 2e5 S cm⁻¹ K × exp(-0.35 eV/kT) by construction."""
    fit = activation_energy(DEGC, SIGMA)
    assert fit.activation_energy_ev.magnitude == pytest.approx(0.35, rel=1e-9)
    assert fit.log_prefactor.magnitude == pytest.approx(np.log(2e5), rel=1e-9)
    assert fit.fitted_s_cm == pytest.approx(SIGMA)


def test_leaving_out_the_temperature_before_the_exponential_moves_the_energy_by_kt() -> None:
    """d ln T/d(1/kT) = -kT: regressing ln σ is low by 0.02-0.03 eV, k times the mean temperature of the series."""
    wrong = -np.polyfit(1 / (BOLTZMANN_EV_K * KELVIN), np.log(SIGMA), 1)[0]
    right = activation_energy(DEGC, SIGMA).activation_energy_ev.magnitude
    assert right - wrong == pytest.approx(BOLTZMANN_EV_K * KELVIN.mean(), rel=0.02)
    assert 0.02 < right - wrong < 0.04


def test_a_factor_common_to_all_conductivities_leaves_the_energy() -> None:
    first, other = (activation_energy(DEGC, SIGMA * factor).activation_energy_ev for factor in (1, 7.3))
    assert first.magnitude == pytest.approx(other.magnitude, rel=1e-9)


@trials(400)
@pytest.mark.parametrize("count", [3, 7])
@pytest.mark.parametrize("noise", [0.001, 0.01, 0.03])
@pytest.mark.parametrize("weighted", [True, False])
def test_stated_interval_covers_the_true_energy(count: int, noise: float, weighted: bool, trials: int) -> None:
    """Normal noise of ln σ, larger at low temperature if weighted: 0.35 eV inside in 90-99 % of 400 trials."""
    random, inside = np.random.default_rng([count, int(noise * 1e4)]), []
    spread = noise * (np.linspace(3, 1, count) if weighted else np.ones(count))
    for _ in range(trials):
        sigma = SIGMA[:count] * np.exp(spread * random.normal(size=count))
        uncertainty = spread * sigma if weighted else None
        low, high = activation_energy(DEGC[:count], sigma, uncertainty).activation_energy_ev.interval()
        inside.append(low <= 0.35 <= high)
    assert holds(inside)


def pellet_series(
    thickness_um: float, noise: float, random: np.random.Generator, spread: float = 0.05
) -> list[Estimate]:
    """Conductivities of one pellet of 600 µm whose thickness was read as `thickness_um`, with noise of each R."""
    thickness = Estimate.measured(thickness_um, spread * thickness_um).attributed("geometry", shared="thickness")
    return [
        ionic_conductivity(
            Estimate.measured(ohm * np.exp(noise * random.normal()), noise * ohm).attributed("fit"),
            thickness,
            Estimate.exact(0.785),
        )
        for ohm in 600e-4 / (SIGMA * 0.785)
    ]


def magnitudes(numbers: list[Estimate]) -> np.ndarray:
    return np.array([number.magnitude for number in numbers])


def test_a_shared_thickness_cancels_in_the_energy_and_stays_in_the_prefactor() -> None:
    series = pellet_series(600.0, 0.01, np.random.default_rng(3))
    without = activation_energy(DEGC, magnitudes(series))
    fit = activation_energy(DEGC, magnitudes(series), conductivities=series)
    assert fit.activation_energy_ev == without.activation_energy_ev
    assert [part.name for part in fit.activation_energy_ev.components] == ["fit"]
    geometry = next(part for part in fit.log_prefactor.components if part.name == "geometry")
    assert geometry.contribution == pytest.approx(0.05, rel=1e-6)
    assert geometry.shared == "thickness"
    scatter = without.log_prefactor.standard_uncertainty
    assert fit.log_prefactor.standard_uncertainty == pytest.approx(np.hypot(0.05, scatter), rel=1e-6)


def test_a_shared_cause_that_grows_with_temperature_stays_in_the_energy() -> None:
    """A relative error proportional to 1/kT is an error of the energy by its factor."""
    reciprocal = 1 / (BOLTZMANN_EV_K * KELVIN)
    series = [
        Estimate.of_components(sigma, Component("drift", -0.01 * sigma * x, shared="thermocouple"))
        for sigma, x in zip(SIGMA.tolist(), reciprocal.tolist(), strict=True)
    ]
    (part,) = activation_energy(DEGC, SIGMA, conductivities=series).activation_energy_ev.components
    assert part.contribution == pytest.approx(0.01, rel=1e-6)


@trials(2000)
def test_energy_and_prefactor_of_a_pellet_of_uncertain_thickness_hold_the_truth(trials: int) -> None:
    """Thickness known to 5 %, resistances to 1 %: both intervals contain the truth in 93-97 % of 2000 pellets."""
    random, energies, prefactors = np.random.default_rng(11), [], []
    for _ in range(trials):
        series = pellet_series(600.0 * np.exp(0.05 * random.normal()), 0.01, random)
        fit = activation_energy(DEGC, magnitudes(series), conductivities=series)
        (low, high), (least, most) = fit.activation_energy_ev.interval(), fit.log_prefactor.interval()
        energies.append(low <= 0.35 <= high)
        prefactors.append(least <= np.log(2e5) <= most)
    assert holds(energies, 0.93, 0.97)
    assert holds(prefactors, 0.93, 0.97)


@pytest.mark.parametrize(
    ("degc", "sigma", "uncertainty", "code", "parameters"),
    [
        (DEGC[:2], SIGMA[:2], None, "too-few-temperatures", {"fewest_temperatures": 3, "different": 2}),
        (np.array([20.0, 20.0, 30.0]), SIGMA[:3], None, "too-few-temperatures", {"different": 2}),
        (
            np.array([20.0, -300.0, 30.0]),
            SIGMA[:3],
            None,
            "temperature-below-absolute-zero",
            {"bad": 2, "kelvin": -300.0},
        ),
        (DEGC[:3], np.array([1e-3, 0.0, 1e-3]), None, "conductivity-not-positive", {"bad": 2, "sigma": 0.0}),
        (DEGC[:3], SIGMA[:4], None, "unequal-columns", {"kelvin_size": 3, "sigma_size": 4}),
        (DEGC[:3], SIGMA[:3], np.array([1e-6, 0.0, 1e-6]), "no-weight", {"bad": 2, "stated": 0.0}),
        (DEGC[:3], SIGMA[:3], np.array([1e-6]), "unequal-columns", {"stated_size": 1, "sigma_size": 3}),
    ],
)
def test_refuses_points_that_determine_no_line(degc, sigma, uncertainty, code: str, parameters: dict) -> None:
    with refuses(code, InsufficientData, **parameters):
        activation_energy(degc, sigma, uncertainty)


@trials(1000)
@pytest.mark.parametrize(("count", "noise"), [(8, 0.03), (12, 0.1)])
def test_the_energies_of_two_ranges_hold_the_truth(count: int, noise: float, trials: int) -> None:
    """0.60 eV below 10 °C and 0.30 eV above: inside in 92-99 % of the series of 1000 that have two ranges."""
    random, inside = np.random.default_rng(count), []
    degc = np.linspace(-40, 60, count)
    x, kink = 1 / (BOLTZMANN_EV_K * (degc + 273.15)), 1 / (BOLTZMANN_EV_K * 283.15)
    for trial in range(trials):
        log = np.where(x > kink, -0.6, -0.3) * (x - kink) + noise * random.normal(size=count)
        fit = activation_energy(degc, np.exp(log) / (degc + 273.15))
        if fit.ranges:
            low, high = fit.ranges[trial % 2].activation_energy_ev.interval()
            inside.append(low <= (0.6, 0.3)[trial % 2] <= high)
    assert holds(inside, 0.92, 0.99)
