"""Density of a mixture without pores."""

from collections.abc import Sequence

from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate, propagate


def mixture_density(fractions_percent: Sequence[Estimate], densities_g_cm3: Sequence[Estimate]) -> Estimate:
    """Return the density of a mixture whose volumes add up, Σw / Σ(w/ρ).

    Parameters
    ----------
    fractions_percent : sequence of Estimate
        Mass fraction of each ingredient; they are taken relative to their sum [%].
    densities_g_cm3 : sequence of Estimate
        Density of each ingredient without pores [g/cm³].

    Returns
    -------
    Estimate
        Density without pores [g/cm³].

    Raises
    ------
    InsufficientData
        If there are no ingredients, or the sum of the fractions or a density is not above zero within rounding.

    Examples
    --------
    >>> fractions, densities = (70.0, 30.0), (4.78, 1.86)
    >>> density = mixture_density([*map(Estimate.exact, fractions)], [*map(Estimate.exact, densities)])
    >>> round(density.magnitude, 3)
    3.25
    """
    if not fractions_percent or len(fractions_percent) != len(densities_g_cm3):
        raise InsufficientData(
            "missing-ingredients",
            "a mixture needs a density for each of its ingredients: {fractions} fractions and {densities} densities",
            fractions=len(fractions_percent),
            densities=len(densities_g_cm3),
        )
    if sum(fraction.lower for fraction in fractions_percent) <= 0 or min(item.lower for item in densities_g_cm3) <= 0:
        raise InsufficientData(
            "zero-within-rounding", "mass fractions and densities of a mixture must be above zero within rounding"
        )
    count = len(fractions_percent)

    def density(**values: float) -> float:
        fractions = [values[f"fraction_{index}"] for index in range(count)]
        volumes = [fraction / values[f"density_{index}"] for index, fraction in enumerate(fractions)]
        return sum(fractions) / sum(volumes)

    inputs = {f"fraction_{index}": fraction for index, fraction in enumerate(fractions_percent)}
    inputs |= {f"density_{index}": item for index, item in enumerate(densities_g_cm3)}
    return propagate(density, **inputs)
