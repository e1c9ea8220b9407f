"""A plugin that loads, and breaks the contract in many ways when run."""

import sys
from collections.abc import Callable
from typing import Any

from analyses.uncertainty import Estimate
from registry.hookspecs import Analysis, Axis, Curve, Inputs, Outcome, Result, Series, hookimpl

X, Y = Axis(label="x", unit=""), Axis(label="y", unit="")


def raises(inputs: Inputs) -> Outcome:
    return Outcome(values=(Result("resistance_ohm", Estimate.exact(1 / 0)),))


def exits(inputs: Inputs) -> Outcome:
    sys.exit("no licence found")


def returns_nothing(inputs: Inputs) -> Any:
    inputs.fact("cell.format")


def returns_numbers(inputs: Inputs) -> Any:
    return Outcome(values=(12.0,))  # type: ignore[arg-type]


def gives_a_bare_number(inputs: Inputs) -> Any:
    return Outcome(values=(Result("resistance_ohm", 12.0),))  # type: ignore[arg-type]


def gives_nan(inputs: Inputs) -> Outcome:
    return Outcome(values=(Result("resistance_ohm", Estimate.exact(float("nan"))),))


def gives_too_much(inputs: Inputs) -> Outcome:
    return Outcome(values=(Result("resistance_ohm", Estimate.exact(1e305)),))


def gives_a_negative_resistance(inputs: Inputs) -> Outcome:
    return Outcome(values=(Result("resistance_ohm", Estimate.exact(-3.0)),))


def gives_what_it_does_not_declare(inputs: Inputs) -> Outcome:
    return Outcome(values=(Result("ionic_conductivity_s_cm", Estimate.exact(1e-3)),))


def gives_a_quantity_twice(inputs: Inputs) -> Outcome:
    one = Result("resistance_ohm", Estimate.exact(1.0))
    return Outcome(values=(one, one))


def speaks_in_strings(inputs: Inputs) -> Any:
    return Outcome(messages=("all is well",))  # type: ignore[arg-type]


def draws_a_lopsided_curve(inputs: Inputs) -> Outcome:
    curve = Curve("fit", "Fit", X, Y, (Series("data", (1.0, 2.0), (1.0,)),))
    return Outcome(curves=(curve,))


FAULTS: tuple[Callable[[Inputs], Any], ...] = (
    raises,
    exits,
    returns_nothing,
    returns_numbers,
    gives_a_bare_number,
    gives_nan,
    gives_too_much,
    gives_a_negative_resistance,
    gives_what_it_does_not_declare,
    gives_a_quantity_twice,
    speaks_in_strings,
    draws_a_lopsided_curve,
)


@hookimpl
def register_analyses() -> list[Analysis]:
    return [
        Analysis(
            name=run.__name__.replace("_", "-"),
            version="1",
            title=run.__name__,
            description="A fault.",
            techniques=("eis",),
            outputs=("resistance_ohm",),
            run=run,
        )
        for run in FAULTS
    ]
