"""Frame, ticks and labels around a plot, and its title and description for screen readers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from registry.numbers.formatting import to_typographic
from registry.web.plots.axis import Axis, Tick, get_named_ticks, get_ticks, is_crowded
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
HEIGHT_WITH_SLANTED_NAMES = 370
TICK_GAP = 8.0
"""From the frame to the labels of its ticks."""
TITLE_BASELINE = 14.0
TITLE_DEPTH, TITLE_HEIGHT = 7.0, 13.0
"""Of the letters below and above the baseline of an axis title."""
NAME_WIDTH = 6.2
"""Of a character in a legend."""
DIGIT_WIDTH, NARROW_WIDTH = 7.7, 4.8
"""Of the characters of a tick label, in the widest of the usual fonts."""
LINE_HEIGHT = 15.0
STRIP_HEIGHT = 100.0
"""Up to this height, an axis has few ticks."""
LONGEST_LABEL = 34
"""Characters of an axis title that are as long as the axis."""
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
    """The colour of an area in an image, the same in light and dark."""

    @property
    def classes(self) -> str:
        return f"area-{self.index}" if self.area else css_classes(self.index)


class AxisOption(NamedTuple):
    """A quantity or condition that an axis can show."""

    value: str
    name: str
    is_chosen: bool


@dataclass(frozen=True)
class AxisChoice:
    """Choice of what an axis shows: a field in the URL of the figure and of the page."""

    field: str
    label: str
    options: tuple[AxisOption, ...]

    @classmethod
    def of(cls, field: str, label: str, chosen: str, options: Iterable[tuple[str, str]]) -> Self:
        return cls(field, label, tuple(AxisOption(value, name, value == chosen) for value, name in options))


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
    """Address of the figure that a script draws in place of the drawing; empty for an image."""
    csv: str = ""
    """Address of the numbers."""
    version: str = ""
    """Differs if the numbers at the same address have changed; empty if they never do."""
    fragment: str = ""
    """The section of its page, where the page has a choice of axes."""
    axes: tuple[AxisChoice, ...] = ()
    measurement: str = ""
    """Refcode and conditions, if the plot is shown outside the section of its measurement: `M-00012, 25 °C, 10 MPa`."""
    is_spectrum: bool = False
    """Whether it is a Nyquist plot."""
    scope: str = ""
    """Where its page has the tables whose rows are the points of the plot."""

    @property
    def drawing(self) -> str:
        """Address of the drawing of the figure for print."""
        path, mark, query = self.source.partition("?")
        return f"{path.removesuffix('.json')}.svg{mark}{query}" if path else ""

    @property
    def anchor(self) -> str:
        """The id of the plot on its page; empty for a drawing that no script replaces."""
        return get_anchor(self.source)


def get_anchor(source: str) -> str:
    """The id of the plot with this figure."""
    path = source.partition("?")[0].removesuffix(".json").removesuffix("/figure")
    return f"plot{path.replace('/', '-')}" if path else ""


def wrap_svg(name: str, title: str, description: str, parts: Sequence[str], height: int = HEIGHT) -> SafeString:
    """The drawing as an image with title and description; `name` makes their ids unique on the page."""
    return format_html(
        '<svg class="plot" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-description" '
        'xmlns="http://www.w3.org/2000/svg"><title id="{}-title">{}</title>'
        '<desc id="{}-description">{}</desc>{}</svg>',
        *(WIDTH, height, name, name, name, title, name, description, mark_safe("".join(parts))),
    )


def clip_to_box(name: str, box: Box, parts: Sequence[str]) -> SafeString:
    """What is drawn of these parts within the box; `name` makes the id of the clip path unique on the page."""
    return format_html(
        '<clipPath id="{}-clip"><rect x="{}" y="{}" width="{}" height="{}"/></clipPath>'
        '<g clip-path="url(#{}-clip)">{}</g>',
        *(name, box.left, box.top, round(box.right - box.left, 1), box.bottom - box.top, name),
        mark_safe("".join(parts)),
    )


def fit_box(
    box: Box, data: dict[str, Any], y: Axis, right: Axis | None = None, offset: float = 0.0, *, is_strip: bool = False
) -> Box:
    """The box, narrower if the longest tick labels would run into the titles of the y axes, or these take two lines.

    An axis on the right is at the distance `offset` from the frame; a strip has its axis on the left, below `y`.
    """
    lefts = [(y, data["y"]), *([(right, data["y2"])] if right and is_strip else [])]
    left = round(TITLE_BASELINE + TITLE_DEPTH + TICK_GAP + max(_get_margin(*labelled) for labelled in lefts), 1)
    fitted = replace(box, left=max(box.left, left))
    if right is None or is_strip:
        return fitted
    taken = _get_margin(right, data.get("y2") or data["z"])
    return replace(fitted, right=min(box.right, round(WIDTH - 4 - TITLE_HEIGHT - taken - TICK_GAP - offset, 1)))


def _get_margin(axis: Axis, stored: dict[str, Any]) -> float:
    """Width of the longest tick label and of further lines of the title, in pixels."""
    ticks, power = get_ticks(axis, 5)
    further = len(wrap_label(format_axis_label(stored, power), LONGEST_LABEL)) - 1
    return max((_get_width(tick.label) for tick in ticks), default=0.0) + further * LINE_HEIGHT


def get_text_width(text: str) -> float:
    """Width of a name in a legend, in pixels, in the widest of the usual fonts."""
    return len(text) * NAME_WIDTH


def _get_width(label: str) -> float:
    return sum(NARROW_WIDTH if letter in NARROW else DIGIT_WIDTH for letter in label)


def draw_frame(
    box: Box,
    x: Axis | None,
    y: Axis,
    data: dict[str, Any],
    *,
    integers: bool = False,
    names: Mapping[float, str] | None = None,
) -> SafeString:
    """The frame with the ticks and labels of the x axis, if it has one, or its names, and of the left y axis."""
    y_ticks, y_power = get_ticks(y, 5 if y.pixels > STRIP_HEIGHT else 2)
    return format_html(
        '<rect class="frame" x="{}" y="{}" width="{}" height="{}"/>{}{}{}',
        *(box.left, box.top, round(box.right - box.left, 1), round(box.bottom - box.top, 1)),
        _draw_x_axis(box, x, data["x"], integers=integers, names=names) if x else "",
        _draw_y_ticks(y_ticks, box.left),
        _draw_vertical_label(format_axis_label(data["y"], y_power), TITLE_BASELINE, (box.top + box.bottom) / 2),
    )


def _draw_x_axis(
    box: Box, x: Axis, stored: dict[str, Any], *, integers: bool, names: Mapping[float, str] | None
) -> SafeString:
    if names and is_crowded(x, names):
        return _draw_names(get_named_ticks(x, names), box.bottom, True)
    ticks, power = get_ticks(x, 5, integers=integers)
    drawn = _draw_x_ticks(_thin(ticks), box.bottom)
    if names:
        drawn, power = _draw_names(get_named_ticks(x, names), box.bottom, False), 0
    return format_html(
        '{}<text class="axis" x="{}" y="{}" text-anchor="middle">{}</text>',
        drawn,
        *((box.left + box.right) / 2, box.bottom + 38, format_axis_label(stored, power)),
    )


def _thin(ticks: Sequence[Tick]) -> list[Tick]:
    """The ticks without those whose labels would run into the one before."""
    kept: list[Tick] = []
    for tick in sorted(ticks, key=lambda tick: tick.position):
        if not kept or tick.position - kept[-1].position > (_get_width(kept[-1].label) + _get_width(tick.label)) / 2:
            kept.append(tick)
    return kept


def _draw_vertical_label(label: str, x: float, middle: float, *, on_right: bool = False) -> SafeString:
    """The title of a y axis, in two lines if it is longer than the axis; `x` is the outer baseline."""
    lines = wrap_label(label, LONGEST_LABEL)
    first = x - LINE_HEIGHT * (len(lines) - 1) if on_right else x
    return format_html_join(
        "",
        '<text class="axis" transform="translate({} {}) rotate(-90)" text-anchor="middle">{}</text>',
        ((first + LINE_HEIGHT * index, middle, line) for index, line in enumerate(lines)),
    )


def wrap_label(label: str, longest: int) -> list[str]:
    """A label in one line, or in two about as long if it is longer; the unit stays with the word before.

    Examples
    --------
    >>> wrap_label("Voltage hysteresis at half capacity / V", 34)
    ['Voltage hysteresis', 'at half capacity / V']
    """
    ends = [index for index, letter in enumerate(label) if letter == " " and "/" not in label[index - 1 : index + 2]]
    before_unit = [index for index in ends if index < label.find(" / ")] or ends
    if len(label) <= longest or not before_unit:
        return [label]
    split = min(before_unit, key=lambda index: max(index, len(label) - index))
    return [label[:split], label[split + 1 :]]


def draw_right_axis(box: Box, axis: Axis, stored: dict[str, Any], offset: float = 0.0) -> SafeString:
    """The ticks and the label of an axis on the right, this far from the frame."""
    ticks, power = get_ticks(axis, 5)
    right = box.right + offset
    return format_html(
        "{}{}",
        format_html_join(
            "",
            '<path class="tick" d="M{} {}h5"/><text class="number" x="{}" y="{}">{}</text>',
            ((right, f"{t.position:.1f}", right + TICK_GAP, f"{t.position + 4:.1f}", t.label) for t in ticks),
        ),
        _draw_vertical_label(format_axis_label(stored, power), WIDTH - 4, (box.top + box.bottom) / 2, on_right=True),
    )


def _draw_x_ticks(ticks: Sequence[Tick], bottom: float) -> SafeString:
    return format_html_join(
        "",
        '<path class="tick" d="M{} {}v5"/><text class="number" x="{}" y="{}" text-anchor="middle">{}</text>',
        ((f"{t.position:.1f}", bottom, f"{t.position:.1f}", bottom + 19, t.label) for t in ticks),
    )


def _draw_names(ticks: Sequence[Tick], bottom: float, slanted: bool) -> SafeString:
    if not slanted:
        return _draw_x_ticks(ticks, bottom)
    return format_html_join(
        "",
        '<path class="tick" d="M{} {}v5"/>'
        '<text class="number" transform="translate({} {}) rotate(-60)" text-anchor="end">{}</text>',
        ((f"{t.position:.1f}", bottom, f"{t.position + 4:.1f}", bottom + 14, t.label) for t in ticks),
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
