"""Checks the outcome of an analysis against the contract."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from analyses.uncertainty import Estimate
from registry.contract.analysis import Analysis
from registry.contract.outcome import Axis, Curve, Message, NotComputed, Outcome, Result, Series
from registry.numbers import catalogue

LARGEST = 1e300
"""Beyond this, sums and squares of numbers are no longer finite."""
LONGEST_NOTE, LONGEST_NAME, LONGEST_TITLE = 300, 80, 200
MOST_POINTS = 1_000_000
LEVELS = ("info", "warning")


class ContractViolation(ValueError):  # noqa: N818 - clear without the suffix
    """An outcome violates the contract; the text says how to correct the plugin."""


def check_outcome(analysis: Analysis, outcome: Any) -> None:
    """Raise ContractViolation unless the outcome is one this analysis may return."""
    _expect(outcome, Outcome, "run() returned")
    for name in ("values", "curves", "messages", "not_computed"):
        items = getattr(outcome, name)
        if isinstance(items, str) or not isinstance(items, Sequence):
            kind = type(items).__name__
            raise ContractViolation(f"returned an Outcome whose `{name}` is a {kind}: write `{name}=(...,)`")
    for result in outcome.values:
        _check_result(analysis, result)
    for missing in outcome.not_computed:
        _expect(missing, NotComputed, "not_computed contains")
        if missing.quantity not in analysis.outputs:
            raise ContractViolation(
                f"explains why there is no {missing.quantity}, which is not declared in `outputs`: add it there"
            )
        _check_text(missing.reason, f"the reason why there is no {missing.quantity}", LARGEST)
    slugs = [item.quantity for item in (*outcome.values, *outcome.not_computed)]
    if len(set(slugs)) != len(slugs):
        raise ContractViolation("returned a quantity twice: return each quantity once")
    for message in outcome.messages:
        _expect(message, Message, "messages contains")
        _check_text(message.text, "the text of a message", LARGEST)
        if message.level not in LEVELS:
            raise ContractViolation(f"returned a message of level ‘{message.level}’: use {' or '.join(LEVELS)}")
    names = [_check_curve(curve) for curve in outcome.curves]
    if len(set(names)) != len(names):
        raise ContractViolation("returned two curves with the same name: rename one")


def _check_result(analysis: Analysis, result: Any) -> None:
    _expect(result, Result, "values contains")
    _expect(result.estimate, Estimate, f"the estimate of {result.quantity} is")
    if result.quantity not in analysis.outputs:
        raise ContractViolation(
            f"returned {result.quantity}, which is not declared in `outputs`: add it there, or do not return it"
        )
    estimate, quantity = result.estimate, catalogue.get(result.quantity)
    returned = f"returned {result.quantity} = {estimate.magnitude:g}"
    if reason := catalogue.range_error(quantity, estimate.magnitude):
        raise ContractViolation(f"{returned}: {reason}. Raise Refused if the data do not allow a result")
    if max(abs(estimate.lower), abs(estimate.upper), estimate.standard_uncertainty) > LARGEST:
        raise ContractViolation(f"{returned}, too large to store: check the unit")
    _check_text(result.note, f"the note of {result.quantity}", LONGEST_NOTE, may_be_empty=True)


def _check_curve(curve: Any) -> str:
    """Check a curve, and return its name."""
    _expect(curve, Curve, "curves contains")
    _check_text(curve.name, "the name of a curve", LONGEST_NAME)
    where = f"the curve ‘{curve.name}’"
    _check_text(curve.title, f"the title of {where}", LONGEST_TITLE)
    for name in ("x", "y"):
        axis = getattr(curve, name)
        _expect(axis, Axis, f"the {name} of {where} is")
        for text in (axis.label, axis.unit):
            _check_text(text, f"the label of the {name} axis of {where}", LONGEST_TITLE, may_be_empty=True)
    if isinstance(curve.series, str) or not isinstance(curve.series, Sequence):
        kind = type(curve.series).__name__
        raise ContractViolation(f"the `series` of {where} is a {kind}: write `series=(Series(...),)`")
    for series in curve.series:
        _check_series(series, where)
    return str(curve.name)


def _check_series(series: Any, curve: str) -> None:
    _expect(series, Series, f"the series of {curve} contains")
    _check_text(series.name, f"the name of a series of {curve}", LONGEST_TITLE, may_be_empty=True)
    where = f"the series ‘{series.name}’ of {curve}"
    shapes = []
    for column in (series.x, series.y):
        try:
            shapes.append(real_numbers(column).shape)
        except (TypeError, ValueError):
            raise ContractViolation(f"x or y of {where} are not real numbers: use arrays of floats") from None
    if shapes[0] != shapes[1]:
        raise ContractViolation(f"x and y of {where} differ in length")
    if len(shapes[0]) != 1 or shapes[0][0] > MOST_POINTS:
        raise ContractViolation(
            f"x and y of {where} have the shape {shapes[0]}: return one-dimensional arrays of at most "
            f"{MOST_POINTS:,} points"
        )


def real_numbers(sequence: Any) -> np.ndarray:
    """Any sequence of numbers, None where there is none, as floats; raises TypeError or ValueError."""
    column = np.asarray(sequence)
    if column.dtype.kind == "c":
        raise TypeError("complex numbers have two parts")
    return column.astype(float)


def _check_text(text: Any, where: str, longest: float, *, may_be_empty: bool = False) -> None:
    if not isinstance(text, str):
        raise ContractViolation(f"{where} is a {type(text).__name__}: use text")
    if not text.strip() and not may_be_empty:
        raise ContractViolation(f"{where} is empty: write a few words")
    if len(text) > longest:
        raise ContractViolation(f"{where} has {len(text):,} characters: at most {longest:,} can be stored")


def _expect(item: Any, kind: type, where: str) -> None:
    if not isinstance(item, kind):
        raise ContractViolation(f"{where} a {type(item).__name__}: the contract requires {kind.__name__}")
