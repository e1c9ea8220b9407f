"""Encoding of an Estimate as plain data."""

import json
import math
from types import SimpleNamespace

import numpy as np
import pytest

from analyses.uncertainty import Estimate
from registry.contract.estimate_encoding import (
    estimate_from_columns,
    estimate_from_json,
    estimate_to_columns,
    estimate_to_json,
    fact_from_json,
    fact_to_json,
)
from registry.hookspecs import Fact

ESTIMATES = [
    Estimate.exact(2.0),
    Estimate.exact(2.0, inferred=True),
    Estimate(1.0, 0.5, 1.5, 0.1),
    Estimate(1.0, 0.5, 1.5, 0.1, True, 3.0),
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


def test_numpy_numbers_become_plain_ones() -> None:
    encoded = estimate_to_json(Estimate(np.float32(0.5), np.float64(0), np.float64(1), np.float32(0), np.bool_(True)))  # type: ignore[arg-type]
    assert json.loads(json.dumps(encoded)) == [0.5, 0.0, 1.0, 0.0, True]


def test_a_record_without_a_number_has_no_estimate() -> None:
    columns = estimate_to_columns(ESTIMATES[0]) | {"magnitude": None}
    assert estimate_from_columns(SimpleNamespace(**columns)) is None


@pytest.mark.parametrize("fact", ["die", 2, True, None, 0.5, Estimate(1.0, 0.5, 1.5)])
def test_facts_survive_a_round_trip(fact: Fact) -> None:
    assert fact_from_json(json.loads(json.dumps(fact_to_json(fact)))) == fact


@pytest.mark.parametrize("encoded", [[], [1.0], ["a", "b", "c"], [3.0, 1.0, 2.0], [1.0] * 9])
def test_refuses_malformed_estimates(encoded: list[object]) -> None:
    with pytest.raises((TypeError, ValueError)):
        estimate_from_json(encoded)
