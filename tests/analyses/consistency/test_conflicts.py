"""Consistent records give no conflict; each error outside the propagated interval does, and none inside."""

import math

import numpy as np
import pytest

from analyses.consistency.conflicts import Number, compared_numbers, find_conflicts, remark_of
from analyses.consistency.elementary import elementary_system
from analyses.consistency.relation import Relation
from analyses.consistency.relations import RELATIONS
from registry.testing.synthetic.records import consistent_record, injected
from tests.analyses.consistency.intervals import relation_intervals

RECORDS = 1000


def exact(value: float, label: str = "number", **more: bool) -> Number:
    return Number(value, value, value, label, **more)


def capacities(**changes: float) -> dict[str, Number]:
    values = {
        "discharge_capacity_mah": 1.65,
        "specific_capacity_mah_g": 200.0,
        "areal_capacity_mah_cm2": 1.5,
        "area_cm2": 1.1,
        "active_mass_mg": 8.25,
    } | changes
    return {name: Number(value, 0.99 * value, 1.01 * value, name) for name, value in values.items()}


def test_a_thousand_consistent_records_raise_no_alarm() -> None:
    generator = np.random.default_rng(11)
    alarms = [find_conflicts(consistent_record(generator), with_recorded=True) for _ in range(RECORDS)]
    assert [alarm for alarm in alarms if alarm] == []


def test_every_error_outside_a_propagated_interval_is_found_and_none_inside() -> None:
    """The intervals of each relation are computed anew here, number by number."""
    generator = np.random.default_rng(12)
    outside = 0
    for _ in range(RECORDS):
        record = injected(generator, consistent_record(generator))
        is_broken = [low > 1e-9 or high < -1e-9 for low, high in relation_intervals(record)]
        outside += any(is_broken)
        conflicts = find_conflicts(record, with_recorded=True)
        if any(is_broken):
            assert conflicts
        for conflict in conflicts:
            assert find_conflicts({name: record[name] for name in conflict.names}, with_recorded=True)
            for name in conflict.names:
                rest = {other: record[other] for other in conflict.names if other != name}
                assert find_conflicts(rest, with_recorded=True) == ()
    assert outside > RECORDS / 6


def test_names_the_culprit_if_leaving_it_out_resolves_every_conflict() -> None:
    numbers = capacities(specific_capacity_mah_g=200_000.0)
    (conflict,) = find_conflicts(numbers)
    # Without the specific capacity, discharge and areal capacity agree; without the mass, too.
    assert conflict.names == ("active_mass_mg", "discharge_capacity_mah", "specific_capacity_mah_g")
    assert conflict.culprit == ""
    numbers["electrode_mass_mg"] = Number(11.0, 10.9, 11.1, "electrode mass")
    numbers["active_fraction_percent"] = Number(75.0, 74.9, 75.1, "active fraction")
    (conflict,) = find_conflicts(numbers)
    assert conflict.culprit == "specific_capacity_mah_g"
    assert conflict.ratio == pytest.approx(1000)
    assert conflict.factor is not None
    assert conflict.factor[0] == 1e-3
    remark = remark_of(conflict, numbers)
    assert remark.code == "number-contradicts-others"
    assert remark.parameters["culprit"] == "specific_capacity_mah_g"


def test_two_wrong_numbers_have_no_single_culprit() -> None:
    numbers = capacities(specific_capacity_mah_g=2000.0, areal_capacity_mah_cm2=30.0)
    (conflict,) = find_conflicts(numbers)
    assert conflict.count == 3
    assert conflict.culprit == ""


def test_numbers_that_share_nothing_are_separate_conflicts() -> None:
    numbers = capacities(areal_capacity_mah_cm2=3.0)
    numbers["coulombic_efficiency_percent"] = exact(140.0)
    assert len(find_conflicts(numbers)) == 2


def test_a_chain_through_unknown_numbers_counts() -> None:
    numbers = {
        "discharge_capacity_mah": exact(2.0),
        "specific_capacity_mah_g": exact(200.0),
        "mass_loading_mg_cm2": exact(10.0),
        "area_cm2": exact(1.0),
        "active_fraction_percent": exact(70.0),
    }
    (conflict,) = find_conflicts(numbers)
    assert set(conflict.names) == set(numbers)
    assert conflict.subject == "discharge_capacity_mah"
    assert conflict.ratio == pytest.approx(2.0 / 1.4)


def test_a_bound_is_an_interval_open_on_one_side() -> None:
    numbers = capacities()
    numbers["areal_capacity_mah_cm2"] = Number(1.0, 1.0, math.inf, "areal capacity of at least")
    assert find_conflicts(numbers) == ()
    numbers["areal_capacity_mah_cm2"] = Number(2.0, 2.0, math.inf, "areal capacity of at least")
    assert len(find_conflicts(numbers)) == 1


def test_recorded_numbers_alone_are_left_to_the_cell() -> None:
    numbers = {
        "mass_loading_mg_cm2": exact(10.0, is_recorded=True),
        "thickness_um": exact(10.0, is_recorded=True),
        "density_g_cm3": exact(5.0, is_recorded=True),
    }
    assert find_conflicts(numbers) == ()
    (conflict,) = find_conflicts(numbers, with_recorded=True)
    assert conflict.limit is not None
    assert conflict.limit.code == "porosity-impossible"


def test_a_number_that_cannot_be_positive_is_left_out() -> None:
    assert find_conflicts(capacities() | {"mean_discharge_voltage_v": exact(-1.0)}) == ()
    assert find_conflicts(capacities() | {"areal_capacity_mah_cm2": exact(0.0)}) == ()


def test_counts_what_is_compared() -> None:
    assert compared_numbers(capacities()) == frozenset(capacities())
    assert compared_numbers({"thickness_um": exact(1.0)}) == frozenset()


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda relation: relation.title)
def test_each_relation_is_checked(relation: Relation) -> None:
    """Where all its numbers are known, it is one of the elementary relations, with its constant."""
    exponents = dict(relation.exponents)
    rows = elementary_system(frozenset(exponents)).rows
    (row,) = [row for row in rows if row.limit is None and row.support == frozenset(exponents)]
    sign = row.exponents[relation.exponents[0][0]]
    assert {name: sign * power for name, power in row.exponents.items()} == exponents
    assert sign * row.log_constant == pytest.approx(relation.log_constant)
