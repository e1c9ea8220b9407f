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
    for index, result in enumerate(outcome.values):
        _expect(result, Result, f"values[{index}] is")
        _check_result(analysis, result)
    for index, missing in enumerate(outcome.not_computed):
        _expect(missing, NotComputed, f"not_computed[{index}] is")
        if missing.quantity not in analysis.outputs:
            raise ContractViolation(
                f"explains why there is no {missing.quantity}, which is not declared in `outputs`: add it there"
            )
        _check_text(missing.reason, f"the reason why there is no {missing.quantity}", LARGEST)
    if repeated := _repeated([item.quantity for item in (*outcome.values, *outcome.not_computed)]):
        raise ContractViolation(f"returned {repeated} twice: return each quantity once")
    for index, message in enumerate(outcome.messages):
        _expect(message, Message, f"messages[{index}] is")
        _check_text(message.text, f"the text of messages[{index}]", LARGEST)
        if message.level not in LEVELS:
            raise ContractViolation(f"messages[{index}] has the level ‘{message.level}’: use {' or '.join(LEVELS)}")
    if repeated := _repeated([_check_curve(curve, index) for index, curve in enumerate(outcome.curves)]):
        raise ContractViolation(f"returned two curves named ‘{repeated}’: rename one")


def _check_result(analysis: Analysis, result: Any) -> None:
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


def _repeated(names: Sequence[str]) -> str:
    """The first name that is there twice; empty if each is there once."""
    return next((name for index, name in enumerate(names) if name in names[:index]), "")


def _check_curve(curve: Any, index: int) -> str:
    """Check a curve, and return its name."""
    _expect(curve, Curve, f"curves[{index}] is")
    _check_text(curve.name, f"the name of curves[{index}]", LONGEST_NAME)
    where = f"the curve ‘{curve.name}’"
    _check_text(curve.title, f"the title of {where}", LONGEST_TITLE)
    for name in ("x", "y"):
        axis = getattr(curve, name)
        _expect(axis, Axis, f"the {name} of {where} is")
        for part in ("label", "unit"):
            what = f"the {part} of the {name} axis of {where}"
            _check_text(getattr(axis, part), what, LONGEST_TITLE, may_be_empty=True)
    if isinstance(curve.series, str) or not isinstance(curve.series, Sequence):
        kind = type(curve.series).__name__
        raise ContractViolation(f"the `series` of {where} is a {kind}: write `series=(Series(...),)`")
    for number, series in enumerate(curve.series):
        _check_series(series, number, where)
    return str(curve.name)


def _check_series(series: Any, index: int, curve: str) -> None:
    _expect(series, Series, f"series[{index}] of {curve} is")
    _check_text(series.name, f"the name of series[{index}] of {curve}", LONGEST_TITLE, may_be_empty=True)
    where = f"the series ‘{series.name}’ of {curve}"
    shapes = []
    for name in ("x", "y"):
        try:
            shapes.append(real_numbers(getattr(series, name)).shape)
        except (TypeError, ValueError):
            raise ContractViolation(f"{name} of {where} is not an array of real numbers: use floats") from None
    if shapes[0] != shapes[1]:
        raise ContractViolation(f"x and y of {where} differ in shape: {shapes[0]} and {shapes[1]}")
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
