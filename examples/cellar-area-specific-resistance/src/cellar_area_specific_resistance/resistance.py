"""The formula on plain numbers, independent of the registry."""

from analyses.uncertainty import Estimate, propagate


def area_specific_resistance(resistance: Estimate, area: Estimate, faces: int = 1) -> Estimate:
    """Return resistance times area per interface, for identical interfaces in series.

    Parameters
    ----------
    resistance : Estimate
        Resistance of the pellet, or of all interfaces together [Ω].
    area : Estimate
        Electrode area [cm²].
    faces : int, optional
        Number of identical interfaces in series: 2 for a symmetric cell.

    Returns
    -------
    Estimate
        Area-specific resistance of one interface [Ω cm²].

    Examples
    --------
    >>> area_specific_resistance(Estimate.exact(100.0), Estimate.exact(0.5), faces=2).magnitude
    25.0
    """
    return propagate(lambda r, a: r * a / faces, r=resistance, a=area)
