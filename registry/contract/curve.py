"""Plots an analysis returns: lines, heat maps, and images with a mask. Every axis names its quantity."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Axis:
    """One axis of a plot. It names a registered quantity, from which unit and label follow; an axis without one states
    its label and unit."""

    quantity: str = ""
    """Slug of a registered quantity, in whose unit the numbers are: `discharge_capacity_mah`."""
    label: str = ""
    """Label of the axis, if it is not the name of the quantity; required without one."""
    unit: str | None = None
    """Unit as displayed, only without a quantity: `mAh`, or empty for a number without unit."""
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
    quantity: str = ""
    """Slug of the quantity of y, if it is not that of the axis, in the unit of the axis: `charge_capacity_mah` on an
    axis of `capacity_mah`."""
    y_lower: Sequence[float] | None = field(default=None, kw_only=True)
    """Lower ends of the error bars, on the y axis (not lengths), shape (n,); NaN for none. Given together with
    `y_upper`."""
    y_upper: Sequence[float] | None = field(default=None, kw_only=True)
    """Upper ends of the error bars, shape (n,)."""
    on_second_axis: bool = field(default=False, kw_only=True)
    """Whether y is on the second y axis of the curve, `y2`."""


@dataclass(frozen=True)
class Curve:
    """Lines, points or bars, stored with the run."""

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
    y2: Axis | None = field(default=None, kw_only=True)
    """Second vertical axis, on the right, for series with `on_second_axis`."""


@dataclass(frozen=True, kw_only=True)
class HeatMap:
    """A number over a grid, drawn as colours, stored with the run. At most 262,144 numbers."""

    name: str
    """Unique within the run."""
    title: str
    """Title of the plot."""
    x: Axis
    """Horizontal axis."""
    y: Axis
    """Vertical axis."""
    z: Axis
    """Axis of the colours."""
    x_values: Sequence[float]
    """Positions of the columns of the grid, increasing, shape (n,)."""
    y_values: Sequence[float]
    """Positions of the rows of the grid, increasing, shape (m,)."""
    z_values: Sequence[Sequence[float]]
    """The numbers, shape (m, n): a row for each of `y_values`; NaN leaves a gap."""


@dataclass(frozen=True, kw_only=True)
class MaskedPicture:
    """An image with areas marked in colour, such as pores found in a micrograph, stored with the run. At most
    1,048,576 pixels."""

    name: str
    """Unique within the run."""
    title: str
    """Title of the plot."""
    picture: Sequence[Sequence[float]]
    """Brightness of the pixels, shape (m, n), the top row first; any range, shown from black to white."""
    mask: Sequence[Sequence[int]]
    """Area each pixel belongs to, shape (m, n): 0 for none, 1 for the first of `areas`."""
    areas: tuple[str, ...]
    """Names of the areas in the legend, six at most."""
    pixel_size_um: float | None = None
    """Edge length of a pixel [µm], for a scale bar; None if unknown."""


Plot = Curve | HeatMap | MaskedPicture
"""Any plot."""
