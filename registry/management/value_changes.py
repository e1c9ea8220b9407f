"""Values that moved, as lines of text."""

from collections.abc import Iterable, Iterator, Sequence

from registry.hookspecs import Quantity
from registry.management.command_line import counted
from registry.numbers import catalogue
from registry.numbers.formatting import format_with_uncertainty
from registry.selectors.value_changes import ValueChange

HEAD = ("of", "quantity", "before", "after", "moved by")


def lines_of(moved: Sequence[ValueChange]) -> Iterator[str]:
    """A table of what moved, the largest first in units of its uncertainty, and a sentence on the rest."""
    shown = [move for move in moved if move.has_changed]
    if not shown:
        yield "No value moves."
        return
    rows = [HEAD, *(_row(move) for move in sorted(shown, key=_size, reverse=True))]
    widths = [max(len(row[item]) for row in rows) for item in range(len(HEAD))]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
    yield f"{counted(len(shown), 'value moves', 'values move')}; u is the larger standard uncertainty of the two."


def _size(move: ValueChange) -> float:
    if move.in_uncertainties is not None:
        return abs(move.in_uncertainties)
    return float("inf") if move.difference is None or move.difference else 0.0


def _row(move: ValueChange) -> tuple[str, ...]:
    quantity = catalogue.get_or_placeholder(move.quantity)
    sides = [format_with_uncertainty(item) if item else "–" for item in (move.before, move.after)]
    return move.of, _named(quantity), *sides, _moved_by(move)


def _named(quantity: Quantity) -> str:
    return f"{quantity.name} / {quantity.unit_label}" if quantity.unit_label else quantity.name


def _moved_by(move: ValueChange) -> str:
    if move.difference is None:
        became = "new" if move.before is None else "gone"
        return f"{became}: {move.reason}" if move.reason else became
    parts: Iterable[str] = (
        f"{move.in_uncertainties:+.2g} u" if move.in_uncertainties is not None else "",
        f"{move.percent:+.2g} %" if move.percent is not None else "",
    )
    return ", ".join(filter(None, parts)).replace("-", "−") or "its doubt alone"
