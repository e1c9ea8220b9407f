"""What describes an analysis and its parameters."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from registry.contract.inputs import Inputs
from registry.contract.outcome import Outcome


@dataclass(frozen=True)
class Parameter:
    """A number, text or choice an analysis lets its user set, for a project, a cell or a measurement."""

    name: str
    """Letters, digits and underscores."""
    type: type
    """`int`, `float`, `str` or `bool`."""
    default: int | float | str | bool
    """What it is until someone sets it; of its type and within its bounds."""
    help: str
    """What it does, in a sentence."""
    unit: str = ""
    """As it stands behind the number."""
    minimum: float | None = None
    """The least it may be set to."""
    maximum: float | None = None
    """The most it may be set to."""
    choices: tuple[str, ...] = ()
    """The texts it may be set to; any, if there are none."""


@dataclass(frozen=True)
class Analysis:
    """A computation the registry offers on every measurement with one of its techniques, or on every cell with some."""

    name: str
    """Words with hyphens, unlike that of every other analysis: `energy-density`."""
    version: str
    """Changes with every change of what it gives: runs of another version are then outdated."""
    title: str
    """As a heading has it."""
    description: str
    """What it computes, and from what, in a sentence."""
    techniques: tuple[str, ...]
    """Those of the measurements it is offered on, of `TECHNIQUES`."""
    outputs: tuple[str, ...]
    """Slugs of the quantities `run` may return; those of a whole cell are `per_cell`."""
    run: Callable[[Inputs], Outcome]
    """A function at the top of a module; reads through `Inputs` alone, and gives an `Outcome` or raises `Refused`."""
    parameters: tuple[Parameter, ...] = ()
    """What its user may set."""
    requirements: tuple[str, ...] = ()
    """What it reads, in words, for the plugin page."""
    depends_on: tuple[str, ...] = ()
    """Slugs of the quantities it takes from other analyses, by `Inputs.computed`; it runs after them."""
    scope: Literal["measurement", "cell"] = "measurement"
    """`cell`: one run a cell, which reads its measurements through `Inputs.measurements`."""
    min_measurements: int = 1
    """How many measurements of its techniques a cell must have for an analysis of whole cells to be offered."""
