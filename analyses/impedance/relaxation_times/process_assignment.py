"""Tentative assignment of a process of a spectrum by its capacitance."""

import math

LARGEST_F_CM2: tuple[tuple[str, float], ...] = (
    ("bulk", 2e-11),
    ("grain boundaries", 1e-8),
    ("surface layer", 1e-7),
    ("interface", 1e-5),
    ("charge transfer", 1e-2),
    ("diffusion or storage", math.inf),
)
"""Largest capacitance per area of each assignment [F cm⁻²], rising."""


def assign_process(capacitance_f_cm2: float) -> str:
    """Return what a process with this capacitance per area of the electrodes may be, tentatively.

    The limits are those of Irvine, Sinclair and West [1]_ for samples of a thickness and an area of about one
    centimetre: 1e-12 F for a bulk, 1e-11 to 1e-8 for grain boundaries, 1e-9 to 1e-7 for surface layers, 1e-7 to 1e-5
    for the interface of sample and electrode, 1e-4 for electrochemical reactions. Layers much thinner have larger
    capacitances per area, porous electrodes too.

    Parameters
    ----------
    capacitance_f_cm2 : float
        [F cm⁻²].

    Returns
    -------
    str
        `bulk`, `grain boundaries`, `surface layer`, `interface`, `charge transfer` or `diffusion or storage`.

    References
    ----------
    .. [1] J. T. S. Irvine, D. C. Sinclair, A. R. West, Adv. Mater. 2, 132 (1990), doi:10.1002/adma.19900020304.

    Examples
    --------
    >>> assign_process(3e-6)
    'interface'
    """
    return next(name for name, largest in LARGEST_F_CM2 if capacitance_f_cm2 <= largest)
