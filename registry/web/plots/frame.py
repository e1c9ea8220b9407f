"""Frame, ticks and labels around a plot, and its title and description for screen readers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from registry.numbers.formatting import to_typographic
from registry.web.plots.axis import Axis, Tick, get_ticks
from registry.web.plots.style import css_classes

WIDTH, HEIGHT = 420, 300
NOT_DRAWN = mark_safe("")


@dataclass(frozen=True)
class Box:
    """The area of a plot within its drawing, in pixels."""

    left: float = 62.0
    right: float = 404.0
    top: float = 12.0
    bottom: float = 250.0


PLAIN = Box()
WITH_RIGHT_AXIS = Box(right=352.0)
TICK_GAP = 8.0
"""From the frame to the labels of its ticks."""
TITLE_BASELINE = 14.0
TITLE_DEPTH, TITLE_HEIGHT = 7.0, 13.0
"""Of the letters below and above the baseline of an axis title."""
DIGIT_WIDTH, NARROW_WIDTH = 7.7, 4.8
"""Of the characters of a tick label, in the widest of the usual fonts."""
NARROW = frozenset(" .,⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@dataclass(frozen=True)
class LegendEntry:
    """One entry of the legend."""

    name: str
    index: int
    """Place of the series in the plot, which gives its colour and pattern."""
    line: bool
    """Drawn as a line; otherwise as dots or bars."""
    area: bool = False
    """The colour of an area in a picture, the same in light and dark."""

    @property
    def classes(self) -> str:
        return f"area-{self.index}" if self.area else css_classes(self.index)


@dataclass(frozen=True)
class DrawnPlot:
    """A curve drawn for a page."""

    title: str
    svg: SafeString = NOT_DRAWN
    """Empty if a script draws it."""
    legend: tuple[LegendEntry, ...] = ()
    remark: str = ""
    url: str = ""
    """Page of the curve."""
    source: str = ""
    """Address of the figure that a script draws in place of the drawing; empty for a picture."""
    csv: str = ""
    """Address of the numbers."""


def wrap_svg(name: str, title: str, description: str, parts: Sequence[str], height: int = HEIGHT) -> SafeString:
    """The drawing as an image with title and description; `name` makes their ids unique on the page."""
    return format_html(
        '<svg class="plot" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-description" '
        'xmlns="http://www.w3.org/2000/svg"><title id="{}-title">{}</title>'
        '<desc id="{}-description">{}</desc>{}</svg>',
        *(WIDTH, height, name, name, name, title, name, description, mark_safe("".join(parts))),
    )


def fit_box(box: Box, y: Axis, right: Axis | None = None, offset: float = 0.0) -> Box:
    """The box, narrower if the longest tick labels would run into the titles of the y axis, or of an axis on the right
    at this distance from the frame."""
    left = round(TITLE_BASELINE + TITLE_DEPTH + _get_label_width(y) + TICK_GAP, 1)
    fitted = replace(box, left=max(box.left, left))
    if right is None:
        return fitted
    end = round(WIDTH - 4 - TITLE_HEIGHT - _get_label_width(right) - TICK_GAP - offset, 1)
    return replace(fitted, right=min(box.right, end))


def _get_label_width(axis: Axis) -> float:
    """Width of the longest tick label, in pixels."""
    ticks, _ = get_ticks(axis, 5)
    widths = (sum(NARROW_WIDTH if letter in NARROW else DIGIT_WIDTH for letter in tick.label) for tick in ticks)
    return max(widths, default=0.0)


def draw_frame(box: Box, x: Axis, y: Axis, data: dict[str, Any], *, integers: bool = False) -> SafeString:
    """The frame with the ticks and labels of the x axis and of the left y axis."""
    x_ticks, x_power = get_ticks(x, 5, integers=integers)
    y_ticks, y_power = get_ticks(y, 5)
    return format_html(
        '<rect class="frame" x="{}" y="{}" width="{}" height="{}"/>{}{}'
        '<text class="axis" x="{}" y="{}" text-anchor="middle">{}</text>'
        '<text class="axis" transform="translate({} {}) rotate(-90)" text-anchor="middle">{}</text>',
        box.left,
        box.top,
        round(box.right - box.left, 1),
        box.bottom - box.top,
        _draw_x_ticks(x_ticks, box.bottom),
        _draw_y_ticks(y_ticks, box.left),
        (box.left + box.right) / 2,
        box.bottom + 38,
        format_axis_label(data["x"], x_power),
        TITLE_BASELINE,
        (box.top + box.bottom) / 2,
        format_axis_label(data["y"], y_power),
    )


def draw_right_axis(box: Box, axis: Axis, stored: dict[str, Any], offset: float = 0.0) -> SafeString:
    """The ticks and the label of an axis on the right, this far from the frame."""
    ticks, power = get_ticks(axis, 5)
    right = box.right + offset
    return format_html(
        '{}<text class="axis" transform="translate({} {}) rotate(-90)" text-anchor="middle">{}</text>',
        format_html_join(
            "",
            '<path class="tick" d="M{} {}h5"/><text class="number" x="{}" y="{}">{}</text>',
            ((right, f"{t.position:.1f}", right + TICK_GAP, f"{t.position + 4:.1f}", t.label) for t in ticks),
        ),
        WIDTH - 4,
        (box.top + box.bottom) / 2,
        format_axis_label(stored, power),
    )


def _draw_x_ticks(ticks: Sequence[Tick], bottom: float) -> SafeString:
    return format_html_join(
        "",
        '<path class="tick" d="M{} {}v5"/><text class="number" x="{}" y="{}" text-anchor="middle">{}</text>',
        ((f"{t.position:.1f}", bottom, f"{t.position:.1f}", bottom + 19, t.label) for t in ticks),
    )


def _draw_y_ticks(ticks: Sequence[Tick], left: float) -> SafeString:
    return format_html_join(
        "",
        '<path class="tick" d="M{} {}h-5"/><text class="number" x="{}" y="{}" text-anchor="end">{}</text>',
        ((left, f"{t.position:.1f}", left - TICK_GAP, f"{t.position + 4:.1f}", t.label) for t in ticks),
    )


def format_axis_label(axis: dict[str, Any], power: int = 0) -> str:
    """Label / unit, with the common power of ten before the unit: Current / 10⁻⁶ A."""
    power_of_ten = to_typographic(f"1e{power}").removeprefix("1×") if power else ""
    unit = " ".join(part for part in (power_of_ten, str(axis.get("unit") or "")) if part)
    return f"{axis['label']} / {unit}" if unit else str(axis["label"])
