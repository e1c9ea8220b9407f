"""Area of a pressed pellet, and its conductivity from its resistance."""

import math

from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate, propagate

UM_PER_CM = 1e4
MM_PER_CM = 10.0


def disc_area_cm2(diameter_mm: float) -> float:
    """Return the area of a disc, π d²/4.

    Parameters
    ----------
    diameter_mm : float
        Diameter, such as that of a die [mm].

    Returns
    -------
    float
        Area [cm²].

    Examples
    --------
    >>> round(disc_area_cm2(10.0), 4)
    0.7854
    """
    return math.pi * (diameter_mm / MM_PER_CM) ** 2 / 4


def conductivity_s_cm(resistance_ohm: float, thickness_um: float, area_cm2: float) -> float:
    """Return the conductivity of a uniform body between two flat faces, σ = L / (R A).

    Parameters
    ----------
    resistance_ohm : float
        Resistance through the thickness, contacts included [Ω].
    thickness_um : float
        Distance between the faces, L [µm].
    area_cm2 : float
        Area of one face, A [cm²].

    Returns
    -------
    float
        Conductivity [S cm⁻¹].

    Examples
    --------
    >>> round(conductivity_s_cm(resistance_ohm=10.0, thickness_um=600.0, area_cm2=0.7854), 6)
    0.007639
    """
    return thickness_um / UM_PER_CM / (resistance_ohm * area_cm2)


def disc_area(diameter_mm: Estimate) -> Estimate:
    """Return the area of a disc with the uncertainty of its diameter propagated.

    Parameters
    ----------
    diameter_mm : Estimate
        Diameter [mm].

    Returns
    -------
    Estimate
        Area [cm²].

    Raises
    ------
    InsufficientData
        If the diameter, or its lower rounding bound, is not above zero.
    """
    _require_positive("diameter", diameter_mm, "mm")
    return propagate(disc_area_cm2, diameter_mm=diameter_mm)


def pellet_conductivity(resistance_ohm: Estimate, thickness_um: Estimate, area_cm2: Estimate) -> Estimate:
    """Return σ = L / (R A) with rounding bounds and scatter of all three carried along.

    Parameters
    ----------
    resistance_ohm, thickness_um, area_cm2 : Estimate
        Resistance [Ω], thickness [µm] and area [cm²] of the pellet.

    Returns
    -------
    Estimate
        Conductivity [S cm⁻¹].

    Raises
    ------
    InsufficientData
        If one of the three, or its lower rounding bound, is not above zero.
    """
    _require_positive("resistance", resistance_ohm, "Ω")
    _require_positive("thickness", thickness_um, "µm")
    _require_positive("area", area_cm2, "cm²")
    return propagate(conductivity_s_cm, resistance_ohm=resistance_ohm, thickness_um=thickness_um, area_cm2=area_cm2)


def _require_positive(words: str, estimate: Estimate, unit: str) -> None:
    if estimate.lower <= 0:
        raise InsufficientData(
            "zero-within-rounding",
            "the {words} ({estimate:.4g} {unit}, at least {estimate_lower:.4g} {unit}) is not above zero within "
            "rounding: enter it with more digits",
            words=words,
            estimate=estimate.magnitude,
            unit=unit,
            estimate_lower=estimate.lower,
        )
