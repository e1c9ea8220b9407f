"""The elementary relations are all of them, and the smallest: compared with a search through every subset."""

import itertools
import math

import numpy as np
import pytest

from analyses.consistency.elementary import build_system, elementary_relations, elementary_system
from analyses.consistency.limits import LIMITS
from analyses.consistency.relation import Limit, Relation, equation
from analyses.consistency.relations import RELATIONS


def supports_by_search(names: list[str], relations: list[Relation]) -> set[frozenset[str]]:
    """Every smallest set of known numbers in which the relations leave something to check, by ranks of matrices."""
    every = list(dict.fromkeys([*names, *(name for relation in relations for name, _ in relation.exponents)]))
    matrix = np.array([[dict(relation.exponents).get(name, 0) for name in every] for relation in relations], float)
    smallest: set[frozenset[str]] = set()
    for size in range(1, len(names) + 1):
        for subset in itertools.combinations(names, size):
            if any(smaller <= set(subset) for smaller in smallest):
                continue
            outside = [index for index, name in enumerate(every) if name not in subset]
            if np.linalg.matrix_rank(matrix) > np.linalg.matrix_rank(matrix[:, outside]):
                smallest.add(frozenset(subset))
    return smallest


@pytest.mark.parametrize("seed", range(40))
def test_finds_every_elementary_relation_of_a_random_table(seed: int) -> None:
    generator = np.random.default_rng(seed)
    names = [f"n{index}" for index in range(9)]
    relations = []
    for number in range(5):
        chosen = generator.choice(names, size=int(generator.integers(2, 5)), replace=False)
        powers = generator.choice([-2, -1, 1, 2], size=chosen.size)
        exponents = tuple(zip(map(str, chosen), map(int, powers), strict=True))
        relations.append(Relation(f"r{number}", exponents, float(generator.normal()), "made"))
    known = names[: int(generator.integers(5, 10))]
    rows = elementary_relations(known, relations)
    assert {frozenset(row) for row, _ in rows} == supports_by_search(known, relations)
    assert len(rows) == len({frozenset(row) for row, _ in rows})


@pytest.mark.parametrize("seed", range(40))
def test_finds_every_elementary_relation_with_a_limit(seed: int) -> None:
    generator = np.random.default_rng(100 + seed)
    names = [f"n{index}" for index in range(8)]

    def product() -> tuple[tuple[str, int], ...]:
        chosen = generator.choice(names, size=int(generator.integers(2, 5)), replace=False)
        return tuple((str(name), int(generator.choice([-2, -1, 1, 2]))) for name in chosen)

    relations = [Relation(f"r{number}", product(), 0.0, "made") for number in range(4)]
    limit = Limit("limit", product(), "", 0.0, 1.0, "", "", "made")
    known = names[: int(generator.integers(5, 9))]
    rows = build_system(frozenset(known), relations, [limit]).rows
    expected = supports_by_search([*known, "limit"], [*relations, limit.as_relation])
    assert {row.support for row in rows if row.limit} == {support for support in expected if "limit" in support}
    assert {row.support for row in rows if not row.limit} == {support for support in expected if "limit" not in support}


def test_a_chain_through_an_unknown_number_counts() -> None:
    table = [equation("", "", "q", 2.0, m=1, c=1), equation("", "", "m", 3.0, l=1, a=1)]
    ((exponents, constant),) = elementary_relations(["q", "c", "l", "a"], table)
    assert exponents == {"q": 1, "c": -1, "l": -1, "a": -1}
    assert constant == pytest.approx(-math.log(6))


def test_numbers_that_nothing_relates_have_no_relation() -> None:
    assert elementary_system(frozenset({"thickness_um", "c_rate"})).rows == ()


def test_a_limit_applies_to_a_number_that_is_not_known_itself() -> None:
    system = elementary_system(
        frozenset(
            {"areal_capacity_mah_cm2", "mass_loading_mg_cm2", "active_fraction_percent", "theoretical_capacity_mah_g"}
        )
    )
    (row,) = system.rows
    assert row.limit is not None
    assert row.limit.subject == "specific_capacity_mah_g"


def test_each_limit_is_taken_by_itself() -> None:
    names = frozenset({"mean_discharge_voltage_v", "mean_charge_voltage_v", "voltage_upper_v", "voltage_lower_v"})
    rows = build_system(names, RELATIONS, LIMITS).rows
    titles = {limit.name for limit in LIMITS}
    assert all(len(row.support & titles) == 1 for row in rows)


def test_more_numbers_than_bits_are_an_error() -> None:
    table = [equation("", "", f"n{index}", **{f"n{index + 1}": 1}) for index in range(70)]
    with pytest.raises(ValueError, match="71"):
        elementary_relations([f"n{index}" for index in range(71)], table)
