"""Description of a comparison table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Origin = Literal["reported", "computed", "either"]
Replicates = Literal["each", "mean", "champion"]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a comparison table.

    `key` is a quantity or condition slug, a fact of the cell (`number`, `refcode`, `label`, `configuration`,
    `project`, `reference`, `technique`), or a fact of a layer: `cathode.name`, `cathode.mass_loading_mg_cm2`,
    `sample.mass_fraction_percent.VGCF`.
    """

    key: str
    title: str = ""
    """Text of the header; empty means the name of the quantity."""
    unit: str = ""
    """Display unit, as pint reads it; empty means the unit of the quantity."""
    origin: Origin = "either"
    """`either` shows the reported value if available, else the computed one."""
    at: str = ""
    """Place of the values, `peak:2`; empty shows the value without a place, or if there is none, those at all places:
    `peak 1: 3.2; peak 2: 0.5`."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A comparison table: which measurements (filters as in API queries), which columns, in which order."""

    slug: str
    """Identifier in URLs and commands."""
    title: str
    """Title of the table."""
    columns: tuple[Column, ...]
    """From left to right."""
    row: str = "measurement"
    """`measurement`: one row per measurement. A condition slug: one row per cell and value of that condition (a pivot),
    which combines measurements of every technique. Those whose other conditions differ, or that have values of the same
    quantity, stay in rows of their own; one that states fewer conditions is in each row it fits, and one that does not
    state this condition in none."""
    filters: Mapping[str, str] = field(default_factory=dict)
    """API query parameters and their values: `{"technique": "cycling", "stack_pressure_mpa__lte": "10"}`."""
    require: tuple[str, ...] = ()
    """Keys for which a row must have a value."""
    order: tuple[str, ...] = ()
    """Column keys to sort by, prefixed with `-` for descending; empty means order of entry."""
    replicates: Replicates = "each"
    """How cells of one group of replicates are shown under equal conditions: `each` in a row of its own, their `mean`,
    or the `champion`. The row says which it is, and of how many cells."""
    champion: str = ""
    """For `champion`: the column whose largest number makes the champion; with `-` before it, the smallest."""
    this_work: str = ""
    """Projects (by slug) and cells (by refcode) that count as this work, separated by commas; other own cells, which a
    reader may see but which are of other work, stay out. Empty: every own cell that matches."""
    compare_with: str = ""
    """Refcode of the cell or measurement of a row: each other row says in a last column whether its test conditions and
    design are comparable, and numbers in which it differs are marked. Empty for none."""
    comparable: str = "all"
    """With `compare_with`: `all` rows, or `only` those that are comparable."""
    transposed: bool = False
    """Headings down the left side, one column per row."""
    caption: str = ""
    """Notes for readers."""
