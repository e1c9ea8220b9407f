"""What goes to and from the process an analysis runs in, as JSON: never pickles, so nothing runs on reading."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from analyses.uncertainty import Estimate
from registry.apart.executing import Ended
from registry.hookspecs import Axis, Curve, Fact, Message, NotComputed, Outcome, Result, Series

ESTIMATE = "estimate"


def packed(data: Any) -> bytes:
    """Plain data as JSON."""
    return json.dumps(data, allow_nan=False).encode()


def facts_out(facts: Mapping[str, Fact]) -> dict[str, Any]:
    """Facts as JSON has them: a number with its doubt is an object."""
    return {
        path: {ESTIMATE: estimate_out(fact)} if isinstance(fact, Estimate) else fact for path, fact in facts.items()
    }


def facts_in(given: Mapping[str, Any]) -> dict[str, Fact]:
    """The facts again."""
    return {path: estimate_in(fact[ESTIMATE]) if isinstance(fact, dict) else fact for path, fact in given.items()}


def estimate_out(estimate: Estimate) -> list[Any]:
    degrees = None if math.isinf(estimate.degrees_of_freedom) else float(estimate.degrees_of_freedom)
    numbers = (estimate.magnitude, estimate.lower, estimate.upper, estimate.standard_uncertainty)
    return [*map(float, numbers), bool(estimate.inferred), degrees]


def estimate_in(given: list[Any]) -> Estimate:
    magnitude, lower, upper, uncertainty, inferred, degrees = given
    return Estimate(magnitude, lower, upper, uncertainty, inferred, math.inf if degrees is None else degrees)


def ended_out(ended: Ended) -> dict[str, Any]:
    """How a run ended; of its reads the paths, for whoever asked has the facts."""
    return {
        "status": ended.status,
        "reads": list(ended.reads),
        "messages": [asdict(message) for message in ended.messages],
        "values": [
            {"quantity": one.quantity, "estimate": estimate_out(one.estimate), "note": str(one.note)}
            for one in ended.outcome.values
        ],
        "not_computed": [asdict(one) for one in ended.outcome.not_computed],
        "curves": [curve_data(curve) for curve in ended.outcome.curves],
    }


def ended_in(given: Mapping[str, Any], facts: Mapping[str, Fact]) -> Ended:
    """How a run ended, made anew; TypeError, ValueError or LookupError if that is not what was sent."""
    messages = tuple(Message(**one) for one in given["messages"])
    values = tuple(Result(one["quantity"], estimate_in(one["estimate"]), one["note"]) for one in given["values"])
    curves = tuple(_curve(one) for one in given["curves"])
    lacking = tuple(NotComputed(**one) for one in given["not_computed"])
    reads = {path: facts.get(path) for path in given["reads"]}
    return Ended(given["status"], Outcome(values, curves, messages, lacking), messages, reads)


def curve_data(curve: Curve) -> dict[str, Any]:
    """A curve as plain data: arrays as lists, and None where there is no finite number."""
    series = [{**vars(one), "x": numbers(one.x), "y": numbers(one.y)} for one in curve.series]
    return {**vars(curve), "x": asdict(curve.x), "y": asdict(curve.y), "series": series}


def _curve(given: Mapping[str, Any]) -> Curve:
    series = tuple(Series(**one) for one in given["series"])
    return Curve(**{**given, "x": Axis(**given["x"]), "y": Axis(**given["y"]), "series": series})


def numbers(given: Any) -> list[float | None]:
    """Any sequence of numbers as JSON has it."""
    column = np.asarray([math.nan if one is None else one for one in given], dtype=float)
    return [number if finite else None for number, finite in zip(column.tolist(), np.isfinite(column), strict=True)]
