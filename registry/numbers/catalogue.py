"""The catalogue of quantities: built-in ones and those of plugins."""

import difflib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal

from registry.contract.in_text import QuantityNames, take_quantity_names_from
from registry.contract.quantity import Quantity
from registry.numbers import units
from registry.numbers.builtin_quantities import BUILTIN_QUANTITIES, POSITIVE
from registry.numbers.slug_endings import slug_problem, unit_suffix


def _keeps_none(slug: str) -> Quantity | None:
    """Where there is no database."""
    return None


_kept_description: Callable[[str], Quantity | None] = _keeps_none


class UnknownQuantityError(LookupError):
    """No quantity has this slug; the text suggests the closest one."""


class InvalidQuantityError(ValueError):
    """A quantity cannot be added to the catalogue; the text says why and how to fix it."""

    code = "invalid-quantity"


class UnregisteredQuantityError(ValueError):
    """A plugin names a quantity that is not in the catalogue; the text says which and how to fix it."""

    code = "unregistered-quantity"


ALIKE = 0.8
"""Similarity from which another slug is suggested."""
catalogue: dict[str, Quantity] = {quantity.slug: quantity for quantity in BUILTIN_QUANTITIES}
_sources: dict[str, str] = dict.fromkeys(catalogue, "Cellar")
_from_outside: set[str] = set()
"""Slugs of quantities of plugins that are not built in."""


def get(slug: str) -> Quantity:
    """Return the quantity, or raise UnknownQuantityError with the closest slug."""
    try:
        return catalogue[slug]
    except KeyError:
        near = difflib.get_close_matches(slug, catalogue, n=1, cutoff=ALIKE)
        hint = f": did you mean ‘{near[0]}’?" if near else ""
        raise UnknownQuantityError(f"unknown quantity ‘{slug}’{hint}") from None


def get_or_placeholder(slug: str) -> Quantity:
    """Return the quantity; if its plugin is not loaded, its last description, or a placeholder named after the slug."""
    return (
        catalogue.get(slug)
        or _kept_description(slug)
        or Quantity(slug=slug, name=slug.replace("_", " "), unit="dimensionless")
    )


def take_descriptions_from(source: Callable[[str], Quantity | None]) -> None:
    """Set the function that returns the kept description of a quantity that is not registered."""
    global _kept_description
    _kept_description = source


def register(quantity: Quantity, source: str, *, is_from_outside: bool = False) -> None:
    """Add a plugin's quantity, or raise InvalidQuantityError; repeating it from one source does nothing."""
    slug = quantity.slug
    if slug in catalogue:
        if catalogue[slug] == quantity and _sources[slug] == source:
            return
        raise InvalidQuantityError(
            f"the quantity ‘{slug}’ of {source} is already registered by {_sources[slug]}: choose another slug"
        )
    if problem := slug_problem(quantity, catalogue.values()):
        raise InvalidQuantityError(f"the slug ‘{slug}’ of {source} {problem}")
    _check_unit(quantity, source)
    catalogue[slug] = quantity
    _sources[slug] = source
    if is_from_outside:
        _from_outside.add(slug)


def source_of(slug: str) -> str:
    """Return what registered the quantity: ‘Cellar’ or the name of the plugin."""
    get(slug)
    return _sources[slug]


def reset() -> None:
    """Remove the quantities of plugins."""
    catalogue.clear()
    catalogue.update((quantity.slug, quantity) for quantity in BUILTIN_QUANTITIES)
    _from_outside.clear()
    _sources.clear()
    _sources.update(dict.fromkeys(catalogue, "Cellar"))


@contextmanager
def catalogue_restored() -> Iterator[None]:
    """Restore the catalogue after the block."""
    known, sources, from_outside = dict(catalogue), dict(_sources), set(_from_outside)
    try:
        yield
    finally:
        catalogue.clear()
        catalogue.update(known)
        _sources.clear()
        _sources.update(sources)
        _from_outside.clear()
        _from_outside.update(from_outside)


def in_sentence(quantity: Quantity) -> str:
    """Return the name for use within a sentence: ‘stack pressure’, ‘C-rate’; that of a plugin as it is, since it may
    begin with a proper name: ‘Raman shift’."""
    name = quantity.name
    if quantity.slug in _from_outside:
        return name
    return name if name[1:2] in {"-", " "} or name[1:2].isupper() else name[:1].lower() + name[1:]


def _names(slug: str) -> QuantityNames | None:
    quantity = catalogue.get(slug)
    return QuantityNames(quantity.name, in_sentence(quantity), quantity.unit_label) if quantity else None


take_quantity_names_from(_names)


def range_error(quantity: Quantity, magnitude: float, *, is_mean: bool = False) -> str:
    """Return why a magnitude in the unit of the quantity is impossible, empty if it is possible; the mean of counts
    need not be whole."""
    label = f" {quantity.unit_label}" if quantity.unit_label else ""
    minimum, maximum = quantity.minimum, quantity.maximum
    if quantity.slug in POSITIVE and magnitude <= 0:
        return f"{in_sentence(quantity)} must be above 0{label}"
    if minimum is not None and magnitude < minimum:
        return f"{in_sentence(quantity)} must be at least {minimum:g}{label}"
    if maximum is not None and magnitude > maximum:
        return f"{in_sentence(quantity)} must be at most {maximum:g}{label}"
    if quantity.is_count and not is_mean and magnitude != int(magnitude):
        return f"{in_sentence(quantity)} must be a whole number"
    return ""


def without_unit(quantity: Quantity) -> str:
    """Return the slug without its unit: `stack_pressure` for `stack_pressure_mpa`."""
    suffix = unit_suffix(quantity.unit)
    return quantity.slug.removesuffix(f"_{suffix}") if suffix else quantity.slug


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
