"""Ionic conductivity of a pellet from its resistance to ions."""

from analyses.cell.geometry import pellet_conductivity
from analyses.uncertainty import Estimate


def ionic_conductivity(resistance_ohm: Estimate, thickness_um: Estimate, area_cm2: Estimate) -> Estimate:
    """Return σ_ion = L / (R A).

    Parameters
    ----------
    resistance_ohm : Estimate
        Resistance to the movement of ions, as read from an impedance spectrum [Ω]. Which part of the spectrum it
        comes from (bulk, bulk and grain boundary) decides what the conductivity means, and is not known here.
    thickness_um : Estimate
        Thickness of the pellet, L [µm].
    area_cm2 : Estimate
        Area of the pellet, A [cm²].

    Returns
    -------
    Estimate
        Ionic conductivity [S cm⁻¹].

    Raises
    ------
    InsufficientData
        If one of the three, or its lower rounding bound, is not above zero.

    Examples
    --------
    >>> sigma = ionic_conductivity(
    ...     Estimate.rounded(200.0, 0.5), Estimate.exact(600.0), Estimate.exact(0.7854))
    >>> round(sigma.magnitude * 1e3, 3)
    0.382
    """
    return pellet_conductivity(resistance_ohm, thickness_um, area_cm2)
