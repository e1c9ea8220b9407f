"""Encoding of an Estimate as plain data."""

import json
import math
from types import SimpleNamespace

import numpy as np
import pytest

from analyses.component import Component
from analyses.uncertainty import Estimate
from registry.contract.estimate_encoding import (
    estimate_from_columns,
    estimate_from_json,
    estimate_to_columns,
    estimate_to_json,
    fact_from_json,
    fact_to_json,
    shared_causes,
)
from registry.hookspecs import Fact

FIT = Component("fit", -0.03, degrees_of_freedom=7)
GEOMETRY = Component("geometry", 0.04, shared="C-00001 layers.1.thickness_um")
ESTIMATES = [
    Estimate.exact(2.0),
    Estimate.exact(2.0, inferred=True),
    Estimate(1.0, 0.5, 1.5, 0.1),
    Estimate(1.0, 0.5, 1.5, 0.1, True, 3.0),
    Estimate.of_components(1.0, FIT, GEOMETRY, lower=0.5, upper=1.5),
    Estimate.of_components(1.0, GEOMETRY, inferred=True),
]


@pytest.mark.parametrize("estimate", ESTIMATES)
def test_round_trip_through_json_and_columns(estimate: Estimate) -> None:
    assert estimate_from_json(json.loads(json.dumps(estimate_to_json(estimate)))) == estimate
    assert estimate_from_columns(SimpleNamespace(**estimate_to_columns(estimate))) == estimate


def test_infinitely_many_degrees_of_freedom_are_left_out_of_json_and_null_in_columns() -> None:
    assert estimate_to_json(ESTIMATES[2]) == [1.0, 0.5, 1.5, 0.1, False]
    assert estimate_to_json(ESTIMATES[3]) == [1.0, 0.5, 1.5, 0.1, True, 3.0]
    assert estimate_to_columns(ESTIMATES[2])["degrees_of_freedom"] is None
    assert math.isinf(estimate_from_json([1, 0, 2, 0, False]).degrees_of_freedom)


def test_components_come_last_in_json_after_null_for_infinitely_many_degrees() -> None:
    encoded = estimate_to_json(ESTIMATES[5])
    assert encoded[5:] == [None, [["geometry", 0.04, "C-00001 layers.1.thickness_um", None]]]
    assert shared_causes({"a": encoded, "b": estimate_to_json(ESTIMATES[3]), "c": "die"}) == {GEOMETRY.shared}


def test_a_record_without_a_column_for_components_has_none() -> None:
    columns = estimate_to_columns(ESTIMATES[3])
    del columns["components"]
    assert estimate_from_columns(SimpleNamespace(**columns)) == ESTIMATES[3]


def test_numpy_numbers_become_plain_ones() -> None:
    encoded = estimate_to_json(Estimate(np.float32(0.5), np.float64(0), np.float64(1), np.float32(0), np.bool_(True)))  # type: ignore[arg-type]
    assert json.loads(json.dumps(encoded)) == [0.5, 0.0, 1.0, 0.0, True]


def test_a_record_without_a_number_has_no_estimate() -> None:
    columns = estimate_to_columns(ESTIMATES[0]) | {"magnitude": None}
    assert estimate_from_columns(SimpleNamespace(**columns)) is None


@pytest.mark.parametrize("fact", ["die", 2, True, None, 0.5, Estimate(1.0, 0.5, 1.5)])
def test_facts_survive_a_round_trip(fact: Fact) -> None:
    assert fact_from_json(json.loads(json.dumps(fact_to_json(fact)))) == fact


@pytest.mark.parametrize(
    "encoded",
    [
        [],
        [1.0],
        ["a", "b", "c"],
        [3.0, 1.0, 2.0],
        [1.0] * 9,
        [1.0, 1.0, 1.0, 0.1, False, None, [["fit", 0.2, "", None]]],
    ],
)
def test_refuses_malformed_estimates(encoded: list[object]) -> None:
    with pytest.raises((TypeError, ValueError)):
        estimate_from_json(encoded)
