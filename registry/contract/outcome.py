"""Output of an analysis: numbers, curves and messages, or a refusal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from analyses.uncertainty import Estimate


class Refused(Exception):  # noqa: N818 - a refusal is an expected outcome, not an error
    """An analysis lacks an input; the text says what is missing, in terms a scientist uses."""


@dataclass(frozen=True)
class Result:
    """One computed value: a registered quantity in its own unit."""

    quantity: str
    """Slug of a quantity listed in `outputs` of the analysis."""
    estimate: Estimate
    """The number, its rounding bounds and its standard uncertainty."""
    note: str = ""
    """How it was obtained, in a few words: `median of 98 cycles`."""


@dataclass(frozen=True)
class NotComputed:
    """A quantity that could not be computed while others were, and why; shown in place of the value."""

    quantity: str
    """Slug of a quantity listed in `outputs` of the analysis."""
    reason: str
    """Worded like a refusal: `no pellet thickness: enter it for layer 1 (sample, LPSCl)`."""


@dataclass(frozen=True)
class Axis:
    """One axis of a curve."""

    label: str
    """Axis label."""
    unit: str = ""
    """Unit as displayed: `mAh`."""
    log: bool = False
    """Logarithmic axis."""
    reversed: bool = False
    """Values decrease from left to right, or from bottom to top."""


@dataclass(frozen=True)
class Series:
    """Points of a curve; NaN leaves a gap."""

    name: str
    """Name in the legend."""
    x: Sequence[float]
    """Shape (n,)."""
    y: Sequence[float]
    """Shape (n,)."""
    line: bool = True
    """Join the points by a line."""
    markers: bool = False
    """Draw a marker at each point."""
    bars: bool = False
    """Draw a bar from zero to each point."""


@dataclass(frozen=True)
class Curve:
    """A plot stored with the run."""

    name: str
    """Unique within the run."""
    title: str
    """Title of the plot."""
    x: Axis
    """Horizontal axis."""
    y: Axis
    """Vertical axis."""
    series: tuple[Series, ...]
    """The plotted series."""
    equal_aspect: bool = False
    """Equal scale on both axes, as in a Nyquist plot."""


@dataclass(frozen=True)
class Message:
    """A remark stored with the run: `info` explains, `warning` should be checked."""

    text: str
    """One or two sentences, in terms a scientist uses."""
    level: Literal["info", "warning"] = "info"
    """`info` or `warning`."""


@dataclass(frozen=True)
class Outcome:
    """The output of an analysis. The registry adds plugin, version, parameters, inputs and times."""

    values: tuple[Result, ...] = ()
    """The computed values, each quantity once."""
    curves: tuple[Curve, ...] = ()
    """Plots."""
    messages: tuple[Message, ...] = ()
    """Remarks on what was chosen, left out or looks suspicious."""
    not_computed: tuple[NotComputed, ...] = ()
    """Quantities that could not be computed, with the reason."""
