"""What describes a quantity: a named number with a unit."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Quantity:
    """A named number. The slug ends in the unit every stored magnitude has: `thickness_um`."""

    slug: str
    """Its name everywhere: argument, column, key and filter. Small letters, ending in the unit."""
    name: str
    """What a column head prints."""
    unit: str
    """Unit as pint reads it (`S/cm`, `mA*h/g`, `percent`, `dimensionless`)."""
    unit_label: str = ""
    """Unit as a column head prints it (`S cm⁻¹`); empty for a bare number."""
    symbol: str = ""
    """As a formula has it: `σ_ion`."""
    description: str = ""
    """How it is defined, where its name leaves that open."""
    is_count: bool = False
    """Whole numbers without rounding, such as a number of cycles."""
    per_cell: bool = False
    """True if it belongs to a cell whatever the test conditions (an activation energy, say)."""
    minimum: float | None = None
    """The least it can be; a run that gives less has failed."""
    maximum: float | None = None
    """The most it can be."""

    def __hash__(self) -> int:
        return hash(self.slug)
