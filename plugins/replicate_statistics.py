"""Mean and scatter between cells of every quantity that replicates have in common."""

from collections.abc import Sequence

from analyses.statistics.replicates import ReplicateMean, replicate_mean
from registry.contract.analysis_support.groups.compared_cells import cell_point, member_names
from registry.contract.analysis_support.groups.matched_values import (
    MATCHING_PARAMETERS,
    MatchedValues,
    match_values,
)
from registry.hookspecs import (
    Analysis,
    Axis,
    Curve,
    GroupMember,
    Inputs,
    Listed,
    Message,
    Outcome,
    Result,
    Series,
    hookimpl,
)

CONTRACT_VERSION = 2


def run(inputs: Inputs) -> Outcome:
    """Return the mean over the cells of each quantity, under each set of conditions that they share."""
    number = len(inputs.members)
    failed = [member for member in inputs.members if member.failure]
    matches = match_values(inputs, for_statistics=True)
    results, curves, messages = [], [], [*_failures(failed, number), *matches.messages]
    for index, matched in enumerate(matches.matched, start=1):
        scatter = replicate_mean(matched.estimates)
        results.append(_result(matched, scatter, number))
        if not matched.is_constant:
            curves.append(_curve(matched, scatter, index))
        messages.append(_scatter_message(matched, scatter, number, len(failed)))
    return Outcome(tuple(results), tuple(curves), tuple(messages), tuple(matches.not_computed))


def _result(matched: MatchedValues, scatter: ReplicateMean, number: int) -> Result:
    of = f"{scatter.count} cells" if scatter.count == number else f"{scatter.count} of {number} cells"
    note = f"mean of {of}, s = {scatter.standard_deviation:.3g} between cells"
    return Result(matched.quantity, scatter.mean, note, at=matched.at, conditions=matched.conditions)


def _failures(failed: Sequence[GroupMember], built: int) -> list[Message]:
    """Return which cells failed, and why."""
    if not failed:
        return []
    return [
        Message(
            "cells-failed",
            "{count} of {built} cells failed: {cells}. Their values are included.",
            "warning",
            count=len(failed),
            built=built,
            cells=Listed((f"{member.refcode} ({member.failure})" for member in failed), between="; "),
        )
    ]


def _scatter_message(matched: MatchedValues, scatter: ReplicateMean, built: int, failed: int) -> Message:
    lower, upper = scatter.mean.interval()
    return Message(
        "scatter-between-cells",
        "{quantity} ({label}): n = {count} measured of {built} built ({failed} entered as failed), mean {mean:.4g}, "
        "median {median:.4g}, standard deviation between cells {deviation:.3g}, 95 % interval of the mean {lower:.4g} "
        "to {upper:.4g} (Student t, {degrees} degrees of freedom); measurement uncertainty of one cell "
        "{measurement:.2g}. Cells: {records}.",
        **matched.parameters,
        count=scatter.count,
        built=built,
        failed=failed,
        median=matched.number(scatter.median),
        mean=matched.number(scatter.mean.magnitude),
        deviation=matched.number(scatter.standard_deviation),
        lower=matched.number(lower),
        upper=matched.number(upper),
        degrees=scatter.count - 1,
        measurement=matched.number(scatter.measurement_uncertainty),
        records=", ".join(matched.records),
    )


def _curve(matched: MatchedValues, scatter: ReplicateMean, index: int) -> Curve:
    """Return the value of each cell with its own interval, and the mean with its interval."""
    names = member_names(matched.members)
    lower, upper = scatter.mean.interval()
    cells = [
        cell_point(names[member.refcode], number, estimate)
        for number, (member, estimate) in enumerate(matched.pairs, start=1)
    ]
    mean = Series(
        "Mean and its 95 % interval",
        (1.0, float(scatter.count)),
        (scatter.mean.magnitude,) * 2,
        y_lower=(lower,) * 2,
        y_upper=(upper,) * 2,
    )
    return Curve(
        f"{matched.quantity}-{index}",
        matched.title,
        Axis(label="Cell", unit=""),
        Axis(quantity=matched.quantity),
        (*cells, mean),
    )


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer the statistics on groups of replicates."""
    return (
        Analysis(
            name="replicate-statistics",
            version="1.3.1",
            title="Statistics of replicates",
            description="Mean and standard deviation between cells of each quantity under equal conditions, with the "
            "95 % interval of the mean (Student t).",
            run=run,
            returns_member_quantities=True,
            requirements=("values of a quantity of two or more cells under equal conditions",),
            parameters=MATCHING_PARAMETERS,
            scope="group",
            group_kinds=("replicates",),
        ),
    )
