"""What goes to and from the process an analysis runs in, as JSON: never pickles, so nothing runs on reading."""

import math
from collections.abc import Mapping
from dataclasses import asdict

# Taken now: a plugin may give json.dumps another meaning later.
from json import dumps
from typing import Any

import numpy as np

from analyses.uncertainty import Estimate
from registry.apart.executing import Ended, real_numbers
from registry.hookspecs import Axis, Curve, Fact, Message, NotComputed, Outcome, Result, Series
from registry.text_input import replace_unstorable

ESTIMATE = "estimate"
LONGEST_TEXT = 10_000


def packed(data: Any) -> bytes:
    """Plain data as JSON."""
    return dumps(data, allow_nan=False).encode()


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
    messages = tuple(Message(cleaned(one["text"]), one["level"]) for one in given["messages"])
    values = tuple(
        Result(one["quantity"], estimate_in(one["estimate"]), cleaned(one["note"])) for one in given["values"]
    )
    curves = tuple(_curve(one) for one in given["curves"])
    lacking = tuple(NotComputed(one["quantity"], cleaned(one["reason"])) for one in given["not_computed"])
    reads = {cleaned(path): facts.get(path) for path in given["reads"]}
    return Ended(given["status"], Outcome(values, curves, messages, lacking), messages, reads)


def curve_data(curve: Curve) -> dict[str, Any]:
    """A curve as plain data: arrays as lists, and None where there is no finite number."""
    series = [{**vars(one), "x": numbers(one.x), "y": numbers(one.y)} for one in curve.series]
    return {**vars(curve), "x": asdict(curve.x), "y": asdict(curve.y), "series": series}


def _curve(given: Mapping[str, Any]) -> Curve:
    series = tuple(Series(**_texts_cleaned(one)) for one in given["series"])
    x, y = (Axis(**_texts_cleaned(given[name])) for name in ("x", "y"))
    return Curve(**{**_texts_cleaned(given), "x": x, "y": y, "series": series})


def _texts_cleaned(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: cleaned(value) if isinstance(value, str) else value for name, value in given.items()}


def numbers(given: Any) -> list[float | None]:
    """Any sequence of numbers as JSON has it."""
    column = real_numbers(given)
    return [number if finite else None for number, finite in zip(column.tolist(), np.isfinite(column), strict=True)]


def cleaned(text: str) -> str:
    """Text that every database keeps: without the characters no encoding has a place for, and of bounded length."""
    kept = replace_unstorable(text[:LONGEST_TEXT])
    return kept if len(text) <= LONGEST_TEXT else f"{kept} …"
