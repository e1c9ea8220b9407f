"""The table of physical limits, and the highest conductivities and capacities that are known."""

import math
import re

from analyses.consistency.relation import Limit

BOLTZMANN_EV = 8.617333262e-5
ROOM_K = 298.15
HIGHEST_IONIC_S_CM = 0.041
"""At 25 °C, of a sodium conductor: T. Fuchs et al., ACS Energy Lett. 2020, 5, 146. Of a lithium conductor it is
0.032 S/cm: Y. Li et al., Science 2023, 381, 50."""
LOWEST_BARRIER_EV, HIGHEST_BARRIER_EV = 0.15, 0.40
"""Activation energies between which fast solid conductors lie; below 25 °C the lower allows more, above the higher."""
HOTTEST_DEGC = 100.0
"""Temperature of the limit if none is recorded."""
HIGHEST_ELECTRONIC_S_CM = 6.3e5
"""Of silver at 20 °C: CRC Handbook of Chemistry and Physics."""

HIGHEST_CAPACITIES: tuple[tuple[str, str, float], ...] = (
    (r"NCM|NMC|NCA|LNO|LiNi(?!0?\.5Mn)|LCO|LiCoO", "a layered oxide", 280.0),
    (r"LFP|LiFePO", "lithium iron phosphate", 170.0),
    (r"LNMO|LiNi0?\.5Mn1\.5", "a nickel manganese spinel", 147.0),
    (r"LTO|Li4Ti5O12", "lithium titanate", 175.0),
    (r"Li2S(?![a-z0-9])", "lithium sulfide", 1167.0),
    (r"graphite", "graphite", 372.0),
)
"""Pattern of names, family, and charge of all its lithium (or of one lithium per six carbon atoms) per gram [mAh/g]."""

TABLE = "charge of all lithium that the material can hold"
PERCENT = "a percentage of about 1 or less is usually a fraction"

LIMITS: tuple[Limit, ...] = (
    Limit(
        "share of the theoretical capacity",
        (("specific_capacity_mah_g", 1), ("theoretical_capacity_mah_g", -1)),
        "specific_capacity_mah_g",
        0.005,
        1.0,
        "not-within-theoretical-capacity",
        "{subject} is {ratio} times {limit}{hint}",
        TABLE,
        plausible=0.1,
    ),
    Limit(
        "share of the theoretical capacity, charge",
        (("specific_charge_capacity_mah_g", 1), ("theoretical_capacity_mah_g", -1)),
        "specific_charge_capacity_mah_g",
        0.005,
        1.2,
        "not-within-theoretical-capacity",
        "{subject} is {ratio} times {limit}{hint}",
        f"{TABLE}; side reactions may add up to a fifth",
        plausible=0.1,
    ),
    Limit(
        "nominal share of the theoretical capacity",
        (("nominal_specific_capacity_mah_g", 1), ("theoretical_capacity_mah_g", -1)),
        "nominal_specific_capacity_mah_g",
        0.25,
        1.2,
        "nominal-capacity-implausible",
        "{subject} is {ratio} times {limit}{hint}",
        "1C refers to the practical or theoretical capacity: from a quarter of the latter to a fifth more",
        plausible=0.25,
    ),
    Limit(
        "retention",
        (("capacity_retention_percent", 1),),
        "capacity_retention_percent",
        1.5,
        110.0,
        "retention-implausible",
        "{subject}: from 1.5 to 110 % is plausible{hint}",
        f"activation adds a few percent of capacity; {PERCENT}",
        plausible=30.0,
        question="is the reference cycle complete, and at the same current as the end cycle",
    ),
    Limit(
        "coulombic efficiency",
        (("coulombic_efficiency_percent", 1),),
        "coulombic_efficiency_percent",
        1.5,
        101.0,
        "efficiency-implausible",
        "{subject}: an efficiency from 1.5 to 101 % is plausible{hint}",
        f"not more charge can be recovered than was stored, within the error of a cycler; {PERCENT}",
        plausible=30.0,
    ),
    Limit(
        "first-cycle efficiency",
        (("first_cycle_efficiency_percent", 1),),
        "first_cycle_efficiency_percent",
        1.5,
        101.0,
        "efficiency-implausible",
        "{subject}: an efficiency from 1.5 to 101 % is plausible{hint}",
        f"not more charge can be recovered than was stored, within the error of a cycler; {PERCENT}",
        plausible=30.0,
    ),
    Limit(
        "energy efficiency",
        (("energy_efficiency_percent", 1),),
        "energy_efficiency_percent",
        1.5,
        101.0,
        "efficiency-implausible",
        "{subject}: an efficiency from 1.5 to 101 % is plausible{hint}",
        f"not more energy can be recovered than was stored, within the error of a cycler; {PERCENT}",
        plausible=30.0,
    ),
    Limit(
        "ionic conductivity over the highest known",
        (("ionic_conductivity_s_cm", 1), ("highest_ionic_conductivity_s_cm", -1)),
        "ionic_conductivity_s_cm",
        0.0,
        1.0,
        "above-highest-conductivity",
        "{subject} is {ratio} times {limit}{hint}",
        "T. Fuchs et al., ACS Energy Lett. 2020, 5, 146; Y. Li et al., Science 2023, 381, 50",
        plausible=1e-6,
    ),
    Limit(
        "electronic conductivity over the highest known",
        (("electronic_conductivity_s_cm", 1), ("highest_electronic_conductivity_s_cm", -1)),
        "electronic_conductivity_s_cm",
        0.0,
        1.0,
        "above-highest-conductivity",
        "{subject} is {ratio} times {limit}{hint}",
        "CRC Handbook of Chemistry and Physics",
        plausible=1e-16,
    ),
    Limit(
        "mean discharge voltage over the upper limit",
        (("mean_discharge_voltage_v", 1), ("voltage_upper_v", -1)),
        "mean_discharge_voltage_v",
        0.0,
        1.0,
        "outside-voltage-window",
        "{subject} is {ratio} times {limit}{hint}",
        "a mean lies between its extremes",
        plausible=0.3,
    ),
    Limit(
        "mean discharge voltage over the lower limit",
        (("mean_discharge_voltage_v", 1), ("voltage_lower_v", -1)),
        "mean_discharge_voltage_v",
        1.0,
        math.inf,
        "outside-voltage-window",
        "{subject} is {ratio} times {limit}{hint}",
        "a mean lies between its extremes",
        plausible=1.0,
    ),
    Limit(
        "mean charge voltage over the upper limit",
        (("mean_charge_voltage_v", 1), ("voltage_upper_v", -1)),
        "mean_charge_voltage_v",
        0.0,
        1.0,
        "outside-voltage-window",
        "{subject} is {ratio} times {limit}{hint}",
        "a mean lies between its extremes",
        plausible=0.3,
    ),
    Limit(
        "mean charge voltage over the lower limit",
        (("mean_charge_voltage_v", 1), ("voltage_lower_v", -1)),
        "mean_charge_voltage_v",
        1.0,
        math.inf,
        "outside-voltage-window",
        "{subject} is {ratio} times {limit}{hint}",
        "a mean lies between its extremes",
        plausible=1.0,
    ),
    Limit(
        "lower over upper voltage limit",
        (("voltage_lower_v", 1), ("voltage_upper_v", -1)),
        "voltage_lower_v",
        0.0,
        1.0,
        "outside-voltage-window",
        "{subject} is {ratio} times {limit}{hint}",
        "the lower limit is below the upper",
    ),
    Limit(
        "mean discharge over mean charge voltage",
        (("mean_discharge_voltage_v", 1), ("mean_charge_voltage_v", -1)),
        "mean_discharge_voltage_v",
        0.0,
        1.01,
        "discharge-above-charge-voltage",
        "{subject} is {ratio} times {limit}{hint}",
        "polarisation lowers the voltage of a discharge and raises that of a charge",
        plausible=0.3,
    ),
    Limit(
        "highest voltage of a cell",
        (("mean_discharge_voltage_v", 1),),
        "mean_discharge_voltage_v",
        0.0,
        6.0,
        "voltage-implausible",
        "{subject}: a mean voltage up to 6 V is plausible{hint}",
        "no electrode pair has more: Li⁺/Li against F₂/F⁻ is 5.9 V under standard conditions",
        plausible=0.5,
    ),
    Limit(
        "highest overpotential",
        (("overpotential_v", 1),),
        "overpotential_v",
        0.0,
        5.0,
        "voltage-implausible",
        "{subject}: an overpotential up to 5 V is plausible{hint}",
        "the electrolytes of symmetric cells decompose at less, and tests are stopped there",
        plausible=0.001,
    ),
    Limit(
        "solid share of a layer",
        (("relative_density_percent", 1),),
        "layer_density_g_cm3",
        0.02,
        1.0,
        "porosity-impossible",
        "{subject} is {ratio} times {limit}{hint}",
        "no layer is denser than its solid, and a pellet or electrode with more than 98 % pores is not coherent",
        log_constant=math.log(0.01),
        plausible=0.1,
    ),
    Limit(
        "share of the die that a layer covers",
        (("filled_share", 1),),
        "area_cm2",
        0.0,
        1.01,
        "larger-than-the-die",
        "{subject} is {ratio} times {limit}{hint}",
        "a layer fits into its die, to 1 % as areas are rounded",
        plausible=0.05,
        compared="area of the die",
    ),
    Limit(
        "share of the layers in the mass of the cell",
        (("layers_mass_mg", 1), ("cell_mass_mg", -1)),
        "layers_mass_mg",
        0.0,
        1.0,
        "cell-lighter-than-its-layers",
        "{subject} is {ratio} times {limit}{hint}",
        "a cell contains its layers",
        plausible=0.01,
    ),
    Limit(
        "reference over end cycle",
        (("retention_reference_cycle", 1), ("retention_end_cycle", -1)),
        "retention_reference_cycle",
        0.0,
        1.0,
        "reference-after-end-cycle",
        "{subject} is {ratio} times {limit}{hint}",
        "the reference is an earlier cycle",
    ),
)
"""Every limit: what it bounds, its range, and where that comes from."""


def highest_ionic_conductivity_s_cm(temperature_degc: float | None) -> float:
    """Return the highest ionic conductivity that a solid lithium or sodium conductor may have.

    The highest known at 25 °C, carried to the temperature with σT ∝ exp(−E/kT) and the activation energy that allows
    more: 0.15 eV below 25 °C, 0.40 eV above.

    Parameters
    ----------
    temperature_degc : float or None
        Temperature, of a range its upper end; None takes 100 °C [°C].

    Returns
    -------
    float
        Conductivity [S cm⁻¹].

    Examples
    --------
    >>> round(highest_ionic_conductivity_s_cm(25.0), 3), round(highest_ionic_conductivity_s_cm(-25.0), 3)
    (0.041, 0.015)
    """
    kelvin = (HOTTEST_DEGC if temperature_degc is None else temperature_degc) + 273.15
    barrier = LOWEST_BARRIER_EV if kelvin < ROOM_K else HIGHEST_BARRIER_EV
    return HIGHEST_IONIC_S_CM * ROOM_K / kelvin * math.exp(barrier / BOLTZMANN_EV * (1 / ROOM_K - 1 / kelvin))


def highest_capacity_mah_g(name: str) -> tuple[str, float] | None:
    """Return the family of an active material and the most that its lithium can carry, None of an unknown one.

    Parameters
    ----------
    name : str
        Name or formula of the material.

    Returns
    -------
    tuple of (str, float) or None
        Family in words, and capacity [mAh/g].

    Examples
    --------
    >>> highest_capacity_mah_g("NCM90"), highest_capacity_mah_g("X")
    (('a layered oxide', 280.0), None)
    """
    for pattern, family, capacity in HIGHEST_CAPACITIES:
        if re.search(pattern, name, re.IGNORECASE):
            return family, capacity
    return None
