"""Differences and ratios between the first cell of a comparison and each other one."""

from collections.abc import Sequence
from typing import Any

from analyses.statistics.difference import Difference, difference
from registry.contract.analysis_support.matched_values import MATCHING_PARAMETERS, MatchedValues, match_values
from registry.hookspecs import Analysis, Axis, Curve, GroupMember, Inputs, Message, Outcome, Series, hookimpl

CONTRACT_VERSION = 2


def run(inputs: Inputs) -> Outcome:
    """Return the difference of each quantity to the first cell that has it, and whether its 95 % interval contains
    zero."""
    matches = match_values(inputs)
    messages = [message for matched in matches.matched for message in _messages(matched)]
    curves = tuple(_curve(matched, index) for index, matched in enumerate(matches.matched, start=1))
    scope = Message(
        "single-cells-compared",
        "The intervals include the measurement uncertainty of each cell, not the scatter between cells built alike: "
        "compare with the standard deviation of a group of replicates.",
    )
    return Outcome((), curves, (*messages, scope, *matches.messages), tuple(matches.not_computed))


def _messages(matched: MatchedValues) -> list[Message]:
    """Compare each cell with the first."""
    (first, *others), (reference, *estimates) = matched.members, matched.estimates
    return [
        _message(matched, first, other, difference(reference, estimate))
        for other, estimate in zip(others, estimates, strict=True)
    ]


def _message(matched: MatchedValues, first: GroupMember, other: GroupMember, compared: Difference) -> Message:
    lower, upper = compared.difference.interval()
    ratio = compared.ratio.magnitude if compared.ratio else None
    parameters: dict[str, Any] = {
        "quantity": matched.subject,
        "label": matched.measured.label,
        "first": first.label,
        "other": other.label,
        "difference": compared.difference.magnitude,
        "lower": lower,
        "upper": upper,
        "ratio": ratio,
        "ratio_text": "not defined" if ratio is None else f"{ratio:.4g}",
    }
    if compared.contains_zero:
        return Message(
            "no-difference-shown",
            "{quantity} ({label}): {other} − {first} = {difference:.4g}; the 95 % interval, {lower:.4g} to "
            "{upper:.4g}, contains zero. Ratio {ratio_text}.",
            **parameters,
        )
    return Message(
        "cells-differ",
        "{quantity} ({label}): {other} − {first} = {difference:.4g}; the 95 % interval, {lower:.4g} to "
        "{upper:.4g}, does not contain zero. Ratio {ratio_text}.",
        **parameters,
    )


def _curve(matched: MatchedValues, index: int) -> Curve:
    intervals = [estimate.interval() for estimate in matched.estimates]
    return Curve(
        f"{matched.quantity}-{index}",
        f"{matched.measured.label}: {', '.join(member.label for member in matched.members)}"[:200],
        Axis(label="Cell", unit=""),
        Axis(quantity=matched.quantity),
        tuple(
            Series(
                member.label,
                (float(number),),
                (estimate.magnitude,),
                line=False,
                markers=True,
                y_lower=(low,),
                y_upper=(high,),
            )
            for number, (member, estimate, (low, high)) in enumerate(
                zip(matched.members, matched.estimates, intervals, strict=True), start=1
            )
        ),
    )


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer the differences on comparisons."""
    return (
        Analysis(
            name="cell-difference",
            version="1.0.0",
            title="Difference between cells",
            description="Difference and ratio of each quantity to the first cell under equal conditions, and whether "
            "the 95 % interval of the difference contains zero.",
            run=run,
            returns_member_quantities=True,
            requirements=("values of a quantity of two or more cells under equal conditions",),
            parameters=MATCHING_PARAMETERS,
            scope="group",
            group_kinds=("comparison",),
        ),
    )
