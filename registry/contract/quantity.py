"""Description of a quantity: a named number with a unit."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """A named number with a unit. Magnitudes are stored in the unit that ends the slug: `thickness_um`."""

    slug: str
    """Identifier used as argument, column, key and filter. Lower case, ending in the unit."""
    name: str
    """Name in column headers."""
    unit: str
    """Unit as pint reads it (`S/cm`, `mA*h/g`, `percent`, `dimensionless`)."""
    unit_label: str = ""
    """Unit as displayed in column headers (`S cm⁻¹`); empty for a dimensionless number."""
    symbol: str = ""
    """Symbol in formulas: `σ_ion`."""
    description: str = ""
    """Definition, where the name is not enough."""
    is_count: bool = False
    """Integer without rounding, such as a number of cycles."""
    per_cell: bool = False
    """True if it belongs to the cell regardless of test conditions, such as an activation energy."""
    minimum: float | None = None
    """Smallest possible value; a run that returns less fails."""
    maximum: float | None = None
    """Largest possible value."""

    protocol: tuple[str, ...] = ()
    """Slugs of the quantities that describe the protocol, if the values depend on it. Tables state them with
    each value, and mark one whose measurement has none of them: `Protocol not stated`."""

    describes_test: bool = False
    """True if it says how long or how far a test went, or how it was evaluated, rather than what the cell is: a number
    of cycles, the charge passed. Statistics of groups of cells leave it out."""
    end_of: str = ""
    """If it says when a test ended, the slug of the quantity that every such test has, ended or not: `cycled_time_h` of
    the time to a short circuit. A group has no mean of it while tests have not ended: the longest would be missing."""
    if_not_ended: str = ""
    """What to do then, as an instruction: `compare the capacity retention at a cycle that all cells reached`."""

    def __hash__(self) -> int:
        return hash(self.slug)
