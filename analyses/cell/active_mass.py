"""Mass of active material and area of the cathodes of a cell, and capacities per gram and per area."""

from collections.abc import Sequence

from analyses.cell.energy_density import CellLayer, mass_from
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate, propagate

MG_PER_G = 1e3
PERCENT = 100.0


def active_mass_g(cathodes: Sequence[CellLayer], repeat_units: int = 1) -> Estimate:
    """Return mass (weighed, or loading times area) times active fraction, summed over the cathodes of all repeat units.

    Parameters
    ----------
    cathodes : sequence of CellLayer
        The cathode layers of a repeat unit, each with its mass fraction of active material.
    repeat_units : int, optional
        How often the cell has them.

    Returns
    -------
    Estimate
        Mass of active material [g].

    Raises
    ------
    InsufficientData
        If there is no cathode, one has no fraction, or a number may be zero within its rounding.

    Examples
    --------
    >>> layer = CellLayer(Estimate.exact(10.0), Estimate.exact(2.0), active_fraction_percent=Estimate.exact(80.0))
    >>> round(active_mass_g([layer]).magnitude, 6)
    0.016
    """
    numbers: dict[str, Estimate] = {}
    for index, layer in enumerate(cathodes):
        fraction = layer.active_fraction_percent
        if fraction is None or min(fraction.lower, layer.mass_loading_mg_cm2.lower, layer.area_cm2.lower) <= 0:
            raise _missing()
        numbers |= layer.mass_numbers(index) | {f"fraction_{index}": fraction}
    if not cathodes:
        raise _missing()

    def mass(**number: float) -> float:
        per_unit_mg = sum(
            mass_from(number, index) * number[f"fraction_{index}"] / PERCENT for index in range(len(cathodes))
        )
        return repeat_units * per_unit_mg / MG_PER_G

    return propagate(mass, **numbers)


def _missing() -> InsufficientData:
    return InsufficientData(
        "missing-active-mass",
        "no active mass: the cathode needs a mass loading, an area and an active fraction above zero",
    )


def cathode_area_cm2(areas_cm2: Sequence[Estimate], repeat_units: int = 1) -> Estimate:
    """Return the area of the cathodes of all repeat units.

    Parameters
    ----------
    areas_cm2 : sequence of Estimate
        Area of each cathode layer of a repeat unit [cm²].
    repeat_units : int, optional
        How often the cell has them.

    Returns
    -------
    Estimate
        Area [cm²].

    Raises
    ------
    InsufficientData
        If there is no area, or one may be zero within its rounding.
    """
    if not areas_cm2 or min(area.lower for area in areas_cm2) <= 0:
        raise InsufficientData("missing-cathode-area", "no cathode area: enter an area above zero")
    return propagate(
        lambda **number: repeat_units * sum(number.values()),
        **{f"area_{index}": area for index, area in enumerate(areas_cm2)},
    )


def specific_capacity_mah_g(capacity_mah: Estimate, cathodes: Sequence[CellLayer], repeat_units: int = 1) -> Estimate:
    """Return the capacity per gram of active material in the cathodes.

    Parameters
    ----------
    capacity_mah : Estimate
        Discharge capacity of the cell [mAh].
    cathodes, repeat_units
        As in `active_mass_g`.

    Returns
    -------
    Estimate
        Specific capacity [mAh g⁻¹].

    Raises
    ------
    InsufficientData
        As `active_mass_g`.
    """
    mass_g = active_mass_g(cathodes, repeat_units)
    return propagate(lambda capacity, mass: capacity / mass, capacity=capacity_mah, mass=mass_g)


def areal_capacity_mah_cm2(capacity_mah: Estimate, areas_cm2: Sequence[Estimate], repeat_units: int = 1) -> Estimate:
    """Return the capacity per area of the cathodes.

    Parameters
    ----------
    capacity_mah : Estimate
        Discharge capacity of the cell [mAh].
    areas_cm2, repeat_units
        As in `cathode_area_cm2`.

    Returns
    -------
    Estimate
        Areal capacity [mAh cm⁻²].

    Raises
    ------
    InsufficientData
        As `cathode_area_cm2`.
    """
    area_cm2 = cathode_area_cm2(areas_cm2, repeat_units)
    return propagate(lambda capacity, area: capacity / area, capacity=capacity_mah, area=area_cm2)
