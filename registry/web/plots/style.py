"""Colour and pattern of the series of a plot: no two of the first 36 look alike."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

COLOURS = 6
PATTERNS = 6
SECOND = 31
"""Place of the first series on a second axis: the second colour, without a pattern."""


class SeriesStyle(NamedTuple):
    """How a series looks; the colour is a custom property of the stylesheet."""

    colour: str
    pattern: int
    """Place in the list of dashes, and of symbols."""


def get_style(index: int) -> SeriesStyle:
    """The style of a series by its place in the plot.

    Examples
    --------
    >>> get_style(0), get_style(7)
    (SeriesStyle(colour='--p1', pattern=0), SeriesStyle(colour='--p2', pattern=2))
    """
    colour = index % COLOURS
    return SeriesStyle(f"--p{colour + 1}", (colour + index // COLOURS) % PATTERNS)


def list_style_indices(series: Sequence[Mapping[str, Any]]) -> list[int]:
    """The place of each series among the styles: series of one group have one colour, and differ in their pattern.

    Examples
    --------
    >>> list_style_indices([{}, {}])
    [0, 1]
    >>> list_style_indices([{"group": 0}, {"group": 0}, {"group": 1}])
    [0, 6, 1]
    >>> list_style_indices([{}, {}, {"on_second_axis": True}])
    [0, 2, 31]
    """
    if any("group" not in item for item in series):
        return _list_by_axis([bool(item.get("on_second_axis")) for item in series])
    members = Counter(item["group"] for item in series)
    most = max(members.values(), default=1)
    counts: Counter[int] = Counter()
    indices = []
    for item in series:
        group = item["group"]
        turn = counts[group] + group // COLOURS * most
        counts[group] += 1
        indices.append(group % COLOURS + COLOURS * (turn % PATTERNS))
    return indices


def _list_by_axis(are_second: Sequence[bool]) -> list[int]:
    """Series on a second axis look the same in every plot, whatever else it has; no other has their colour."""
    seconds = iter(range(SECOND, SECOND + len(are_second)))
    firsts = iter([index for index in range(2 * len(are_second)) if index % COLOURS != 1 or not any(are_second)])
    return [next(seconds if is_second else firsts) for is_second in are_second]


def css_classes(index: int) -> str:
    """The classes of a series in a drawing."""
    style = get_style(index)
    return f"series-{style.colour.removeprefix('--p')} pattern-{style.pattern}"
