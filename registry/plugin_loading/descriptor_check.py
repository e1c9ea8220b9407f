"""Checks of the fields of a quantity, reader, table or table format that a plugin describes."""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from registry.hookspecs import Column, Quantity, Reader, Table, TableFormat

SLUG = re.compile(r"[A-Za-z0-9_-]+")
LONGEST_SLUG, LONGEST_NAME, LONGEST_VERSION = 64, 80, 40


def quantity_check(quantity: Quantity) -> None:
    """Raise TypeError or ValueError, with what is wrong and how to correct it."""
    named = f"the quantity ‘{quantity.slug}’"
    text(quantity.slug, "a quantity", "slug", longest=LONGEST_SLUG)
    text(quantity.name, named, "name")
    text(quantity.unit, named, "unit, ‘dimensionless’ for a bare number")
    for name in ("unit_label", "symbol", "description", "end_of", "if_not_ended"):
        text(getattr(quantity, name), named, name, may_be_empty=True)
    for name in ("minimum", "maximum"):
        bound = getattr(quantity, name)
        if bound is not None and (isinstance(bound, bool) or not isinstance(bound, int | float)):
            raise TypeError(f"{named} has a {name} that is not a number: {bound!r}")
    if not isinstance(quantity.describes_test, bool):
        raise TypeError(f"{named} has describes_test={quantity.describes_test!r}: use True or False")
    if quantity.end_of == quantity.slug:
        raise ValueError(f"{named} is its own end_of: name the quantity that every test has, whether it ended or not")
    if quantity.if_not_ended and not quantity.end_of:
        raise ValueError(f"{named} has if_not_ended without end_of: set both, or neither")
    low, high = quantity.minimum, quantity.maximum
    if low is not None and high is not None and low > high:
        raise ValueError(f"{named} has the minimum {low:g} above the maximum {high:g}: swap them")


def reader_check(reader: Reader) -> None:
    """Raise TypeError or ValueError, with what is wrong and how to correct it."""
    text(reader.name, "a reader", "name", longest=LONGEST_NAME)
    named = f"the reader ‘{reader.name}’"
    text(reader.version, named, "version", longest=LONGEST_VERSION)
    text(reader.title, named, "title")
    takes(reader.recognises, 2, f"{named}: recognises", "def recognises(first_bytes, name):")
    takes(reader.read, 1, f"{named}: read", "def read(path):")
    if reader.read_mapped is not None:
        takes(reader.read_mapped, 2, f"{named}: read_mapped", "def read_mapped(path, mapping):")
    if isinstance(reader.priority, bool) or not isinstance(reader.priority, int):
        raise TypeError(f"{named} has the priority {reader.priority!r}: use an integer, 0 for most formats")


def table_format_check(table_format: TableFormat) -> None:
    """Raise TypeError or ValueError, with what is wrong and how to correct it."""
    text(table_format.name, "a table format", "name", longest=LONGEST_NAME)
    named = f"the table format ‘{table_format.name}’"
    text(table_format.media_type, named, "media type such as text/csv")
    text(table_format.extension, named, "extension such as csv")
    if not SLUG.fullmatch(table_format.extension):
        raise ValueError(f"{named} has the extension ‘{table_format.extension}’: use letters and digits, no dot")
    if not re.fullmatch(r"[\w.+-]+/[\w.+-]+(; ?[\w=-]+)*", table_format.media_type):
        raise ValueError(f"{named} has the media type ‘{table_format.media_type}’: use one such as text/csv")
    takes(table_format.render, 1, f"{named}: render", "def render(table):")


def table_descriptor_check(table: Table) -> None:
    """Raise TypeError or ValueError for invalid fields; the registry checks the columns and filters they name."""
    text(table.slug, "a table", "slug", longest=LONGEST_SLUG)
    named = f"the table ‘{table.slug}’"
    if not SLUG.fullmatch(table.slug):
        raise ValueError(f"{named} needs a slug of letters, digits, - and _, because it is part of a web address")
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
        raise TypeError(f"{named} has filters that are not a dictionary: write filters={{“technique”: “eis”}}")


def text(value: Any, named: str, what: str, *, longest: int = 200, may_be_empty: bool = False) -> None:
    """Raise unless it is text, of no more characters than can be stored."""
    if not isinstance(value, str):
        raise TypeError(f"{named} needs a {what} that is text, not {value!r}")
    if not value.strip() and not may_be_empty:
        raise ValueError(f"{named} needs a {what}")
    if len(value) > longest and what != "description":
        raise ValueError(f"{named} has a {what} of {len(value)} characters: at most {longest} can be stored")


def listed(value: Any, named: str, what: str) -> None:
    """Raise unless it is a tuple or list."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise TypeError(f"{named} has `{what}` that is not a tuple: write ({value!r},)")


def takes(function: Callable[..., Any], number: int, named: str, signature: str) -> None:
    """Raise unless it is an ordinary function of so many arguments."""
    if not callable(function):
        raise TypeError(f"{named} is a {type(function).__name__}, which cannot be called: write `{signature}`")
    if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
        raise TypeError(f"{named} is a coroutine or generator: write `{signature}`, without async or yield")
    if wrong := arguments(function, number):
        raise TypeError(f"{named} takes {wrong}: write `{signature}`")


def arguments(function: Callable[..., Any], number: int) -> str:
    """The arguments it takes, if not so many; empty if so many, or if unknown, as of some functions in C."""
    try:
        signature = inspect.signature(function)
    except (ValueError, TypeError):
        return ""
    try:
        signature.bind(*range(number))
    except TypeError:
        return ", ".join(signature.parameters) or "nothing"
    return ""
