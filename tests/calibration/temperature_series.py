"""Activation energy of a temperature series."""

import numpy as np

from analyses.transport.activation_energy import BOLTZMANN_EV_K, ZERO_CELSIUS_K
from analyses.transport.ionic_conductivity import ionic_conductivity
from analyses.uncertainty import Estimate
from plugins.activation_energy import register_analyses, run
from registry.contract.analysis_support.transport.temperature_series import COMMON_TEMPERATURE
from registry.hookspecs import Inputs
from tests.calibration.study import Answer, Study, answer_of

ENERGY_EV = 0.35
COLDEST, HOTTEST = -20.0, 70.0
DEFAULTS = {parameter.name: parameter.default for parameter in register_analyses()[0].parameters}
DEPENDS_ON = register_analyses()[0].depends_on
SIGMA = "ionic_conductivity_s_cm"


def series(
    count: int,
    noise: float,
    *,
    independent_k: float = 0.0,
    common_k: float = 0.5,
    stated: bool = True,
    kink_ev: float = 0.0,
    energy_ev: float = ENERGY_EV,
):
    """Return a trial: spectra of one pellet of 600 ± 18 µm, whose resistances have noise of 0.3 to 1 times `noise`.

    All temperatures have an error in common, of the standard deviation that the parameter states.
    """

    def trial(random: np.random.Generator) -> Answer:
        degc = np.linspace(COLDEST, HOTTEST, count)
        kelvin = degc + ZERO_CELSIUS_K + common_k * random.normal() + independent_k * random.normal(size=count)
        x = 1 / (BOLTZMANN_EV_K * kelvin)
        middle = 1 / (BOLTZMANN_EV_K * (25.0 + ZERO_CELSIUS_K))
        log = 12.0 - energy_ev * x - kink_ev * np.clip(x - middle, 0.0, None)
        spread = noise * np.linspace(1.0, 0.3, count)
        ohm = 0.06 * kelvin / (np.exp(log + spread * random.normal(size=count)) * 0.785)
        thickness = Estimate.measured(600.0 * (1 + 0.03 * random.normal()), 18.0)
        thickness = thickness.attributed("geometry", shared="thickness")
        facts: dict = {"measurements.eis": tuple(f"M-{number}" for number in range(count))}
        for number in range(count):
            own = float(spread[number] * ohm[number]) if stated else 0.0
            resistance = Estimate.measured(float(ohm[number]), own).attributed("fit", shared=f"fit {number}")
            sigma = ionic_conductivity(resistance, thickness, Estimate.exact(0.785))
            facts[f"measurements.M-{number}.temperature_degc"] = Estimate.measured(
                float(degc[number]), independent_k if stated else 0.0
            )
            facts[f"measurements.M-{number}.computed.{SIGMA}"] = sigma
        parameters = DEFAULTS | {COMMON_TEMPERATURE: common_k}
        inputs = Inputs(facts, parameters=parameters, depends_on=DEPENDS_ON)
        return answer_of(energy_ev, lambda: _energy(inputs))

    return trial


def _energy(inputs: Inputs) -> Estimate | None:
    """Return the single activation energy; None if there are two ranges."""
    values = {result.key: result.estimate for result in run(inputs).values}
    return values.get("activation_energy_ev")


QUANTITY = "Activation energy"
FEW = "with three or four temperatures the thermometer is assumed no more accurate than the scatter"


def _white(count: int, noise: float, *, stated: bool = True) -> Study:
    weights = "" if stated else ", none stated"
    words = f"{count} temperatures, noise of σ up to {100 * noise:g} %{weights}"
    return Study(QUANTITY, words, series(count, noise, stated=stated), covers_more=FEW if count <= 4 else "")


def _temperature(count: int, kelvin: float, *, stated: bool) -> Study:
    words = f"{count} temperatures, each off by {kelvin:g} K ({'stated' if stated else 'not stated'}), noise of σ 1 %"
    trial = series(count, 0.01, independent_k=kelvin, stated=stated)
    return Study(QUANTITY, words, trial, covers_more=FEW if count <= 4 else "")


STUDIES = (
    *(_white(count, noise) for count in (3, 4, 5, 7, 10) for noise in (0.01, 0.1)),
    *(_white(count, 0.03, stated=False) for count in (4, 10)),
    *(
        _temperature(count, kelvin, stated=stated)
        for count, kelvin, stated in ((4, 1.0, True), (7, 0.5, False), (10, 1.0, True))
    ),
    Study(
        QUANTITY,
        "3 temperatures, all off by the same 1 K, noise of σ 1 %",
        series(3, 0.01, common_k=1.0),
        covers_more=FEW,
    ),
    Study(QUANTITY, "7 temperatures, all off by the same 1 K, noise of σ 1 %", series(7, 0.01, common_k=1.0)),
    Study(QUANTITY, "7 temperatures, no common error, noise of σ 3 %", series(7, 0.03, common_k=0.0)),
)
