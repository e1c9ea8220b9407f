"""Encoding of an Estimate as plain data: in stored inputs, in messages to the sandbox, in database columns."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from analyses.component import Component
from analyses.uncertainty import Estimate
from registry.contract.input_dataset import Fact

LIST = "list"
"""Key of an encoded list of texts."""


class EstimateColumns(Protocol):
    """The columns of a record that contain its estimate."""

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
    """Return magnitude, lower and upper bound, standard uncertainty and inferred; then degrees of freedom and
    components, as far as the number has them. Null stands for infinite degrees of freedom before components."""
    numbers = (estimate.magnitude, estimate.lower, estimate.upper, estimate.standard_uncertainty)
    encoded = [*map(float, numbers), bool(estimate.inferred)]
    degrees = _degrees_to_json(estimate.degrees_of_freedom)
    if estimate.components:
        return [*encoded, degrees, components_to_json(estimate.components)]
    return encoded if degrees is None else [*encoded, degrees]


def estimate_from_json(encoded: Sequence[Any]) -> Estimate:
    """Return the decoded estimate; TypeError or ValueError if it is malformed."""
    magnitude, lower, upper, standard_uncertainty, inferred, *rest = encoded
    degrees, components = [*rest, *(None, ())[len(rest) :]]
    return Estimate(
        magnitude,
        lower,
        upper,
        standard_uncertainty,
        inferred,
        _degrees_from_json(degrees),
        components_from_json(components),
    )


def components_to_json(components: Sequence[Component]) -> list[list[Any]]:
    """Return name, contribution, shared cause and degrees of freedom, null if infinite, of each component."""
    return [
        [part.name, float(part.contribution), part.shared, _degrees_to_json(part.degrees_of_freedom)]
        for part in components
    ]


def components_from_json(encoded: Sequence[Any]) -> tuple[Component, ...]:
    """Return the decoded components; TypeError or ValueError if they are malformed."""
    return tuple(
        Component(name, contribution, shared=shared, degrees_of_freedom=_degrees_from_json(degrees))
        for name, contribution, shared, degrees in encoded
    )


def _degrees_to_json(degrees: float) -> float | None:
    return None if math.isinf(degrees) else float(degrees)


def _degrees_from_json(degrees: Any) -> float:
    decoded: float = math.inf if degrees is None else degrees
    return decoded


def shared_causes(facts: Mapping[str, Any]) -> set[str]:
    """Return the causes named in encoded facts."""
    encoded = (fact[6] for fact in facts.values() if isinstance(fact, list) and len(fact) > 6)
    return {part.shared for components in encoded for part in components_from_json(components) if part.shared}


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
    return {
        "magnitude": float(estimate.magnitude),
        "lower": float(estimate.lower),
        "upper": float(estimate.upper),
        "standard_uncertainty": float(estimate.standard_uncertainty),
        "degrees_of_freedom": _degrees_to_json(estimate.degrees_of_freedom),
        "inferred": bool(estimate.inferred),
        "components": components_to_json(estimate.components),
    }


def estimate_from_columns(record: EstimateColumns) -> Estimate | None:
    """Return the estimate of a record, None if its value is missing; of a record without a column for components, one
    without components."""
    if record.magnitude is None or record.lower is None or record.upper is None:
        return None
    numbers = (record.magnitude, record.lower, record.upper, record.standard_uncertainty)
    components = getattr(record, "components", None) or ()
    return estimate_from_json([*numbers, record.inferred, record.degrees_of_freedom, components])
