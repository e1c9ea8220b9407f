"""Differences and ratios between the first cell of a comparison and each other one."""

from collections.abc import Sequence
from typing import Any

from analyses.statistics.difference import Difference, difference
from registry.contract.analysis_support.groups.compared_cells import cell_point, member_names, without_repeats
from registry.contract.analysis_support.groups.matched_values import MATCHING_PARAMETERS, MatchedValues, match_values
from registry.hookspecs import Analysis, Axis, Curve, Estimate, GroupMember, Inputs, Message, Outcome, hookimpl

CONTRACT_VERSION = 2


def run(inputs: Inputs) -> Outcome:
    """Return the difference of each quantity to the first cell that has it, and whether its 95 % interval contains
    zero."""
    matches = match_values(inputs)
    ordered = sorted(without_repeats(matches.matched), key=_evidence, reverse=True)
    messages = [message for matched in ordered for message in _messages(matched)]
    varying = [matched for matched in ordered if not matched.is_constant]
    curves = tuple(_curve(matched, index) for index, matched in enumerate(varying, start=1))
    scope = Message(
        "single-cells-compared",
        "The intervals include the measurement uncertainty of each cell but not the scatter between replicates: "
        "compare with the standard deviation of a group of replicates.",
    )
    return Outcome((), curves, (*messages, scope, *matches.messages), tuple(matches.not_computed))


def _evidence(matched: MatchedValues) -> tuple[bool, float]:
    """Return whether a quantity is a property of the cells rather than how far their tests went, and the largest
    difference to the first cell, as a multiple of the half of its 95 % interval; 0 if its uncertainty is not known."""
    reference, *estimates = matched.estimates
    largest = max(_in_half_widths(difference(reference, estimate).difference) for estimate in estimates)
    return not matched.measured.describes_test, largest


def _in_half_widths(change: Estimate) -> float:
    lower, upper = change.interval()
    return 2 * abs(change.magnitude) / (upper - lower) if upper > lower else 0.0


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
    names = member_names(matched.members)
    parameters: dict[str, Any] = {
        **matched.parameters,
        "first": names[first.refcode],
        "other": names[other.refcode],
        "difference": matched.number(compared.difference.magnitude),
        "lower": matched.number(lower),
        "upper": matched.number(upper),
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
    names = member_names(matched.members)
    return Curve(
        f"{matched.quantity}-{index}",
        matched.title,
        Axis(label="Cell", unit=""),
        Axis(quantity=matched.quantity),
        tuple(
            cell_point(names[member.refcode], number, estimate)
            for number, (member, estimate) in enumerate(matched.pairs, start=1)
        ),
    )


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer the differences on comparisons."""
    return (
        Analysis(
            name="cell-difference",
            version="1.1.0",
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
