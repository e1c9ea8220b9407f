"""Widths of the columns of a table whose rows are laid out as lines on a phone: those of their longest words."""

import re
from collections.abc import Sequence

CHARACTER, GAP = 0.6, 0.3
"""Width of a character and of the gap between columns [em]."""
_BREAK = re.compile(r"\s+|(?<=-)")


def longest_word(text: str) -> int:
    """The number of characters of the longest part of a text that is not broken."""
    return max(map(len, _BREAK.split(text)))


def line_widths(characters: Sequence[float]) -> str:
    """The widths of columns with so many characters each, as custom properties: `--c1:3.9;--c2:2.7`."""
    return ";".join(f"--c{number}:{CHARACTER * count + GAP:.1f}" for number, count in enumerate(characters, start=1))
