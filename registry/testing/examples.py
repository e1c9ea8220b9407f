"""Example inputs for every technique: complete, realistic, and the same on every machine.

Each technique has one or more forms, such as a test with its rows, or only its per-cycle table. Reported and computed
values agree with the data within their rounding.
"""

import math
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import numpy as np

from analyses.uncertainty import Estimate
from registry.hookspecs import Columns, Fact, Image
from registry.testing.cells import (
    AREA_CM2,
    CAPACITY_MAH,
    COMPOSITE_PELLET,
    FULL_CELL,
    LITHIUM_ON_BOTH_SIDES,
    PELLET,
    PELLET_UM,
    ROOM_DEGC,
    Facts,
    FactsAndData,
    exact,
    measured,
    measured_as,
    rounded,
)
from registry.testing.characterisation import POROSITY, diffractogram, picture, pressure_log, without_data
from registry.testing.example import Example, read_only
from registry.testing.synthetic.cycling import cycling_rows, layered_oxide
from registry.testing.synthetic.scatter import noisy
from registry.testing.synthetic.spectrum import spectrum
from registry.testing.synthetic.staircase import staircase
from registry.testing.synthetic.symmetric import symmetric_rows

EXAMPLES_VERSION = 2
"""Change it whenever the numbers here change: golden files of another version are then out of date."""

RESISTANCE_OHM = 1050.0
PRESSURE_MPA = 10.0
PRESSURE_EXPONENT = 0.1
ACTIVATION_ENERGY_EV = 0.35
BOLTZMANN_EV_K = 8.617333262e-5
FORMATION = 2
CYCLES = 30
FADE = 0.001
"""Share of the capacity lost per cycle."""
MEAN_VOLTAGE_V = 3.78
SYMMETRIC_MA = 0.5 * AREA_CM2


def conductivity(resistance_ohm: float) -> float:
    """Return L/(R A) of the example pellet [S/cm]."""
    return PELLET_UM * 1e-4 / (resistance_ohm * AREA_CM2)


def _resistance_at(degc: float, mpa: float) -> float:
    """Return the resistance of the pellet, from σT = σ₀ exp(-E_a/kT) and σ = a p^m [Ω]."""
    kelvin, room = degc + 273.15, ROOM_DEGC + 273.15
    of_temperature = kelvin / room * math.exp(ACTIVATION_ENERGY_EV / BOLTZMANN_EV_K * (1 / kelvin - 1 / room))
    return RESISTANCE_OHM * of_temperature * (PRESSURE_MPA / mpa) ** PRESSURE_EXPONENT


def pellet_spectrum(degc: float = ROOM_DEGC, *, mpa: float = PRESSURE_MPA, grains: bool = False) -> FactsAndData:
    """Return a spectrum of the pellet at this temperature and stack pressure."""
    resistance = _resistance_at(degc, mpa)
    sigma = conductivity(resistance)
    numbers = {
        "resistance_ohm": measured(resistance, 0.002 * resistance),
        "ionic_conductivity_s_cm": Estimate(sigma, 0.995 * sigma, 1.005 * sigma, 0.002 * sigma),
    }
    reported = {"resistance_ohm": rounded(round(resistance, -1), 5), "ionic_conductivity_s_cm": _in_digits(sigma, 3)}
    facts = PELLET | measured_as(
        "eis",
        blocks="ions",
        reported=reported,
        computed=numbers,
        temperature_degc=rounded(degc, 0.5),
        stack_pressure_mpa=rounded(mpa, 0.5),
    )
    return facts, partial(_spectrum_of_grains if grains else _spectrum_of_pellet, resistance)


def _in_digits(number: float, digits: int) -> Estimate:
    """Return a number rounded to this many digits."""
    unit = 10.0 ** (math.floor(math.log10(number)) - digits + 1)
    return rounded(round(number / unit) * unit, unit / 2)


def _spectrum_of_pellet(resistance: float) -> Columns:
    values = (0.05 * resistance, 0.95 * resistance, 1e-9, 0.9, 1e-6, 0.85)
    return spectrum("R0-p(R1,CPE1)-CPE2", values, relative_noise=0.003)


def _spectrum_of_grains(resistance: float) -> Columns:
    values = (0.4 * resistance, 3e-11, 0.97, 0.6 * resistance, 1e-8, 0.95, 1e-5, 0.85)
    return spectrum("p(R1,CPE1)-p(R2,CPE2)-CPE3", values, relative_noise=0.002)


def _cell_spectrum() -> FactsAndData:
    facts = FULL_CELL | measured_as("eis", voltage_v=rounded(3.8, 0.005), cycle_number=exact(3))
    values = (30.0, 60.0, 1e-6, 0.9, 90.0, 1e-3, 0.85, 20.0)
    return facts, partial(spectrum, "R0-p(R1,CPE1)-p(R2,CPE2)-W3", values, lowest_hz=0.01, relative_noise=0.003)


def _staircase(blocks: str) -> FactsAndData:
    quantity = "electronic_conductivity_s_cm" if blocks == "ions" else "ionic_conductivity_s_cm"
    numbers = {"resistance_ohm": measured(1000.0, 0.5), quantity: measured(conductivity(1000.0), 1e-6)}
    reported = {"resistance_ohm": rounded(1000.0, 5), quantity: _in_digits(conductivity(1000.0), 3)}
    made_of = COMPOSITE_PELLET if blocks == "ions" else PELLET
    return made_of | measured_as("chronoamperometry", blocks=blocks, reported=reported, computed=numbers), _stairs


def _stairs() -> Columns:
    time, voltage, current = staircase()
    return {"test_time_second": time, "voltage_volt": voltage, "current_ampere": noisy(current, 1e-5, 3)}


def _capacities_ah(cycles: int) -> list[float]:
    shares = [1.01] * FORMATION + [1 - FADE * cycle for cycle in range(cycles - FORMATION)]
    return [CAPACITY_MAH / 1000 * share for share in shares]


def _cycling_facts(*, has_data: bool = True, cycles: int = CYCLES) -> Facts:
    retention = 100 * (1 - FADE * (cycles - FORMATION - 1))
    per_gram = CAPACITY_MAH / (12.0 * 0.70 * AREA_CM2) * 1000
    reported = {
        "discharge_capacity_mah": rounded(CAPACITY_MAH, 0.005),
        "mean_discharge_voltage_v": rounded(MEAN_VOLTAGE_V, 0.005),
        "specific_capacity_mah_g": rounded(round(per_gram), 0.5),
        "capacity_retention_percent": rounded(round(retention, 1), 0.05),
        "cycle_count": exact(cycles - FORMATION),
        "coulombic_efficiency_percent": rounded(99.5, 0.05),
    }
    numbers = {
        "discharge_capacity_mah": measured(CAPACITY_MAH, 0.0005),
        "mean_discharge_voltage_v": measured(MEAN_VOLTAGE_V, 0.002),
        "specific_capacity_mah_g": Estimate(per_gram, 0.98 * per_gram, 1.02 * per_gram, 0.1),
        "areal_capacity_mah_cm2": measured(CAPACITY_MAH / AREA_CM2, 0.001),
        "capacity_retention_percent": measured(retention, 0.05),
        "capacity_fade_percent_per_cycle": measured(100 * FADE, 0.001),
        "coulombic_efficiency_percent": measured(99.5, 0.01),
        "cycle_count": exact(cycles - FORMATION),
    }
    return FULL_CELL | measured_as(
        "cycling",
        reported=reported,
        computed=numbers if has_data else {},
        has_data=has_data,
        voltage_lower_v=rounded(3.0, 0.05),
        voltage_upper_v=rounded(4.3, 0.05),
        c_rate=rounded(1 / 3, 0.005),
        current_density_ma_cm2=rounded(0.56, 0.005),
    )


def _rows(cycles: int) -> Columns:
    efficiency = [0.88] + [0.995] * (cycles - 1)
    current = [CAPACITY_MAH / 10_000] * FORMATION + [CAPACITY_MAH / 3000] * (cycles - FORMATION)
    rows = cycling_rows(_capacities_ah(cycles), efficiency=efficiency, current_a=current, curve=layered_oxide)
    rows["voltage_volt"] = noisy(rows["voltage_volt"], 1e-5, 4)
    flowing = rows["current_ampere"] != 0
    rows["current_ampere"] = np.where(flowing, noisy(rows["current_ampere"], 1e-5, 5), 0.0)
    return rows


def _rate_test() -> Columns:
    rates, cycles = [0.1, 0.2, 0.5, 1.0, 0.1], 3
    share = {0.1: 1.0, 0.2: 0.97, 0.5: 0.89, 1.0: 0.74}
    capacities = [CAPACITY_MAH / 1000 * share[rate] * (1 - FADE * number) for number, rate in enumerate(rates)]
    currents = [CAPACITY_MAH / 1000 * rate for rate in rates]
    rows = cycling_rows(
        list(np.repeat(capacities, cycles)),
        efficiency=0.995,
        current_a=list(np.repeat(currents, cycles)),
        curve=layered_oxide,
    )
    rows["voltage_volt"] = noisy(rows["voltage_volt"], 1e-5, 8)
    return rows


def _per_cycle_table() -> Columns:
    discharge = np.array(_capacities_ah(CYCLES))
    discharge = discharge * noisy(np.ones(CYCLES), 1e-4, 6)
    efficiency = np.array([0.88] + [0.995] * (CYCLES - 1))
    return {
        "cycle_count": np.arange(1.0, CYCLES + 1),
        "cycle_discharging_capacity_ah": discharge,
        "cycle_charging_capacity_ah": discharge / efficiency,
    }


def _symmetric(*, stepped: bool = False) -> FactsAndData:
    currents = [SYMMETRIC_MA / 1000 * (step if stepped else 1) for step in range(1, 7 if stepped else 31)]
    defect = {"short_at_h": 9.3} if stepped else {"growth_ohm_h": 0.05}
    volts = SYMMETRIC_MA / 1000 * 50
    facts = LITHIUM_ON_BOTH_SIDES | measured_as(
        "symmetric_cycling",
        blocks="none",
        reported={"overpotential_v": rounded(round(volts, 3), 0.0005)},
        computed={"overpotential_v": measured(volts, 0.0002)},
        current_density_ma_cm2=rounded(0.5, 0.005),
    )
    return facts, partial(_symmetric_columns, tuple(currents), **defect)


def _symmetric_columns(currents: tuple[float, ...], **defect: Any) -> Columns:
    rows = symmetric_rows(currents, resistance_ohm=50.0, arc=0.02, **defect)
    return rows | {"voltage_volt": noisy(rows["voltage_volt"], 1e-4, 7)}


def _open_circuit() -> FactsAndData:
    return FULL_CELL | measured_as("open_circuit"), _rest


def _rest() -> Columns:
    time = 10.0 * np.arange(60)
    return {"test_time_second": time, "voltage_volt": 3.7 - 0.03 * (1 - np.exp(-time / 120))}


def _pressure() -> FactsAndData:
    change = {"pressure_change_mpa": rounded(1.2, 0.05)}
    facts = FULL_CELL | measured_as("pressure", reported=change, computed={"pressure_change_mpa": measured(1.2, 0.02)})
    return facts, partial(_rows, 5)


FORMS: Mapping[str, Mapping[str, Callable[[], FactsAndData]]] = {
    "eis": {
        "pellet": pellet_spectrum,
        "pellet with grain boundaries": partial(pellet_spectrum, grains=True),
        "full cell": _cell_spectrum,
    },
    "chronoamperometry": {
        "ions blocked": partial(_staircase, "ions"),
        "electrons blocked": partial(_staircase, "electrons"),
    },
    "cycling": {
        "rows": lambda: (_cycling_facts(), partial(_rows, CYCLES)),
        "per-cycle table": lambda: (_cycling_facts(), _per_cycle_table),
        "reported": lambda: (_cycling_facts(has_data=False), None),
        "rate test": lambda: (_cycling_facts(), _rate_test),
    },
    "symmetric_cycling": {"one current": _symmetric, "rising currents": partial(_symmetric, stepped=True)},
    "open_circuit": {"rest": _open_circuit},
    "pressure": {"while cycling": _pressure, "pressure log": pressure_log},
    "sem": {
        "cross-section": partial(without_data, "sem", FULL_CELL, porosity_percent=rounded(POROSITY, 0.5)),
        "picture": partial(picture, "sem", FULL_CELL, pixel_um=0.05, porosity_percent=rounded(POROSITY, 0.5)),
    },
    "xrd": {"powder": partial(without_data, "xrd", PELLET), "diffractogram": diffractogram},
    "photograph": {
        "pellet": partial(without_data, "photograph", PELLET),
        "picture": partial(picture, "photograph", PELLET),
    },
}
"""By technique and form; the first form is the default."""


def example_inputs(
    technique: str,
    changes: Mapping[str, Fact] | None = None,
    *,
    form: str = "",
    like: str = "",
    columns: Mapping[str, Any] | None = None,
    image: Image | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Example:
    """Return complete inputs of a measurement by this technique, with some facts or columns changed.

    `changes` are facts by path, None to remove one: `example_inputs("eis", {"layers.1.area_cm2": None})`.
    `columns` replace those of the example, None removes one; `image` is an image in place of them. `form` is one of
    `example_forms(technique)`. `like` is the built-in technique whose example stands for that of a plugin:
    `example_inputs("raman", like="xrd", form="diffractogram", columns={…})`. `with_datasets` of the result adds
    datasets with a role.
    """
    facts, load = made(technique, form, like)
    data = {"": partial(_columns_of, like or technique, form)} if load else {}
    example = Example(facts, data, parameters)
    return (example.with_image(image) if image else example).changed(changes, columns=columns)


def example_forms(technique: str) -> tuple[str, ...]:
    """Return the names of the forms of a technique."""
    if technique not in FORMS:
        raise ValueError(
            f"there is no example of ‘{technique}’: use one of {', '.join(FORMS)}; for one of a plugin, name the "
            "built-in one whose example stands for it, such as like='xrd'"
        )
    return tuple(FORMS[technique])


def made(technique: str, form: str, like: str = "") -> FactsAndData:
    """Return the facts of a form of a technique, or of the one it is like, and the function that loads its columns."""
    if like and like != technique:
        facts, load = made(like, form)
        return {**facts, "measurement.technique": technique}, load
    forms = example_forms(technique)
    if form and form not in forms:
        raise ValueError(f"{technique} has no form ‘{form}’: use one of {', '.join(forms)}")
    return FORMS[technique][form or forms[0]]()


@cache
def _columns_of(technique: str, form: str) -> Columns:
    load = made(technique, form)[1]
    assert load is not None
    return read_only(load())


def guarded(load: Callable[[], Columns]) -> Columns:
    """Load columns that cannot be changed."""
    return read_only(load())
