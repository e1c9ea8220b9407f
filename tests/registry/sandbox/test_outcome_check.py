"""Outcomes that violate the contract. More are run in test_analysis_runner."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from analyses.component import Component
from analyses.uncertainty import Estimate
from registry.contract.curve_encoding import real_numbers
from registry.hookspecs import (
    Analysis,
    Axis,
    Curve,
    Message,
    NotComputed,
    Outcome,
    Parameter,
    ParameterChange,
    Result,
    Series,
)
from registry.sandbox.contract_violation import ContractViolation
from registry.sandbox.outcome_check import check_outcome

ANALYSIS = Analysis(
    name="trial",
    version="1",
    title="Trial",
    description="",
    techniques=("eis",),
    outputs=("resistance_ohm",),
    run=lambda inputs: Outcome(),
)
ONE_OHM = Result("resistance_ohm", Estimate.exact(1.0))
X, Y = Axis(label="x", unit=""), Axis(label="y", unit="")
CURVE = Curve("fit", "Fit", X, Y, (Series("data", (1.0, None), (1.0, 2.0)),))  # type: ignore[arg-type]


def test_a_complete_outcome_passes() -> None:
    check_outcome(ANALYSIS, Outcome((ONE_OHM,), (CURVE,), (Message("fine", "fine"),)))
    check_outcome(ANALYSIS, Outcome(not_computed=(NotComputed("resistance_ohm", "no-data"),)))


def with_component(*texts: Any, **fields: Any) -> Result:
    """A result with a component that has passed its constructor; a plugin may bypass it."""
    estimate = Estimate.of_components(1.0, Component("fit", 0.1))
    (component,) = estimate.components
    for name, text in zip(("name", "shared"), texts, strict=False):
        object.__setattr__(component, name, text)
    return replace(ONE_OHM, estimate=estimate, **fields)


def test_components_and_other_methods_pass() -> None:
    spread = {"circuit fit": 1.0, "intercept": np.float64(1.1)}
    check_outcome(ANALYSIS, Outcome((with_component("fit", "die 3", method_spread=spread),)))


@pytest.mark.parametrize(
    "result",
    [
        with_component(3),
        with_component("x" * 201),
        with_component("fit", None),
        with_component("fit", "x" * 2001),
        replace(ONE_OHM, method_spread=[("circuit fit", 1.0)]),  # type: ignore[arg-type]
        replace(ONE_OHM, method_spread={"": 1.0}),
        replace(ONE_OHM, method_spread={3: 1.0}),  # type: ignore[dict-item]
        replace(ONE_OHM, method_spread={"circuit fit": math.nan}),
        replace(ONE_OHM, method_spread={"circuit fit": 1e301}),
        replace(ONE_OHM, method_spread={"circuit fit": "1"}),  # type: ignore[dict-item]
        replace(ONE_OHM, method_spread={"circuit fit": True}),
    ],
)
def test_components_and_methods_have_names_and_finite_numbers(result: Result) -> None:
    with pytest.raises(ContractViolation):
        check_outcome(ANALYSIS, Outcome((result,)))


def at(kind: Any, number: Any) -> Result:
    return replace(ONE_OHM, at={kind: number})


def missing_at(number: int, kind: str = "peak") -> NotComputed:
    return NotComputed("resistance_ohm", "no-data", at={kind: number})


def test_a_quantity_may_come_once_a_place_and_once_without() -> None:
    check_outcome(ANALYSIS, Outcome((ONE_OHM, at("peak", 0)), not_computed=(missing_at(1), missing_at(2))))
    check_outcome(ANALYSIS, Outcome((ONE_OHM, at("peak", 0), at("peak", 1))))
    check_outcome(ANALYSIS, Outcome((at("peak", 0),), not_computed=(NotComputed("resistance_ohm", "no-data"),)))


@pytest.mark.parametrize(
    "values",
    [
        (at("peak", 1), at("peak", 1)),
        (at("peak", 1), at("arc", 2)),
        (at("Peak", 1),),
        (at("", 1),),
        (at("peak", -1),),
        (at("peak", True),),
        (at("peak", 1.0),),
        (at("peak", 2**31),),
        (replace(ONE_OHM, at={"peak": 1, "arc": 2}),),
        (replace(ONE_OHM, at=[("peak", 1)]),),  # type: ignore[arg-type]
    ],
)
def test_a_place_that_is_none_or_taken_is_a_violation(values: tuple[Result, ...]) -> None:
    with pytest.raises(ContractViolation):
        check_outcome(ANALYSIS, Outcome(values))


@pytest.mark.parametrize("missing", [missing_at(0), missing_at(1, "arc"), missing_at(-1)])
def test_a_reason_at_a_place_that_is_none_or_taken_is_a_violation(missing: NotComputed) -> None:
    with pytest.raises(ContractViolation):
        check_outcome(ANALYSIS, Outcome((at("peak", 0),), not_computed=(missing,)))


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        (None, "run() returned a NoneType:"),
        (Outcome(values="ab"), "returned an Outcome whose `values` is a str: write `values=(...,)`"),  # type: ignore[arg-type]
        (Outcome((ONE_OHM, ONE_OHM)), "resistance_ohm"),
        (
            Outcome(not_computed=(NotComputed("voltage_v", "no-data"),)),
            " voltage_v,",
        ),
        (Outcome(not_computed=(NotComputed("resistance_ohm", "no-data", " "),)), "is empty: write a few words"),
        (Outcome(messages=(Message("fine"), Message("a", "a", level="error"))), "‘error’"),  # type: ignore[arg-type]
        (Outcome(curves=(CURVE, CURVE)), "‘fit’"),
        (Outcome(messages=(Message("fine"), Message("a", " "))), " messages[1]"),
        (Outcome(values=(ONE_OHM, 1.0)), "values[1] is a float"),  # type: ignore[arg-type]
        (Outcome(not_computed=(1.0,)), "not_computed[0] is a float"),  # type: ignore[arg-type]
        (Outcome(curves=(replace(CURVE, name=""),)), " curves[0]"),
        (Outcome(curves=(CURVE, 1.0)), "curves[1] is a float"),  # type: ignore[arg-type]
        (Outcome(curves=(replace(CURVE, x=Axis(label="x", unit=1)),)), " curve ‘fit’"),  # type: ignore[arg-type]
        (Outcome(curves=(replace(CURVE, series=(1.0,)),)), "series[0] of "),  # type: ignore[arg-type]
        (Outcome((ONE_OHM,), not_computed=(NotComputed("resistance_ohm", "no-data"),)), "resistance_ohm twice"),
        (
            Outcome(curves=(Curve("a", "A", X, Y, Series("d", (), ())),)),
            "write `series=(Series(...),)`",
        ),  # type: ignore[arg-type]
    ],
)
def test_a_violation_names_its_correction(outcome: Any, text: str) -> None:
    with pytest.raises(ContractViolation) as violation:
        check_outcome(ANALYSIS, outcome)
    assert text in str(violation.value)


def test_numbers_may_have_gaps_but_not_imaginary_parts() -> None:
    assert np.isnan(real_numbers([1, None])[1])
    for sequence in ([1j], ["a"], [object()]):
        with pytest.raises((TypeError, ValueError)):
            real_numbers(sequence)


OF_GROUP = Analysis(
    name="of-group",
    version="1",
    title="Of a group",
    description="",
    run=lambda inputs: Outcome(),
    scope="group",
    group_kinds=("replicates",),
    returns_member_quantities=True,
)


def test_a_quantity_of_a_group_comes_once_for_each_set_of_conditions() -> None:
    cold, warm = (replace(ONE_OHM, conditions={"temperature_degc": text}) for text in ("0", "25"))
    check_outcome(OF_GROUP, Outcome((cold, warm, ONE_OHM)))
    with pytest.raises(ContractViolation):
        check_outcome(OF_GROUP, Outcome((cold, cold)))


@pytest.mark.parametrize("conditions", [{"temperature_degc": 25}, {"": "25"}, {"c_rate": "x" * 101}, [("c_rate", "1")]])
def test_conditions_are_texts_by_slug(conditions: Any) -> None:
    with pytest.raises(ContractViolation):
        check_outcome(OF_GROUP, Outcome((replace(ONE_OHM, conditions=conditions),)))


def test_only_a_group_states_conditions() -> None:
    with pytest.raises(ContractViolation):
        check_outcome(ANALYSIS, Outcome((replace(ONE_OHM, conditions={"c_rate": "1"}),)))


POINTS = replace(ANALYSIS, parameters=(Parameter(name="points", type=int, default=2, help="Number of points."),))


def test_a_message_may_offer_a_change_of_a_parameter() -> None:
    check_outcome(POINTS, Outcome(messages=(Message("few", "few", offers=(ParameterChange("points", 3, "Use 3"),)),)))


@pytest.mark.parametrize(
    ("offer", "words"),
    [
        (ParameterChange("rows", 3, "Use 3"), "not a parameter"),
        (ParameterChange("points", "3", "Use 3"), "requires int"),
        (ParameterChange("points", 3, " "), "is empty"),
        ("points", "requires ParameterChange"),
    ],
)
def test_an_offer_is_of_a_parameter_and_its_type(offer: Any, words: str) -> None:
    with pytest.raises(ContractViolation, match=words):
        check_outcome(POINTS, Outcome(messages=(Message("few", "few", offers=(offer,)),)))
