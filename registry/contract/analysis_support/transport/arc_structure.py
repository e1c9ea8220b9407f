"""What the circuits of several spectra have in common: arcs of circuits with different structures are not compared."""

from collections.abc import Sequence
from dataclasses import dataclass

from analyses.coded_text import Remark
from registry.contract.analysis_support.impedance.spectrum_quantities import ARC, SERIES_RESISTANCE
from registry.contract.analysis_support.transport.temperature_series import Point, count_temperatures
from registry.contract.inputs import Inputs

STRUCTURE_QUANTITIES = (ARC["resistance"], SERIES_RESISTANCE)
"""Quantities that an analysis that compares arcs lists in `depends_on`."""


@dataclass(frozen=True)
class Structure:
    """Number of arcs of a fitted circuit, and whether a resistor is in series with them."""

    arcs: int
    """Up to the slowest whose resistance is determined."""
    has_series_resistor: bool

    @classmethod
    def of(cls, spectrum: Inputs) -> "Structure":
        """Return the structure of the circuit fitted to a spectrum; no arcs if none was fitted.

        Arcs are numbered from the fastest on, and one that is not determined has no value: the slowest that is counts.
        """
        numbers = [place.number for place in spectrum.computed_at(ARC["resistance"])]
        return cls(max(numbers, default=0), spectrum.computed(SERIES_RESISTANCE) is not None)


def with_same_structure(points: Sequence[Point]) -> tuple[list[Point], list[Remark]]:
    """Return the spectra of the structure with the most temperatures, and why the others are left out.

    An arc next to a series resistor is another resistance than an arc that includes it: a line through both mixes two
    quantities. Of structures with equally many temperatures, that with more arcs is taken.
    """
    groups: dict[Structure, list[Point]] = {}
    for point in points:
        groups.setdefault(Structure.of(point.spectrum), []).append(point)
    if not groups:
        return [], []
    chosen = max(groups, key=lambda key: (count_temperatures(groups[key]), key.arcs, key.has_series_resistor))
    others = [
        Remark(
            "other-circuit-structure",
            "{spectrum} (number of arcs: {arcs}, {series_resistor} series resistor)",
            spectrum=point.refcode,
            arcs=structure.arcs,
            series_resistor="one" if structure.has_series_resistor else "no",
        )
        for structure, group in groups.items()
        if structure != chosen
        for point in group
    ]
    return groups[chosen], others
