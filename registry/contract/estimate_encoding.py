"""Encoding of an Estimate as plain data: in stored inputs, in messages to the sandbox, in database columns."""

import math
from collections.abc import Sequence
from typing import Any, Protocol

from analyses.uncertainty import Estimate
from registry.contract.input_dataset import Fact

LIST = "list"
"""Key of an encoded list of texts."""


class EstimateColumns(Protocol):
    """The columns of a record that hold its estimate."""

    @property
    def magnitude(self) -> float | None: ...
    @property
    def lower(self) -> float | None: ...
    @property
    def upper(self) -> float | None: ...
    @property
    def standard_uncertainty(self) -> float: ...
    @property
    def degrees_of_freedom(self) -> float | None: ...
    @property
    def inferred(self) -> bool: ...


def estimate_to_json(estimate: Estimate) -> list[Any]:
    """Return magnitude, lower and upper bound, standard uncertainty, inferred, and degrees of freedom if finite."""
    numbers = (estimate.magnitude, estimate.lower, estimate.upper, estimate.standard_uncertainty)
    encoded = [*map(float, numbers), bool(estimate.inferred)]
    has_infinite_degrees = math.isinf(estimate.degrees_of_freedom)
    return encoded if has_infinite_degrees else [*encoded, float(estimate.degrees_of_freedom)]


def estimate_from_json(encoded: Sequence[Any]) -> Estimate:
    """Return the decoded estimate; TypeError or ValueError if it is malformed."""
    return Estimate(*encoded)


def fact_to_json(fact: Fact) -> Any:
    """Return a fact in the form a run stores and hashes."""
    if isinstance(fact, tuple):
        return {LIST: list(fact)}
    return estimate_to_json(fact) if isinstance(fact, Estimate) else fact


def fact_from_json(encoded: Any) -> Fact:
    """Return the decoded fact; an estimate is encoded as an array, a list of texts as an object."""
    if isinstance(encoded, dict):
        return tuple(map(str, encoded[LIST]))
    fact: Fact = estimate_from_json(encoded) if isinstance(encoded, list) else encoded
    return fact


def estimate_to_columns(estimate: Estimate) -> dict[str, Any]:
    """Return the columns of a record; infinite degrees of freedom are null."""
    magnitude, lower, upper, standard_uncertainty, inferred, *degrees = estimate_to_json(estimate)
    return {
        "magnitude": magnitude,
        "lower": lower,
        "upper": upper,
        "standard_uncertainty": standard_uncertainty,
        "degrees_of_freedom": degrees[0] if degrees else None,
        "inferred": inferred,
    }


def estimate_from_columns(record: EstimateColumns) -> Estimate | None:
    """Return the estimate of a record, None if its value is missing."""
    if record.magnitude is None or record.lower is None or record.upper is None:
        return None
    degrees = [] if record.degrees_of_freedom is None else [record.degrees_of_freedom]
    numbers = (record.magnitude, record.lower, record.upper, record.standard_uncertainty)
    return estimate_from_json([*numbers, record.inferred, *degrees])
