"""The endings of slugs: one for each unit, and one unit for each ending.

The ending is the unit in lower case, its factors below the line after the others: `s_cm` for S/cm, `j_mol_k` for
J/(mol*K), `ohm_s0p5` for ohm/s**0.5 (p is the decimal point), `per_h` for 1/h. Where lower case makes two units alike
(mPa and MPa, S and s), the one in use keeps the short ending, and the other one is written out: `_millipascal`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import cache

from registry.contract.quantity import Quantity
from registry.numbers import units

_FACTOR = re.compile(r"([*/]?)([^*/^()]+)(?:\^(-?)([0-9.]+))?")
SECONDS = ("s", "ms", "us", "ns")
"""Units of time keep their short endings before any quantity has them: siemens alone are written out."""


@cache
def unit_suffix(unit: str) -> str:
    """Return the slug suffix of a unit: `mah_g` for `mA*h/g`, `cm2` for `cm**2`, empty for a dimensionless number."""
    return _suffix(unit, str.lower, "")


@cache
def full_suffix(unit: str) -> str:
    """Return the suffix with its units written out: `millipascal` for `mPa`."""
    return _suffix(unit, units.full_name, "_")


def _suffix(unit: str, name_of: Callable[[str], str], separator: str) -> str:
    if unit in {"", "dimensionless"}:
        return ""
    above: list[str] = []
    below: list[str] = []
    for sign, name, minus, power in _FACTOR.findall(units.normalise(unit)):
        if name != "1":
            side = below if (sign == "/") != bool(minus) else above
            digits = "" if power in ("", "1") else power.replace(".", "p")
            side.append(name_of(name).replace(" ", "_") + digits)
    return "_".join([separator.join(above) or "per", *below])


def slug_problem(quantity: Quantity, known: Iterable[Quantity]) -> str:
    """Return what is wrong with the slug of a quantity and how to fix it; empty if it ends in its unit.

    `known` are the quantities whose units are in use.
    """
    slug, unit = quantity.slug, quantity.unit
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", slug):
        return "may contain only lower-case letters, digits and single underscores"
    in_use = {**dict.fromkeys(SECONDS, ""), **{item.unit: item.slug for item in known}}
    short = unit_suffix(unit)
    if not short:
        ended = "" if quantity.is_count else next(_units_at_the_end(slug, in_use), "")
        return f"ends in a unit but the quantity has none: set the unit ‘{ended}’" if ended else ""
    if not _ends_in(slug, short):
        return "" if _ends_in(slug, full_suffix(unit)) else f"contradicts its unit ‘{unit}’: let it end in ‘_{short}’"
    for other, owner in in_use.items():
        suffix = unit_suffix(other)
        if suffix == short and not _is_same(other, unit):
            where = f" of ‘{owner}’" if owner else ""
            return f"ends in ‘_{short}’, which is the unit ‘{other}’{where}: let it end in ‘_{full_suffix(unit)}’"
        if len(suffix) > len(short) and _ends_in(suffix, short) and _ends_in(slug, suffix):
            return f"ends in ‘_{suffix}’, which is the unit ‘{other}’, not ‘{unit}’: put another word before the unit"
    return ""


def _units_at_the_end(slug: str, known: Iterable[str]) -> Iterator[str]:
    return (unit for unit in sorted(known) if unit_suffix(unit) and _ends_in(slug, unit_suffix(unit)))


def _ends_in(slug: str, suffix: str) -> bool:
    """True if the slug ends in the suffix, ignoring underscores, and ‘per’ between units but not before them."""
    tokens = slug.split("_")
    joined = "".join(token for token in suffix.removeprefix("per_").split("_") if token != "per")
    for start in range(len(tokens)):
        if tokens[start] != "per" and "".join(token for token in tokens[start:] if token != "per") == joined:
            return (start > 0 and tokens[start - 1] == "per") == suffix.startswith("per_")
    return False


def _is_same(unit: str, other: str) -> bool:
    """True for two spellings of one unit."""
    if units.normalise(unit) == units.normalise(other):
        return True
    try:
        return units.factor(unit, other) == (Decimal(1), Decimal(0))
    except units.UnitError:
        return False
