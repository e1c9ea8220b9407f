"""The formula, on numbers alone: nothing here knows Cellar's registry."""

from analyses.uncertainty import Estimate, propagate


def area_specific_resistance(resistance: Estimate, area: Estimate, faces: int = 1) -> Estimate:
    """Return resistance times area, for one of so many like faces that lie in series.

    Parameters
    ----------
    resistance : Estimate
        Resistance of the pellet, or of all its faces together [Ω].
    area : Estimate
        Area the current passes [cm²].
    faces : int, optional
        Like faces in series: 2 for the electrodes of a symmetric cell.

    Returns
    -------
    Estimate
        Area-specific resistance of one face [Ω cm²].

    Examples
    --------
    >>> area_specific_resistance(Estimate.exact(100.0), Estimate.exact(0.5), faces=2).magnitude
    25.0
    """
    return propagate(lambda r, a: r * a / faces, r=resistance, a=area)
