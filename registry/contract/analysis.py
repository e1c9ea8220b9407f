"""Descriptions of an analysis and its parameters."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from registry.contract.inputs import Inputs
from registry.contract.outcome import Outcome
from registry.contract.vocabulary import DatasetRole


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A number, text or choice that users can set for a project, a cell or a measurement."""

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
    """A computation offered on every measurement by one of its techniques, on every cell with enough of them, or on
    every series of them."""

    name: str
    """Unique name, words joined by hyphens: `energy-density`."""
    version: str
    """Change it whenever the results change: runs of another version are then outdated. So are those of another source
    of `run` and what it uses, but only a version says what changed."""
    title: str
    """Name used in headings."""
    description: str
    """What it computes, and from what, in one sentence."""
    techniques: tuple[str, ...]
    """Slugs of the techniques of the measurements it is offered on, such as `eis`."""
    outputs: tuple[str, ...]
    """Slugs of the quantities `run` may return; those of a cell-level or series analysis are `per_cell`."""
    run: Callable[[Inputs], Outcome]
    """A module-level function that reads only `Inputs` and returns an `Outcome` or raises `Refused`."""
    parameters: tuple[Parameter, ...] = ()
    """Settings of the analysis."""
    requirements: tuple[str, ...] = ()
    """Required inputs, as text for the plugin page."""
    depends_on: tuple[str, ...] = ()
    """Slugs of quantities from other analyses that it reads with `Inputs.computed`; it runs after those analyses."""
    scope: Literal["measurement", "cell", "series"] = "measurement"
    """`cell`: one run per cell, which reads the measurements with `Inputs.measurements`. `series`: one run per series
    of measurements of a cell, which reads them with `Inputs.series`."""
    min_measurements: int = 1
    """Number of measurements by its techniques that a cell needs for a cell-level analysis to be offered; for a series,
    the number of different values of `over`, at least 2."""
    over: str = ""
    """For a series, the test condition in which its measurements differ: `stack_pressure_mpa`. Their technique and all
    other conditions are equal; each set of other conditions is a series, and a run, of its own."""
    dataset_roles: tuple[DatasetRole, ...] = ()
    """Roles of further datasets it reads with `Inputs.datasets`, besides those of its techniques."""
