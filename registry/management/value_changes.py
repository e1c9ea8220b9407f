"""Changed values as a text table."""

from collections.abc import Iterable, Iterator, Sequence

from registry.contract.place import split_key
from registry.hookspecs import Quantity
from registry.management.command_line import pluralize
from registry.numbers import catalogue
from registry.numbers.formatting import format_with_uncertainty
from registry.selectors.runs.value_changes import ValueChange

HEADER = ("record", "quantity", "before", "after", "change")


def format_changes(changes: Sequence[ValueChange]) -> Iterator[str]:
    """Format changed values as a table, largest change in units of its uncertainty first, with a count."""
    shown = [change for change in changes if change.has_changed]
    if not shown:
        yield "No values change."
        return
    rows = [HEADER, *(_row(change) for change in sorted(shown, key=_size, reverse=True))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
    total = pluralize(len(shown), "value changes", "values change")
    yield f"{total}; u is the larger of the two standard uncertainties."


def _size(change: ValueChange) -> float:
    if change.in_uncertainties is not None:
        return abs(change.in_uncertainties)
    return float("inf") if change.difference is None or change.difference else 0.0


def _row(change: ValueChange) -> tuple[str, ...]:
    slug, place = split_key(change.quantity)
    quantity = catalogue.get_or_placeholder(slug)
    sides = [format_with_uncertainty(value) if value else "–" for value in (change.before, change.after)]
    name = _name_with_unit(quantity) + (f", {place.label}" if place else "")
    return change.of, name, *sides, _describe_change(change)


def _name_with_unit(quantity: Quantity) -> str:
    return f"{quantity.name} / {quantity.unit_label}" if quantity.unit_label else quantity.name


def _describe_change(change: ValueChange) -> str:
    if change.difference is None:
        status = "new" if change.before is None else "removed"
        return f"{status}: {change.reason}" if change.reason else status
    parts: Iterable[str] = (
        f"{change.in_uncertainties:+.2g} u" if change.in_uncertainties is not None else "",
        f"{change.percent:+.2g} %" if change.percent is not None else "",
    )
    return ", ".join(filter(None, parts)).replace("-", "−") or "uncertainty only"
