"""Whether a quantity, reader, table or table format a plugin describes can be kept: its fields, each in words."""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from registry.hookspecs import Column, Quantity, Reader, Table, TableFormat

SLUG = re.compile(r"[A-Za-z0-9_-]+")
LONGEST_SLUG, LONGEST_NAME, LONGEST_VERSION = 64, 80, 40


def quantity_check(quantity: Quantity) -> None:
    """Raise TypeError or ValueError that says what is wrong with it and how to mend it."""
    named = f"the quantity ‘{quantity.slug}’"
    text(quantity.slug, "a quantity", "slug", longest=LONGEST_SLUG)
    text(quantity.name, named, "name")
    text(quantity.unit, named, "unit, ‘dimensionless’ for a bare number")
    for name in ("unit_label", "symbol", "description"):
        text(getattr(quantity, name), named, name, may_be_empty=True)
    for name in ("minimum", "maximum"):
        bound = getattr(quantity, name)
        if bound is not None and (isinstance(bound, bool) or not isinstance(bound, int | float)):
            raise TypeError(f"{named} has a {name} that is no number: {bound!r}")
    low, high = quantity.minimum, quantity.maximum
    if low is not None and high is not None and low > high:
        raise ValueError(f"{named} has the minimum {low:g} above the maximum {high:g}: exchange them")


def reader_check(reader: Reader) -> None:
    """Raise TypeError or ValueError that says what is wrong with it and how to mend it."""
    text(reader.name, "a reader", "name", longest=LONGEST_NAME)
    named = f"the reader ‘{reader.name}’"
    text(reader.version, named, "version", longest=LONGEST_VERSION)
    text(reader.title, named, "title")
    takes(reader.recognises, 2, f"{named}: recognises", "def recognises(first_bytes, name):")
    takes(reader.read, 1, f"{named}: read", "def read(path):")
    if reader.read_mapped is not None:
        takes(reader.read_mapped, 2, f"{named}: read_mapped", "def read_mapped(path, mapping):")
    if isinstance(reader.priority, bool) or not isinstance(reader.priority, int):
        raise TypeError(f"{named} has the priority {reader.priority!r}: give a whole number, 0 for most formats")


def table_format_check(table_format: TableFormat) -> None:
    """Raise TypeError or ValueError that says what is wrong with it and how to mend it."""
    text(table_format.name, "a table format", "name", longest=LONGEST_NAME)
    named = f"the table format ‘{table_format.name}’"
    text(table_format.media_type, named, "media type such as text/csv")
    text(table_format.extension, named, "extension such as csv")
    if not SLUG.fullmatch(table_format.extension):
        raise ValueError(f"{named} has the extension ‘{table_format.extension}’: write letters and digits, no dot")
    if not re.fullmatch(r"[\w.+-]+/[\w.+-]+(; ?[\w=-]+)*", table_format.media_type):
        raise ValueError(f"{named} has the media type ‘{table_format.media_type}’: write one such as text/csv")
    takes(table_format.render, 1, f"{named}: render", "def render(table):")


def table_check(table: Table) -> None:
    """Raise TypeError or ValueError for fields of a kind that cannot be; what they name is checked elsewhere."""
    text(table.slug, "a table", "slug", longest=LONGEST_SLUG)
    named = f"the table ‘{table.slug}’"
    if not SLUG.fullmatch(table.slug):
        raise ValueError(f"{named} needs a slug of letters, digits, - and _, for it stands in an address")
    text(table.title, named, "title")
    text(table.caption, named, "caption", may_be_empty=True)
    for name in ("columns", "order", "require"):
        listed(getattr(table, name), named, name)
    if not table.columns:
        raise ValueError(f"{named} has no columns: write columns=(Column(“label”), …)")
    for column in table.columns:
        if not isinstance(column, Column):
            raise TypeError(f"{named} has the column {column!r}: write Column({column!r})")
    if not isinstance(table.filters, Mapping):
        raise TypeError(f"{named} has filters that are no dictionary: write filters={{“technique”: “eis”}}")


def text(given: Any, named: str, what: str, *, longest: int = 200, may_be_empty: bool = False) -> None:
    """Raise unless it is text, of no more characters than can be kept."""
    if not isinstance(given, str):
        raise TypeError(f"{named} needs a {what}, as text: it has {given!r}")
    if not given.strip() and not may_be_empty:
        raise ValueError(f"{named} needs a {what}")
    if len(given) > longest and what != "description":
        raise ValueError(f"{named} has a {what} of {len(given)} characters: {longest} can be kept")


def listed(given: Any, named: str, what: str) -> None:
    """Raise unless it is a tuple or list."""
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise TypeError(f"{named} has `{what}` that is no tuple: write ({given!r},)")


def takes(function: Callable[..., Any], number: int, named: str, mend: str) -> None:
    """Raise unless it can be called with so many arguments, and answers at once."""
    if not callable(function):
        raise TypeError(f"{named} is a {type(function).__name__}, which cannot be called: write `{mend}`")
    if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
        raise TypeError(f"{named} gives nothing at once: write `{mend}` with `return`, and neither async nor yield")
    if wrong := arguments(function, number):
        raise TypeError(f"{named} takes {wrong}, which is not what it is given: write `{mend}`")


def arguments(function: Callable[..., Any], number: int) -> str:
    """What it takes if that is not so many arguments; empty if it is, or if it does not say, as one in C may not."""
    try:
        signature = inspect.signature(function)
    except (ValueError, TypeError):
        return ""
    try:
        signature.bind(*range(number))
    except TypeError:
        return ", ".join(signature.parameters) or "nothing"
    return ""
