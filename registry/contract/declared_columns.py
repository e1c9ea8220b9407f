"""Columns that registered techniques declare beyond the canonical ones: text tables and column mappings may name them.

What loads the plugins says which techniques are registered, in this process and in those of the sandbox.
"""

from collections.abc import Callable, Collection, Iterable, Iterator

from registry.contract.dataset_columns import DATASET_COLUMNS, unit_in_words
from registry.contract.vocabulary import Technique

_source: Callable[[], Iterable[Technique]] = tuple


def take_techniques_from(source: Callable[[], Iterable[Technique]]) -> None:
    """Set the function that returns the techniques registered at the moment."""
    global _source
    _source = source


def find_technique(slug: str) -> Technique | None:
    """Return the technique that is registered under a slug, None if there is none."""
    return next((technique for technique in _source() if technique.slug == slug), None)


def declared_columns() -> dict[str, str]:
    """Return the names of the declared columns, each with the unit that its name ends in, in words."""
    return {
        name: unit_in_words(name) for _, names in declared_tables() for name in names if name not in DATASET_COLUMNS
    }


def declared_tables() -> Iterator[tuple[Technique, Collection[str]]]:
    """Yield each set of columns in which a technique declares one of its own, with that technique."""
    for technique in _source():
        for names in technique.columns:
            if any(name not in DATASET_COLUMNS for name in names):
                yield technique, names
