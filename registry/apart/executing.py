"""Running the function of an analysis, and holding what it gives against the contract."""

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from analyses.uncertainty import Estimate
from registry import hookspecs, quantities
from registry.hookspecs import Analysis, Fact, Inputs, Message, NotComputed, Outcome, Refused, Result

LARGEST = 1e300
"""Beyond this, sums and squares of numbers are no longer finite."""
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


def execute(analysis: Analysis, inputs: Inputs) -> Ended:
    """Run the plugin's function here; whatever it raises becomes a status and a message."""
    try:
        outcome = analysis.run(inputs)
        check(analysis, outcome)
    except Refused as refusal:
        return Ended("refused", messages=(Message(str(refusal), "warning"),), reads=inputs.reads)
    except MemoryError:
        raise
    except BaseException as error:
        traceback.print_exc()
        return Ended.failed(f"{type(error).__name__}: {error}{_place(error)}", inputs.reads)
    return Ended("done", outcome, outcome.messages, inputs.reads)


def _place(error: BaseException) -> str:
    """Where it was raised, as file and line."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f" ({Path(frame.filename).name}:{frame.lineno})"


def check(analysis: Analysis, outcome: Any) -> None:
    """Raise for an outcome that breaks the contract, in words that name the mend."""
    _expect(outcome, Outcome, "run() returned")
    for result in outcome.values:
        _expect(result, Result, "values hold")
        _expect(result.estimate, Estimate, f"the estimate of {result.quantity} is")
        if result.quantity not in analysis.gives:
            raise ValueError(f"gave {result.quantity}, which is not among the quantities it declares in `gives`")
        estimate, quantity = result.estimate, quantities.get(result.quantity)
        if reason := quantities.violation(quantity, estimate.magnitude):
            raise ValueError(f"gave {result.quantity} = {estimate.magnitude:g}: {reason}")
        if max(abs(estimate.lower), abs(estimate.upper), estimate.standard_uncertainty) > LARGEST:
            raise ValueError(f"gave {result.quantity} = {estimate.magnitude:g}, too large a number to keep")
    for lacking in outcome.not_computed:
        _expect(lacking, NotComputed, "not_computed holds")
        if lacking.quantity not in analysis.gives:
            raise ValueError(f"says why there is no {lacking.quantity}, which it does not declare in `gives`")
        if not lacking.reason:
            raise ValueError(f"gives no reason why there is no {lacking.quantity}: say what it lacks")
    given = [one.quantity for one in (*outcome.values, *outcome.not_computed)]
    if len(set(given)) != len(given):
        raise ValueError("gave a quantity twice: one run gives each quantity once")
    for message in outcome.messages:
        _expect(message, Message, "messages hold")
    names = [_checked_curve(curve) for curve in outcome.curves]
    if len(set(names)) != len(names):
        raise ValueError("gave two curves of one name: each needs its own")


def _checked_curve(curve: Any) -> str:
    _expect(curve, hookspecs.Curve, "curves hold")
    for series in curve.series:
        if len(series.x) != len(series.y):
            where = f"the series ‘{series.name}’ of the curve ‘{curve.name}’"
            raise ValueError(f"{where} has x and y of unequal length")
    return str(curve.name)


def _expect(given: Any, kind: type, where: str) -> None:
    if not isinstance(given, kind):
        raise TypeError(f"{where} a {type(given).__name__}: the contract asks for {kind.__name__}")
