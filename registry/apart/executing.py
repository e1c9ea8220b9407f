"""Running the function of an analysis, and holding what it gives against the contract."""

import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from registry.hookspecs import (
    Analysis,
    Axis,
    Curve,
    Fact,
    Inputs,
    Message,
    NotComputed,
    Outcome,
    Refused,
    Result,
    Series,
)
from registry.numbers import catalogue
from registry.raised import raised_words

LARGEST = 1e300
"""Beyond this, sums and squares of numbers are no longer finite."""
LONGEST_NOTE, LONGEST_NAME, LONGEST_TITLE = 300, 80, 200
LONGEST_TRACEBACK = 20_000
MOST_POINTS = 1_000_000
LEVELS = ("info", "warning")
Status = Literal["done", "refused", "failed"]


@dataclass(frozen=True)
class Ended:
    """How one execution of an analysis ended, before anything is stored."""

    status: Status
    outcome: Outcome = field(default_factory=Outcome)
    messages: tuple[Message, ...] = ()
    reads: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Estimate]:
        """What it gave, by quantity."""
        return {result.quantity: result.estimate for result in self.outcome.values}

    @property
    def text(self) -> str:
        """All it said, a remark a line."""
        return "\n".join(message.text for message in self.messages)

    @classmethod
    def failed(cls, text: str, reads: Mapping[str, Fact] | None = None) -> "Ended":
        """It did not get to an end of its own."""
        return cls("failed", messages=(Message(text, "warning"),), reads=reads or {})


class Breach(ValueError):  # noqa: N818 - it is what happened
    """An outcome breaks the contract; the text names the mend."""


def execute(analysis: Analysis, inputs: Inputs) -> Ended:
    """Run the plugin's function here; whatever it raises becomes a status and a message."""
    try:
        outcome = analysis.run(inputs)
        check(analysis, outcome)
    except (Refused, InsufficientData) as refusal:
        try:
            reason = str(refusal).strip() or "refused without a reason: raise Refused with what is missing, in words"
        except BaseException:
            return _raised(analysis, refusal, inputs)
        return Ended("refused", messages=(Message(reason, "warning"),), reads=inputs.reads)
    except MemoryError:
        raise
    except Breach as breach:
        return Ended.failed(str(breach), inputs.reads)
    except BaseException as error:
        return _raised(analysis, error, inputs)
    return Ended("done", outcome, tuple(outcome.messages), inputs.reads)


def _raised(analysis: Analysis, error: BaseException, inputs: Inputs) -> Ended:
    """The failure that an error is; its traceback goes to the log."""
    with suppress(Exception):
        sys.stderr.write("".join(traceback.format_exception(error))[-LONGEST_TRACEBACK:])
    home = str(getattr(analysis.run, "__module__", "")).partition(".")[0]
    return Ended.failed(raised_words(error, home), inputs.reads)


def check(analysis: Analysis, outcome: Any) -> None:
    """Raise Breach for an outcome that breaks the contract."""
    _expect(outcome, Outcome, "run() returned")
    for name in ("values", "curves", "messages", "not_computed"):
        given = getattr(outcome, name)
        if isinstance(given, str) or not isinstance(given, Sequence):
            raise Breach(f"returned an Outcome whose `{name}` are a {type(given).__name__}: write `{name}=(...,)`")
    for result in outcome.values:
        _check_result(analysis, result)
    for lacking in outcome.not_computed:
        _expect(lacking, NotComputed, "not_computed holds")
        if lacking.quantity not in analysis.outputs:
            raise Breach(
                f"says why there is no {lacking.quantity}, which it does not declare in `outputs`: add it there"
            )
        _text(lacking.reason, f"the reason why there is no {lacking.quantity}", LARGEST)
    given = [one.quantity for one in (*outcome.values, *outcome.not_computed)]
    if len(set(given)) != len(given):
        raise Breach("gave a quantity twice: one run gives each quantity once")
    for message in outcome.messages:
        _expect(message, Message, "messages hold")
        _text(message.text, "the text of a message", LARGEST)
        if message.level not in LEVELS:
            raise Breach(f"gave a message of the level ‘{message.level}’: there are {' and '.join(LEVELS)}")
    names = [_checked_curve(curve) for curve in outcome.curves]
    if len(set(names)) != len(names):
        raise Breach("gave two curves of one name: each needs its own")


def _check_result(analysis: Analysis, result: Any) -> None:
    _expect(result, Result, "values hold")
    _expect(result.estimate, Estimate, f"the estimate of {result.quantity} is")
    if result.quantity not in analysis.outputs:
        raise Breach(
            f"gave {result.quantity}, which is not among the quantities it declares in `outputs`: "
            "add it there, or leave it out"
        )
    estimate, quantity = result.estimate, catalogue.get(result.quantity)
    if reason := catalogue.range_error(quantity, estimate.magnitude):
        raise Breach(
            f"gave {result.quantity} = {estimate.magnitude:g}: {reason}. Raise Refused where no answer can be given"
        )
    if max(abs(estimate.lower), abs(estimate.upper), estimate.standard_uncertainty) > LARGEST:
        raise Breach(f"gave {result.quantity} = {estimate.magnitude:g}, too large a number to keep: is the unit right?")
    _text(result.note, f"the note of {result.quantity}", LONGEST_NOTE, may_be_empty=True)


def _checked_curve(curve: Any) -> str:
    _expect(curve, Curve, "curves hold")
    _text(curve.name, "the name of a curve", LONGEST_NAME)
    named = f"the curve ‘{curve.name}’"
    _text(curve.title, f"the title of {named}", LONGEST_TITLE)
    for name in ("x", "y"):
        axis = getattr(curve, name)
        _expect(axis, Axis, f"the {name} of {named} is")
        for words in (axis.label, axis.unit):
            _text(words, f"the label of the {name} axis of {named}", LONGEST_TITLE, may_be_empty=True)
    if isinstance(curve.series, str) or not isinstance(curve.series, Sequence):
        raise Breach(f"{named} has `series` that are a {type(curve.series).__name__}: write `series=(Series(...),)`")
    for series in curve.series:
        _check_series(series, named)
    return str(curve.name)


def _check_series(series: Any, named: str) -> None:
    _expect(series, Series, f"the series of {named} hold")
    _text(series.name, f"the name of a series of {named}", LONGEST_TITLE, may_be_empty=True)
    where = f"the series ‘{series.name}’ of {named}"
    shapes = []
    for column in (series.x, series.y):
        try:
            shapes.append(real_numbers(column).shape)
        except (TypeError, ValueError):
            raise Breach(f"{where} has x or y that are no real numbers: give arrays of floats") from None
    if shapes[0] != shapes[1]:
        raise Breach(f"{where} has x and y of unequal length")
    if len(shapes[0]) != 1 or shapes[0][0] > MOST_POINTS:
        raise Breach(f"{where} has x and y of the shape {shapes[0]}: give two rows of at most {MOST_POINTS:,} points")


def real_numbers(given: Any) -> np.ndarray:
    """Any sequence of numbers, None where there is none, or TypeError or ValueError."""
    column = np.asarray(given)
    if column.dtype.kind == "c":
        raise TypeError("complex numbers have two parts")
    return column.astype(float)


def _text(given: Any, where: str, longest: float, *, may_be_empty: bool = False) -> None:
    if not isinstance(given, str):
        raise Breach(f"{where} is a {type(given).__name__}: give text")
    if not given.strip() and not may_be_empty:
        raise Breach(f"{where} is empty: say it in words")
    if len(given) > longest:
        raise Breach(f"{where} has {len(given):,} characters: {longest:,} can be kept")


def _expect(given: Any, kind: type, where: str) -> None:
    if not isinstance(given, kind):
        raise Breach(f"{where} a {type(given).__name__}: the contract asks for {kind.__name__}")
