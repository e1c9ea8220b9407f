"""Colour and pattern of the series of a plot: no two of the first 36 look alike."""

from typing import NamedTuple

COLOURS = 6
PATTERNS = 6


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


def css_classes(index: int) -> str:
    """The classes of a series in a drawing."""
    style = get_style(index)
    return f"series-{style.colour.removeprefix('--p')} pattern-{style.pattern}"
