"""What an analysis gives back: numbers, curves and messages, or a refusal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from analyses.uncertainty import Estimate


class Refused(Exception):  # noqa: N818 - the field says an analysis refuses, it does not err
    """An analysis cannot answer from what it was given; the text says what is missing, in a scientist's words."""


@dataclass(frozen=True)
class Result:
    """One computed value: a registered quantity in its own unit."""

    quantity: str
    """Slug of a quantity the analysis names in `outputs`."""
    estimate: Estimate
    """The number, the bounds rounding leaves it, and its standard uncertainty."""
    note: str = ""
    """How it was got, in a few words: `median of 98 cycles`."""


@dataclass(frozen=True)
class NotComputed:
    """A quantity a run could not give although it gave others, and what it lacks: shown where the value would be."""

    quantity: str
    """Slug of a quantity the analysis names in `outputs`."""
    reason: str
    """As a refusal says it: `needs the pellet thickness: layer 1 (sample, LPSCl) has none`."""


@dataclass(frozen=True)
class Axis:
    """One axis of a curve."""

    label: str
    """What stands beside it."""
    unit: str = ""
    """As printed: `mAh`."""
    log: bool = False
    """Logarithmic."""
    reversed: bool = False
    """Falling from left to right, or from below."""


@dataclass(frozen=True)
class Series:
    """Points of a curve; NaN leaves a gap."""

    name: str
    """As the legend has it."""
    x: Sequence[float]
    """Shape (n,)."""
    y: Sequence[float]
    """Shape (n,)."""
    line: bool = True
    """Joined by a line."""
    markers: bool = False
    """Each with a marker."""
    bars: bool = False
    """Each standing on the level of zero."""


@dataclass(frozen=True)
class Curve:
    """A picture of the analysis that the registry keeps and plots."""

    name: str
    """Unlike that of every other curve of the run."""
    title: str
    """What the picture shows."""
    x: Axis
    """The axis across."""
    y: Axis
    """The axis upwards."""
    series: tuple[Series, ...]
    """What is drawn."""
    equal_aspect: bool = False
    """One unit is as long on both axes, as in a Nyquist plot."""


@dataclass(frozen=True)
class Message:
    """A remark kept with the run: `info` explains, `warning` asks for a look."""

    text: str
    """A sentence or two, in a scientist's words."""
    level: Literal["info", "warning"] = "info"
    """Whether it asks for a look."""


@dataclass(frozen=True)
class Outcome:
    """All an analysis gives back. Plugin, version, parameters, inputs and times are stamped by the registry."""

    values: tuple[Result, ...] = ()
    """The numbers, each quantity once."""
    curves: tuple[Curve, ...] = ()
    """What is to be plotted."""
    messages: tuple[Message, ...] = ()
    """Remarks: what was chosen, left out, or looks odd."""
    not_computed: tuple[NotComputed, ...] = ()
    """Quantities it could not give, with the reason."""
