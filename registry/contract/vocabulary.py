"""Descriptions of techniques, layer roles and test conditions, and the largest plausible measured number."""

from collections.abc import Collection
from dataclasses import dataclass

from registry.contract.quantity import Quantity

LARGEST_MAGNITUDE = 1e50
"""No measured number is larger in any unit; analyses never receive larger ones, which would overflow."""


MAIN, CONTINUATION = "main", "continuation"
"""Roles of datasets that every measurement has: the data of the test, and the next pieces of the same test."""
UNDECLARED = "undeclared"
"""In place of a role: the datasets of several files of which none is selected or declared, the oldest file first."""
PARTS = "parts"
"""In place of a role: a few datasets of a single file, in its order, of which none is selected or declared."""


@dataclass(frozen=True, kw_only=True)
class DatasetRole:
    """Role of a dataset in a measurement with several, such as a log of the pressure in addition to the voltage."""

    slug: str
    """Identifier, as in `inputs.datasets("pressure_log")`. Lower case, words joined by underscores."""
    name: str
    """Name in forms and lists."""
    columns: tuple[Collection[str], ...] = ()
    """Alternative sets of canonical columns; data have all columns of at least one set. Empty for any data."""


@dataclass(frozen=True, kw_only=True)
class Technique:
    """A measurement technique, and the data its files hold.

    With neither `columns` nor `has_picture`, its measurements contain values only, and no data can be attached to them.
    """

    slug: str
    """Identifier used as filter, in imports and in `Analysis.techniques`. Lower case, words joined by underscores."""
    name: str
    """Name in headings, forms and lists."""
    short_name: str = ""
    """Name in narrow columns, such as an abbreviation; empty means `name`."""
    description: str = ""
    """Description of the measurement, if the name is not enough."""
    columns: tuple[Collection[str], ...] = ()
    """Alternative sets of canonical columns (docs/nomenclature.md); data have all columns of at least one set."""
    dataset_roles: tuple[DatasetRole, ...] = ()
    """Roles of further datasets of its measurements, besides `main` and `continuation`."""
    has_picture: bool = False
    """True if its data may be an image."""
    is_general: bool = False
    """True if readers report it for any test with its columns, because files do not say more: such data also fit every
    other technique whose columns they have."""


@dataclass(frozen=True, kw_only=True)
class LayerRole:
    """Role of a layer in a cell."""

    slug: str
    """Identifier used in keys and filters (`cathode.thickness_um`). Lower case, words joined by underscores."""
    name: str
    """Name in forms and tables."""
    description: str = ""
    """Description of the layer, if the name is not enough."""
    search: str = ""
    """Parameter of queries that finds cells by the material of such a layer: `cathode`, `electrolyte`, `anode` or the
    slug; empty means only `material`, which finds every layer."""
    in_configuration: bool = True
    """Whether the configuration of a cell (cathode/electrolyte/anode) names it."""


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A test condition: a number of a measurement, under which all of its values are obtained."""

    quantity: str | Quantity
    """Its quantity; the slug of one that is registered, or a new one."""
    name: str = ""
    """Name in forms; empty means the name of the quantity."""
    example: str = ""
    """A number as one would enter it, such as `10 MPa`."""

    @property
    def slug(self) -> str:
        """The slug of its quantity, which is its filter, key and column."""
        return self.quantity if isinstance(self.quantity, str) else self.quantity.slug
