"""The scale of a potential as people write it after a voltage: `4.3 V vs Li/Li+`, `3.7 V vs. Li-In`, `4.2 V (cell)`.

A voltage window against a reference of its own is not the window of another: 3.68 V vs Li-In is 4.30 V vs Li/Li+.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from registry.numbers.grammar import NotationError

POTENTIALS = frozenset({"voltage_lower_v", "voltage_upper_v", "voltage_v"})
"""The quantities whose scale is recorded: the voltage window and the voltage of a state."""


@dataclass(frozen=True)
class PotentialScale:
    """Reference electrode of a potential."""

    label: str
    """As shown after a number: `vs Li/Li⁺`."""
    offset_v: float | None
    """Potential of its zero on the scale vs Li/Li⁺ [V]; None if it is not a fixed one."""


SCALES: Mapping[str, PotentialScale] = {
    "li": PotentialScale("vs Li/Li⁺", 0.0),
    # Two-phase plateau of In and InLi: Santhosha et al., Batteries & Supercaps 2019, 2, 524.
    "li_in": PotentialScale("vs Li-In", 0.62),
    "na": PotentialScale("vs Na/Na⁺", None),
    "cell": PotentialScale("cell voltage", None),
}
_SPELLINGS: Mapping[str, str] = {
    **dict.fromkeys(("li/li+", "li+/li", "li|li+", "li+|li", "li"), "li"),
    **dict.fromkeys(("li-in", "in-li", "liin", "inli", "li/in", "in/li", "in/inli", "in/liin", "li0.5in"), "li_in"),
    **dict.fromkeys(("li-in/li+", "li+/li-in", "li-in/in", "in/li-in"), "li_in"),
    **dict.fromkeys(("na/na+", "na+/na", "na|na+", "na+|na", "na"), "na"),
    **dict.fromkeys(("cell voltage", "full cell", "full-cell", "cell"), "cell"),
}
_VERSUS = re.compile(r"\s*[,(]?\s*(?:vs\b\.?|versus\b|against\b)\s*(?P<scale>[^()]+?)\s*\)?\s*", re.IGNORECASE)
_CELL = re.compile(r"\s*[,(]?\s*(?P<scale>cell voltage|full[ -]cell|cell)\s*\)?\s*", re.IGNORECASE)
_ASCII = str.maketrans(
    {"⁺": "+", "–": "-", "−": "-", "‐": "-", "‑": "-", "₀": "0", "₅": "5", "\N{NO-BREAK SPACE}": " "}
)


def split_scale(text: str) -> tuple[str, str]:
    """Return a voltage without its scale, and the scale, empty if none is written; raise NotationError for an unknown
    one.

    Examples
    --------
    >>> split_scale("4.3 V vs. Li/Li+"), split_scale("3.7 V (vs Li–In)"), split_scale("4.2 V")
    (('4.3 V', 'li'), ('3.7 V', 'li_in'), ('4.2 V', ''))
    """
    start = next((match.start() for match in re.finditer(r"[\s,(]", text) if _names_scale(text[match.start() :])), None)
    if start is None or not any(character.isdecimal() for character in text[:start]):
        return text, ""
    match = _names_scale(text[start:])
    assert match
    spelling = re.sub(r"\s*([-/|+])\s*", r"\1", match["scale"].translate(_ASCII).casefold())
    scale = _SPELLINGS.get(re.sub(r"\s+", " ", spelling))
    if scale is None:
        known = ", ".join(item.label for item in SCALES.values())
        raise NotationError(f"‘{match['scale']}’ in ‘{text}’ is not a known potential scale: write one of {known}")
    return text[:start].rstrip(), scale


def _names_scale(text: str) -> re.Match[str] | None:
    return _VERSUS.fullmatch(text) or _CELL.fullmatch(text)


def scale_label(scale: str) -> str:
    """Return a scale as shown; `not stated` for none."""
    return SCALES[scale].label if scale in SCALES else "not stated"
