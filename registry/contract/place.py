"""The place of a value: which peak, cycle or layer it is of."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Self

LONGEST_KIND = 30
LARGEST_NUMBER = 2**31 - 1
PLACES = "@places"
"""Ending of the path of the fact that lists the places at which a quantity was computed."""
_KIND = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_WRITTEN = re.compile(r"(?P<kind>[^:]*):(?P<number>[0-9]{1,10})", re.ASCII)


class Place(NamedTuple):
    """The place of a value among several of the same quantity: peak 2, cycle 100, layer 3; as text, `peak:2`."""

    kind: str
    """What is counted, a lower-case word: `peak`."""
    number: int
    """Number, from 0."""

    def __str__(self) -> str:
        return f"{self.kind}:{self.number}"

    @property
    def label(self) -> str:
        """The place as words, `peak 2`."""
        return f"{self.kind.replace('_', ' ')} {self.number}"

    @classmethod
    def of(cls, at: Mapping[str, int] | None) -> Self | None:
        """Return the place of `{"peak": 2}`, None of an empty mapping; ValueError if it is malformed."""
        if not at:
            return None
        if not isinstance(at, Mapping) or len(at) != 1:
            raise ValueError(f"a place is one word with its number, {{'peak': 2}}, not {at!r:.60}")
        ((kind, number),) = at.items()
        return cls(_checked_kind(kind), _checked_number(number))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the place of `peak:2`; ValueError if it is malformed."""
        match = _WRITTEN.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"‘{text:.60}’ is not a place: write a word and a number, such as peak:2.")
        return cls(_checked_kind(match["kind"]), _checked_number(int(match["number"])))


def _checked_kind(kind: object) -> str:
    if not isinstance(kind, str) or len(kind) > LONGEST_KIND or not _KIND.fullmatch(kind):
        raise ValueError(
            f"‘{kind!s:.60}’ cannot count places: use a lower-case word of at most {LONGEST_KIND} characters, such as "
            "peak, in peak:2."
        )
    return kind


def _checked_number(number: object) -> int:
    is_whole = isinstance(number, int) and not isinstance(number, bool)
    if not is_whole or not 0 <= number <= LARGEST_NUMBER:  # type: ignore[operator]
        raise ValueError(f"‘{number!s:.60}’ is not the number of a place: use a whole number from 0, as in peak:2.")
    return int(number)  # type: ignore[call-overload]


def place_of(kind: str, number: int | None) -> Place | None:
    """Return the place stored in two columns; None for a value without a place."""
    return Place(kind, number) if kind and number is not None else None


def value_key(quantity: str, place: Place | None) -> str:
    """Return the key of a value among those of a record: its quantity and place, `relaxation_time_s@peak:2`."""
    return quantity if place is None else f"{quantity}@{place}"


def list_places(keys: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the places in keys of values, in order, by quantity: `{"relaxation_time_s": ("peak:1", "peak:2")}`."""
    places: dict[str, list[Place]] = {}
    for quantity, place in map(split_key, keys):
        if place:
            places.setdefault(quantity, []).append(place)
    return {quantity: tuple(map(str, sorted(labels))) for quantity, labels in places.items()}


def split_key(key: str) -> tuple[str, Place | None]:
    """Return the quantity and the place of a key."""
    quantity, _, written = key.partition("@")
    return quantity, Place.parse(written) if written else None
