"""Electronic conductivity of a pellet from its resistance to electrons.

Between electrodes that block ions, the ions come to rest at every constant voltage, and the current that remains is
carried by electrons. `ohmic_fit` finds the resistance in that current.
"""

from analyses.cell.geometry import pellet_conductivity
from analyses.uncertainty import Estimate


def electronic_conductivity(resistance_ohm: Estimate, thickness_um: Estimate, area_cm2: Estimate) -> Estimate:
    """Return σ_e = L / (R A).

    Parameters
    ----------
    resistance_ohm, thickness_um, area_cm2 : Estimate
        Electronic resistance [Ω], thickness [µm] and area [cm²] of the pellet.

    Returns
    -------
    Estimate
        Electronic conductivity [S cm⁻¹].

    Raises
    ------
    InsufficientData
        If one of the three, or its lower rounding bound, is not above zero.
    """
    return pellet_conductivity(resistance_ohm, thickness_um, area_cm2)
