"""Values derived from the numbers of a layer: masses, theoretical capacity, density and porosity; and the N:P ratio."""

from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate, propagate

DENSITY_FACTOR = 10.0
"""From mg/cm² per µm to g/cm³."""


def active_mass_mg(electrode_mg: Estimate, active_fraction_percent: Estimate) -> Estimate:
    """Return the mass of active material.

    Parameters
    ----------
    electrode_mg, active_fraction_percent : Estimate
        Mass of the electrode [mg] and mass fraction of active material in it [%].

    Returns
    -------
    Estimate
        Mass [mg].
    """
    return propagate(lambda mass, fraction: mass * fraction / 100, mass=electrode_mg, fraction=active_fraction_percent)


def electrode_capacity_mah(active_mg: Estimate, theoretical_capacity_mah_g: Estimate) -> Estimate:
    """Return the theoretical capacity of an electrode.

    Parameters
    ----------
    active_mg, theoretical_capacity_mah_g : Estimate
        Mass of active material [mg] and its theoretical capacity [mAh/g].

    Returns
    -------
    Estimate
        Capacity [mAh].
    """
    return propagate(lambda mass, capacity: mass * capacity / 1000, mass=active_mg, capacity=theoretical_capacity_mah_g)


def np_ratio(negative: tuple[Estimate, Estimate, Estimate], positive: tuple[Estimate, Estimate, Estimate]) -> Estimate:
    """Return the ratio of the theoretical areal capacities of the negative and the positive electrode.

    Parameters
    ----------
    negative, positive : tuple of three Estimate
        Loading [mg/cm²], mass fraction of active material [%] and theoretical capacity [mAh/g] of each electrode.

    Returns
    -------
    Estimate
        N:P ratio.

    Raises
    ------
    InsufficientData
        If a number of the positive electrode is not above zero within rounding.
    """
    for number in positive:
        _require_positive(number)

    def ratio(**values: float) -> float:
        return (values["n0"] * values["n1"] * values["n2"]) / (values["p0"] * values["p1"] * values["p2"])

    inputs = {f"n{index}": number for index, number in enumerate(negative)}
    return propagate(ratio, **inputs, **{f"p{index}": number for index, number in enumerate(positive)})


def layer_density_g_cm3(mass_loading_mg_cm2: Estimate, thickness_um: Estimate) -> Estimate:
    """Return the density of a layer with its pores, loading over thickness.

    Parameters
    ----------
    mass_loading_mg_cm2, thickness_um : Estimate
        Loading [mg/cm²] and thickness [µm].

    Returns
    -------
    Estimate
        Density [g/cm³].

    Raises
    ------
    InsufficientData
        If the thickness is not above zero within rounding.

    Examples
    --------
    >>> round(layer_density_g_cm3(Estimate.exact(10 / 0.785), Estimate.exact(60.0)).magnitude, 3)
    2.123
    """
    _require_positive(thickness_um)
    return propagate(
        lambda loading, thickness: DENSITY_FACTOR * loading / thickness,
        loading=mass_loading_mg_cm2,
        thickness=thickness_um,
    )


def relative_density_percent(
    mass_loading_mg_cm2: Estimate, thickness_um: Estimate, density_g_cm3: Estimate
) -> Estimate:
    """Return the density of a layer over that of its solid without pores.

    Parameters
    ----------
    mass_loading_mg_cm2, thickness_um, density_g_cm3 : Estimate
        Loading [mg/cm²], thickness [µm] and density of the solid without pores [g/cm³].

    Returns
    -------
    Estimate
        Relative density; above 100 % where the numbers contradict each other [%].

    Raises
    ------
    InsufficientData
        If thickness or density is not above zero within rounding.

    Examples
    --------
    >>> round(relative_density_percent(*map(Estimate.exact, (6.0, 38.2, 1.86))).magnitude)
    84
    """
    _require_positive(thickness_um)
    _require_positive(density_g_cm3)
    return propagate(
        lambda loading, thickness, density: 100 * DENSITY_FACTOR * loading / (thickness * density),
        loading=mass_loading_mg_cm2,
        thickness=thickness_um,
        density=density_g_cm3,
    )


def porosity_percent(relative: Estimate) -> Estimate:
    """Return what a relative density leaves for pores.

    Parameters
    ----------
    relative : Estimate
        Relative density [%].

    Returns
    -------
    Estimate
        Porosity; its lower bound is not below zero [%].

    Raises
    ------
    InsufficientData
        If the relative density is above 100 %.

    Examples
    --------
    >>> porosity_percent(Estimate.rounded(58.0, 1.0))
    Estimate(magnitude=42.0, lower=41.0, upper=43.0, standard_uncertainty=0.0, inferred=False, \
degrees_of_freedom=inf, components=())
    """
    if relative.magnitude > 100:
        raise InsufficientData(
            "relative-density-above-100",
            "the relative density is {relative:.4g} %: correct mass loading, thickness or density",
            relative=relative.magnitude,
        )
    porosity = propagate(lambda share: 100 - share, share=relative)
    return Estimate(
        porosity.magnitude,
        max(porosity.lower, 0.0),
        porosity.upper,
        porosity.standard_uncertainty,
        porosity.inferred,
        porosity.degrees_of_freedom,
        porosity.components,
    )


def _require_positive(number: Estimate) -> None:
    if number.lower <= 0:
        raise InsufficientData(
            "zero-within-rounding",
            "{number:.4g} is not above zero within rounding: enter it with more digits",
            number=number.magnitude,
        )
