"""What describes a comparison table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Origin = Literal["reported", "computed", "either"]


@dataclass(frozen=True)
class Column:
    """One column of a comparison table.

    `key` is a quantity or condition slug, a fact of the cell (`number`, `refcode`, `label`, `configuration`,
    `project`, `reference`, `technique`), or a fact of a layer: `cathode.name`, `cathode.mass_loading_mg_cm2`,
    `sample.mass_fraction_percent.VGCF`.
    """

    key: str
    title: str = ""
    """What the head prints; empty means the quantity's name."""
    unit: str = ""
    """Unit to print in, as pint reads it; empty means the quantity's own."""
    origin: Origin = "either"
    """`either` prints the reported value where there is one."""


@dataclass(frozen=True)
class Table:
    """A comparison table: which measurements (filters as in the API's query), what of each, in which order."""

    slug: str
    """Its name in addresses and commands."""
    title: str
    """What it shows."""
    columns: tuple[Column, ...]
    """From left to right."""
    row: str = "measurement"
    """`measurement`: a row is a cell under one set of conditions. A condition slug: measurements of a cell that
    share its value are one row (a pivot)."""
    filters: Mapping[str, str] = field(default_factory=dict)
    """Parameters of the API's query and their values: `{"technique": "cycling", "stack_pressure_mpa__lte": "10"}`."""
    require: tuple[str, ...] = ()
    """Keys a row must have a value for to be in the table."""
    order: tuple[str, ...] = ()
    """Column keys, `-` before one for descending; empty means as entered."""
    transposed: bool = False
    """Headings down the side, one column a row."""
    caption: str = ""
    """What its reader should know."""
