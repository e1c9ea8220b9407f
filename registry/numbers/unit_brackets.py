"""Brackets, fractions and roots in units, as far as they have one meaning: `J/(mol*K)`, `s^(1/2)`, `√s`."""

import re
from decimal import Decimal

_POWER = re.compile(r"\^\s*([({])\s*([+-]?\d+(?:\.\d+)?)(?:\s*/\s*(\d+))?\s*[)}]")
_ROOT = re.compile(r"√\s*(\(?)\s*([A-Za-zΩµμ°]+)\s*(\)?)")
_POWERED = r"(\^-?\d+(?:\.\d+)?)?"
_ITEM = re.compile(rf"([*/]?)(?:\(([^()]+)\){_POWERED}|([^()*/^]+){_POWERED})")
Factor = tuple[str, Decimal]
"""A unit and its power."""


def without_power_brackets(text: str) -> str:
    """Write powers as decimal numbers: `s^(1/2)`, `s^{0.5}` and `√s` become `s^0.5`; a third stays as it is."""
    return _POWER.sub(_decimal, _ROOT.sub(_root, text))


def _root(match: re.Match[str]) -> str:
    is_closed = bool(match[1]) == bool(match[3])
    return f"{match[2]}^0.5" if is_closed else match[0]


def _decimal(match: re.Match[str]) -> str:
    if match[3] is None:
        return f"^{match[2].removeprefix('+')}"
    if not int(match[3]):
        return match[0]
    power = Decimal(match[2]) / int(match[3])
    return f"^{power.normalize():f}" if power == round(power, 2) else match[0]


def without_brackets(text: str) -> str:
    """Write a product without its brackets: `J/(mol*K)` becomes `J/mol/K`.

    Unchanged if there are none, if they are nested, or if a factor follows a slash without them (`J/mol*(K)`), which
    is ambiguous.
    """
    if "(" not in text:
        return text
    factors = _factors(text)
    if not factors:
        return text
    above = [_written(name, power) for name, power in factors if power > 0]
    below = [_written(name, -power) for name, power in factors if power < 0]
    return "/".join(["*".join(above) or "1", *below])


def _factors(text: str) -> list[Factor]:
    """The factors of a product with brackets; none if it cannot be read."""
    factors: list[Factor] = []
    position, after_slash = 0, False
    while position < len(text):
        match = _ITEM.match(text, position)
        if match is None or (position > 0) != bool(match[1]) or (after_slash and match[1] == "*"):
            return []
        after_slash = after_slash or match[1] == "/"
        sign = -1 if match[1] == "/" else 1
        power = sign * Decimal((match[3] or match[5] or "^1")[1:])
        inner = _factors(match[2]) if match[2] else [(match[4], Decimal(1))]
        if not inner or not power:
            return []
        factors += [(name, own * power) for name, own in inner if name != "1"]
        position = match.end()
    return factors


def _written(name: str, power: Decimal) -> str:
    return name if power == 1 else f"{name}^{power.normalize():f}"
