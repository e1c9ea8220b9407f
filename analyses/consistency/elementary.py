"""All relations among some of the numbers of a record that cannot be taken apart further.

Logarithms turn each product into a line of a linear system. A set of intervals has no common solution exactly if some
elementary vector of the row space, one whose support contains no smaller one, has an interval that excludes zero
(R. T. Rockafellar, The elementary vectors of a subspace of R^N, in: Combinatorial Mathematics and its Applications,
1969, theorem 22.6 of his Convex Analysis, 1970). The numbers of such a vector are a smallest conflicting set: without
any one of them the rest has a solution.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm

import numpy as np
from numpy.typing import NDArray

from analyses.consistency.limits import LIMITS
from analyses.consistency.relation import Limit, Relation
from analyses.consistency.relations import RELATIONS

Array = NDArray[np.float64]
Combination = tuple[dict[str, int], float]
"""Exponents of numbers, and the natural logarithm of a constant."""

MOST_NAMES = 62
"""Related numbers of a record whose sets fit into the bits of an integer."""


@dataclass(frozen=True)
class Row:
    """An elementary relation: exponents of numbers, natural logarithm of the constant, and its limit if it has one."""

    exponents: dict[str, int]
    log_constant: float
    limit: Limit | None = None

    @property
    def support(self) -> frozenset[str]:
        """The names of its numbers, the limit included."""
        return frozenset(self.exponents)


@dataclass(frozen=True)
class ElementarySystem:
    """All elementary relations among a set of numbers.

    Parameters
    ----------
    names : tuple of str
        Numbers that appear in any of them, limits included.
    rows : tuple of Row
        The relations.
    positive, negative : ndarray, shape (rows, names)
        Positive and negative parts of the exponents, both as numbers from 0.
    constants : ndarray, shape (rows,)
        Natural logarithms of the constants.
    """

    names: tuple[str, ...]
    rows: tuple[Row, ...]
    positive: Array
    negative: Array
    constants: Array


@lru_cache(maxsize=4096)
def elementary_system(names: frozenset[str]) -> ElementarySystem:
    """Return all elementary relations among numbers with these names, by the tables of relations and limits.

    Parameters
    ----------
    names : frozenset of str
        The numbers that are known; all others are eliminated.

    Returns
    -------
    ElementarySystem
        Without rows if nothing relates the numbers.
    """
    return build_system(names, RELATIONS, LIMITS)


def build_system(names: frozenset[str], relations: Sequence[Relation], limits: Sequence[Limit]) -> ElementarySystem:
    """Return all elementary relations among numbers with these names; each limit is taken by itself."""
    rows = _rows_of(names, relations, limits)
    used = tuple(dict.fromkeys(name for row in rows for name in row.exponents))
    exponents = np.array([[row.exponents.get(name, 0) for name in used] for row in rows], dtype=float)
    matrix = exponents.reshape(len(rows), len(used))
    constants = np.array([row.log_constant for row in rows], dtype=float)
    return ElementarySystem(used, tuple(rows), np.maximum(matrix, 0.0), np.maximum(-matrix, 0.0), constants)


def _rows_of(names: frozenset[str], relations: Sequence[Relation], limits: Sequence[Limit]) -> list[Row]:
    by_name = {limit.name: limit for limit in limits}
    every = [*relations, *(limit.as_relation for limit in limits)]
    known = [*by_name, *sorted(names)]
    basis = _basis(known, _reachable(names | by_name.keys(), every))
    circuits = _closure([(row, constant) for row, constant in basis if not by_name.keys() & row])
    rows = [Row(*_in_order(*circuit, known)) for circuit in circuits]
    for start in basis:
        of_row = by_name.keys() & start[0]
        if len(of_row) == 1:
            (limit,) = of_row
            rows += [Row(*_in_order(*row, known), by_name[limit]) for row in _with_limit(start, circuits)]
    return rows


def elementary_relations(names: Iterable[str], relations: Sequence[Relation]) -> list[Combination]:
    """Return exponents and logarithm of the constant of every elementary relation among numbers with these names.

    Parameters
    ----------
    names : iterable of str
        The numbers that are known.
    relations : sequence of Relation
        Relations between these and other numbers, which are eliminated.

    Returns
    -------
    list of (dict, float)
        Integer exponents by name, without common divisor and the first positive, and the logarithm of the constant.

    Raises
    ------
    ValueError
        If more than 62 numbers are related.

    Examples
    --------
    >>> from analyses.consistency.relation import equation
    >>> table = [equation("", "", "q", m=1, c=1), equation("", "", "m", l=1, a=1)]
    >>> [exponents for exponents, _ in elementary_relations(["q", "c", "l", "a"], table)]
    [{'q': 1, 'c': -1, 'l': -1, 'a': -1}]
    """
    known = list(dict.fromkeys(names))
    return [_in_order(*row, known) for row in _closure(_basis(known, relations))]


def _closure(basis: Sequence[Combination]) -> list[Combination]:
    """Return every elementary relation of a space with this reduced basis.

    Each lies in a plane with two others that have fewer basis vectors, and is their combination without a number that
    both have; so all are reached from the basis by pairs.
    """
    rows, bits = list(basis), _bits(basis)
    masks = [_mask(row, bits) for row, _ in rows]
    index = 0
    while index < len(rows):
        for other, name in _pairs(rows[index][0], masks[index], masks[:index], masks, bits):
            _add_if_new(_eliminated(*rows[index], *rows[other], name), rows, masks, bits)
        index += 1
    return _smallest(rows, masks)


def _with_limit(start: Combination, circuits: Sequence[Combination]) -> list[Combination]:
    """Return every elementary relation with a limit, from one of them and those of the numbers alone.

    The plane of such a relation contains one without the limit and another with fewer basis vectors; so all are reached
    by combining those with the limit and those without.
    """
    bits = _bits([start, *circuits])
    without = [_mask(row, bits) for row, _ in circuits]
    rows, masks = [start], [_mask(start[0], bits)]
    index = 0
    while index < len(rows):
        for other, name in _pairs(rows[index][0], masks[index], without, [*without, *masks], bits):
            _add_if_new(_eliminated(*rows[index], *circuits[other], name), rows, masks, bits)
        index += 1
    return _smallest(rows, masks)


def _bits(rows: Sequence[Combination]) -> dict[str, int]:
    bits = {name: 1 << index for index, name in enumerate(dict.fromkeys(name for row, _ in rows for name in row))}
    if len(bits) > MOST_NAMES:
        raise ValueError(f"{len(bits)} related numbers are more than {MOST_NAMES}")
    return bits


def _mask(names: Iterable[str], bits: Mapping[str, int]) -> int:
    return sum(bits[name] for name in names)


def _add_if_new(combined: Combination, rows: list[Combination], masks: list[int], bits: Mapping[str, int]) -> None:
    """Add a combination unless the numbers of one that is there are all in it."""
    mask = _mask(combined[0], bits)
    if not any(known & ~mask == 0 for known in masks):
        rows.append(combined)
        masks.append(mask)


def _smallest(rows: Sequence[Combination], masks: Sequence[int]) -> list[Combination]:
    """Leave out the rows that contain all numbers of another one."""
    is_smallest = [not any(other & ~mask == 0 and other != mask for other in masks) for mask in masks]
    return [row for row, smallest in zip(rows, is_smallest, strict=True) if smallest]


def _pairs(
    row: Iterable[str], own: int, partners: Sequence[int], every: Sequence[int], bits: Mapping[str, int]
) -> Iterator[tuple[int, str]]:
    """Yield the partners of a row, each with a number to eliminate, whose combination may be new.

    Where a known relation fits into the numbers that are left, the combination is that relation, or no smallest one.
    """
    if not partners:
        return
    others, known = np.array(partners, dtype=np.int64), np.array(every, dtype=np.int64)
    for name in row:
        left = (others | own) & ~bits.get(name, 0)
        candidates = np.flatnonzero(others & bits[name])
        holds_known = ((known[None, :] & ~left[candidates, None]) == 0).any(axis=1)
        for other in candidates[~holds_known]:
            yield int(other), name


def _reachable(names: frozenset[str], relations: Sequence[Relation]) -> list[Relation]:
    """Leave out the relations with an unknown number that no other relation has, until every one is shared."""
    kept = list(relations)
    while True:
        counts: dict[str, int] = {}
        for relation in kept:
            for name, _ in relation.exponents:
                counts[name] = counts.get(name, 0) + 1
        last = {name for name, count in counts.items() if count == 1 and name not in names}
        fewer = [relation for relation in kept if not any(name in last for name, _ in relation.exponents)]
        if len(fewer) == len(kept):
            return kept
        kept = fewer


Sparse = dict[str, Fraction]


def _basis(known: Sequence[str], relations: Sequence[Relation]) -> list[Combination]:
    """Return a reduced basis of the relations among known numbers: unknown numbers are eliminated first."""
    kept = set(known)
    every = dict.fromkeys(name for relation in relations for name, _ in relation.exponents)
    columns = [name for name in every if name not in kept] + [name for name in known if name in every]
    rows: list[tuple[Sparse, float]] = [
        ({name: Fraction(power) for name, power in relation.exponents}, relation.log_constant) for relation in relations
    ]
    basis: list[tuple[Sparse, float]] = []
    for column in columns:
        pivot = next((row for row in rows if column in row[0]), None)
        if pivot is None:
            continue
        rows = [_reduced(row, pivot, column) for row in rows if row is not pivot]
        if column in kept:
            basis = [*(_reduced(row, pivot, column) for row in basis), pivot]
    return [_as_integers(row, constant) for row, constant in basis if row]


def _reduced(row: tuple[Sparse, float], pivot: tuple[Sparse, float], column: str) -> tuple[Sparse, float]:
    """Return a row minus the multiple of the pivot that removes a column from it."""
    share = row[0].get(column, Fraction(0)) / pivot[0][column]
    if not share:
        return row
    exponents = {
        name: row[0].get(name, Fraction(0)) - share * pivot[0].get(name, Fraction(0)) for name in row[0] | pivot[0]
    }
    return {name: power for name, power in exponents.items() if power}, row[1] - float(share) * pivot[1]


def _as_integers(row: Sparse, constant: float) -> tuple[dict[str, int], float]:
    scale = lcm(*(power.denominator for power in row.values()))
    return _without_divisor({name: int(power * scale) for name, power in row.items()}, constant * scale)


def _without_divisor(row: dict[str, int], constant: float) -> tuple[dict[str, int], float]:
    divisor = gcd(*row.values())
    return {name: power // divisor for name, power in row.items()}, constant / divisor


def _eliminated(
    row: dict[str, int], constant: float, other: dict[str, int], other_constant: float, name: str
) -> tuple[dict[str, int], float]:
    """Return the combination of two different rows without a number."""
    own, its = other[name], row[name]
    combined = {key: own * row.get(key, 0) - its * other.get(key, 0) for key in row | other}
    left = {key: power for key, power in combined.items() if power}
    return _without_divisor(left, own * constant - its * other_constant)


def _in_order(row: dict[str, int], constant: float, known: Sequence[str]) -> tuple[dict[str, int], float]:
    """Return a row with its numbers in the order of the known ones, the first with a positive exponent."""
    ordered = {name: row[name] for name in known if name in row}
    sign = 1 if next(iter(ordered.values())) > 0 else -1
    return {name: sign * power for name, power in ordered.items()}, sign * constant
