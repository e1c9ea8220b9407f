"""The catalogue of quantities: built-in ones and those of plugins."""

import difflib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from registry.contract.quantity import Quantity
from registry.numbers import units
from registry.numbers.builtin_quantities import BUILTIN_QUANTITIES, POSITIVE


class UnknownQuantityError(LookupError):
    """No quantity has this slug; the text suggests the closest one."""


class InvalidQuantityError(ValueError):
    """A quantity cannot be added to the catalogue; the text says why and how to fix it."""


class UnregisteredQuantityError(ValueError):
    """A plugin names a quantity that is not in the catalogue; the text says which and how to fix it."""


KNOWN_UNITS: frozenset[tuple[str, str]] = frozenset(
    (quantity.unit, quantity.unit_label) for quantity in BUILTIN_QUANTITIES
)

catalogue: dict[str, Quantity] = {quantity.slug: quantity for quantity in BUILTIN_QUANTITIES}
_sources: dict[str, str] = dict.fromkeys(catalogue, "Cellar")


def get(slug: str) -> Quantity:
    """Return the quantity, or raise UnknownQuantityError with the closest slug."""
    try:
        return catalogue[slug]
    except KeyError:
        near = difflib.get_close_matches(slug, catalogue, n=1, cutoff=0.5)
        hint = f": did you mean ‘{near[0]}’?" if near else ""
        raise UnknownQuantityError(f"unknown quantity ‘{slug}’{hint}") from None


def get_or_placeholder(slug: str) -> Quantity:
    """Return the quantity, or a placeholder named after the slug if its plugin is gone."""
    return catalogue.get(slug) or Quantity(slug, slug.replace("_", " "), "dimensionless")


def register(quantity: Quantity, source: str) -> None:
    """Add a plugin's quantity, or raise InvalidQuantityError; repeating it from one source does nothing."""
    slug = quantity.slug
    if slug in catalogue:
        if catalogue[slug] == quantity and _sources[slug] == source:
            return
        raise InvalidQuantityError(
            f"the quantity ‘{slug}’ of {source} is already registered by {_sources[slug]}: choose another slug"
        )
    _check_slug(quantity, source)
    _check_unit(quantity, source)
    catalogue[slug] = quantity
    _sources[slug] = source


def source_of(slug: str) -> str:
    """Return what registered the quantity: ‘Cellar’ or the name of the plugin."""
    get(slug)
    return _sources[slug]


def reset() -> None:
    """Remove the quantities of plugins."""
    catalogue.clear()
    catalogue.update((quantity.slug, quantity) for quantity in BUILTIN_QUANTITIES)
    _sources.clear()
    _sources.update(dict.fromkeys(catalogue, "Cellar"))


@contextmanager
def catalogue_restored() -> Iterator[None]:
    """Restore the catalogue after the block."""
    known, sources = dict(catalogue), dict(_sources)
    try:
        yield
    finally:
        catalogue.clear()
        catalogue.update(known)
        _sources.clear()
        _sources.update(sources)


def in_sentence(quantity: Quantity) -> str:
    """Return the name for use within a sentence: ‘stack pressure’, ‘C-rate’."""
    name = quantity.name
    return name if name[1:2] in {"-", " "} or name[1:2].isupper() else name[:1].lower() + name[1:]


def range_error(quantity: Quantity, magnitude: float) -> str:
    """Return why a magnitude in the unit of the quantity is impossible, empty if it is possible."""
    label = f" {quantity.unit_label}" if quantity.unit_label else ""
    minimum, maximum = quantity.minimum, quantity.maximum
    if quantity.slug in POSITIVE and magnitude <= 0:
        return f"{in_sentence(quantity)} must be above 0{label}"
    if minimum is not None and magnitude < minimum:
        return f"{in_sentence(quantity)} must be at least {minimum:g}{label}"
    if maximum is not None and magnitude > maximum:
        return f"{in_sentence(quantity)} must be at most {maximum:g}{label}"
    if quantity.is_count and magnitude != int(magnitude):
        return f"{in_sentence(quantity)} must be a whole number"
    return ""


def unit_suffix(unit: str) -> str:
    """Return the slug suffix of a unit: `mah_g` for `mA*h/g`, `cm2` for `cm**2`, empty for a dimensionless number."""
    if unit in {"", "dimensionless"}:
        return ""
    above, *below = re.split(r"/|\*(?=\w+(?:\*\*|\^)-)", unit.replace("Ω", "ohm").replace("µ", "u").replace(" ", ""))
    parts = [above.replace("**", "").replace("*", ""), *(re.sub(r"\*\*|\*|\^|-1$|-", "", part) for part in below)]
    return "_".join(part.replace("^", "").lower() for part in parts if part != "1")


def _ends_in(slug: str, suffix: str) -> bool:
    """True if the slug ends in the suffix, ignoring underscores and ‘per’."""
    tokens = [token for token in slug.split("_") if token != "per"]
    return suffix.replace("_", "") in {"".join(tokens[start:]) for start in range(len(tokens))}


def _check_slug(quantity: Quantity, source: str) -> None:
    slug, suffix = quantity.slug, unit_suffix(quantity.unit)
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", slug):
        raise InvalidQuantityError(
            f"the slug ‘{slug}’ of {source} may contain only lower-case letters, digits and single underscores"
        )
    if suffix and not _ends_in(slug, suffix):
        raise InvalidQuantityError(
            f"the slug ‘{slug}’ of {source} contradicts its unit ‘{quantity.unit}’: let it end in ‘_{suffix}’"
        )
    if not suffix and not quantity.is_count:
        for unit in sorted({unit for unit, _ in KNOWN_UNITS}):
            if unit_suffix(unit) and _ends_in(slug, unit_suffix(unit)):
                raise InvalidQuantityError(
                    f"the slug ‘{slug}’ of {source} ends in a unit but the quantity has none: set the unit ‘{unit}’"
                )


def _check_unit(quantity: Quantity, source: str) -> None:
    """Refuse a unit pint does not know, and a label that means a different unit."""
    for written in (quantity.unit, quantity.unit_label):
        if not written:
            continue
        try:
            conversion = units.factor(written, quantity.unit)
        except units.UnitError as error:
            raise InvalidQuantityError(f"the unit ‘{written}’ of ‘{quantity.slug}’ ({source}): {error}") from error
        if conversion != (Decimal(1), Decimal(0)):
            raise InvalidQuantityError(
                f"the unit label ‘{written}’ of ‘{quantity.slug}’ ({source}) is not its unit ‘{quantity.unit}’"
            )
