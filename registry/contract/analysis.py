"""Descriptions of an analysis and its parameters."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from registry.contract.group_member import GroupKind
from registry.contract.inputs import Inputs
from registry.contract.outcome import Outcome
from registry.contract.vocabulary import DatasetRole


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A number, text or choice that users can set for a project, a cell or a measurement.

    `Parameter(name="peak_count", type=int, default=2, minimum=1, maximum=9, help="Number of peaks to fit.")` in the
    `parameters` of an analysis; `inputs.parameter("peak_count")` reads it. All fields are keyword arguments.
    """

    name: str
    """Letters, digits and underscores."""
    type: type
    """`int`, `float`, `str` or `bool`."""
    default: int | float | str | bool
    """Value used until someone sets another; of type `type` and within the bounds."""
    help: str
    """Its effect, in one sentence."""
    unit: str = ""
    """Unit shown after the number."""
    minimum: float | None = None
    """Smallest allowed value."""
    maximum: float | None = None
    """Largest allowed value."""
    choices: tuple[str, ...] = ()
    """Allowed texts; empty allows any."""
    title: str = ""
    """Name in forms and on pages, without the unit: `Lowest frequency`; empty means `name` in words."""

    @property
    def label(self) -> str:
        """The title, or the name with blanks for underscores: `lowest_frequency` is Lowest frequency."""
        words = self.name.replace("_", " ").strip()
        return self.title or words[:1].upper() + words[1:]


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """A computation offered on every measurement by one of its techniques, on every cell with enough of them, on every
    series of them, or on every group of cells of its kinds."""

    name: str
    """Unique name, words joined by hyphens: `energy-density`."""
    version: str
    """Change it whenever the results change: runs of another version are then outdated. So are those of another source
    of `run` and what it uses, but only a version says what changed."""
    title: str
    """Name used in headings."""
    description: str
    """One sentence: the results, and the data they are computed from."""
    run: Callable[[Inputs], Outcome]
    """A module-level function that reads only `Inputs` and returns an `Outcome` or raises `Refused`."""
    techniques: tuple[str, ...] = ()
    """Slugs of the techniques of the measurements it is offered on, such as `eis`. A group analysis is offered on
    groups of which `min_members` cells have a measurement of one of them, or on all if it names none."""
    outputs: tuple[str, ...] = ()
    """Slugs of the quantities `run` may return; those of a cell-level or series analysis are `per_cell`."""
    returns_member_quantities: bool = False
    """For a group: whether `run` may also return any quantity, such as the mean of those its cells have."""
    parameters: tuple[Parameter, ...] = ()
    """Settings of the analysis."""
    requirements: tuple[str, ...] = ()
    """Required inputs, as text for the plugin page."""
    depends_on: tuple[str, ...] = ()
    """Slugs of quantities from other analyses that it reads with `Inputs.computed`; it runs after those analyses."""
    scope: Literal["measurement", "cell", "series", "group"] = "measurement"
    """`cell`: one run per cell, which reads the measurements with `Inputs.measurements`. `series`: one run per series
    of measurements of a cell, which reads them with `Inputs.series`. `group`: one run per group of cells, which reads
    their numbers with `Inputs.members`, after all analyses of the cells."""
    min_measurements: int = 1
    """Number of measurements by its techniques that a cell needs for a cell-level analysis to be offered, 0 if it reads
    only the cell and its layers; for a series, the number of different values of `over`, at least 2."""
    over: str = ""
    """For a series, the test condition in which its measurements differ: `stack_pressure_mpa`. Their technique and all
    other conditions are equal; each set of other conditions is a series, and a run, of its own."""
    not_applicable: tuple[str, ...] = ()
    """Codes of its refusals that say that a record is not of the kind it is for, such as `too-few-temperatures`. Nobody
    has to enter anything then, so such a refusal is not listed among the problems; one with offers is."""
    dataset_roles: tuple[DatasetRole, ...] = ()
    """Roles of further datasets it reads with `Inputs.datasets`, besides those of its techniques."""
    group_kinds: tuple[GroupKind, ...] = ()
    """For a group, the kinds it is offered on: `replicates` (nominally identical cells), `recipe` (a series over a
    number of their recipe), `comparison` (cells that differ in one thing)."""
    min_members: int = 2
    """For a group, the number of cells it needs, at least 2."""

    def may_return(self, quantity: str) -> bool:
        """Whether `run` may return this quantity."""
        return self.returns_member_quantities or quantity in self.outputs
