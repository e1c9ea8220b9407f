"""How a value was measured, as a footnote: values are comparable only if these notes are equal."""

from collections.abc import Iterable

from registry.hookspecs import Quantity
from registry.numbers import catalogue
from registry.numbers.formatting import to_typographic
from registry.selectors.comparison.row import LatestValue, Row

NOT_STATED = "Protocol not stated."


def protocol_quantities(keys: Iterable[str]) -> set[str]:
    """The quantities that say how those of these columns were measured."""
    known = (catalogue.get(key) for key in keys if key in catalogue.catalogue)
    return {slug for quantity in known for slug in quantity.protocol}


def protocol_note(row: Row, value: LatestValue, quantity: Quantity | None) -> str:
    """The numbers stated with a value, of its own measurement, to two digits; empty if its quantity has no protocol."""
    if quantity is None or not quantity.protocol:
        return ""
    stated = [text for slug in quantity.protocol if (text := _stated(row, value, slug))]
    return f"Protocol: {'; '.join(stated)}." if stated else NOT_STATED


def _stated(row: Row, value: LatestValue, slug: str) -> str:
    """A number of the protocol in words, of the same origin as the value if there are several."""
    others = [other for other in row.values_of(slug) if other.measurement_id == value.measurement_id]
    others.sort(key=lambda other: other.origin != value.origin)
    if not others or others[0].magnitude is None:
        return ""
    quantity = catalogue.get_or_placeholder(slug)
    digits = f"{others[0].qualifier.lstrip('=')}{to_typographic(f'{others[0].magnitude:.2g}')}"
    return f"{catalogue.in_sentence(quantity)} {digits} {quantity.unit_label}".rstrip()
