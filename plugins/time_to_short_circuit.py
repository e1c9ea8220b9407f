"""Share of nominally identical symmetric cells that run without a short circuit, against time."""

from collections.abc import Sequence

from analyses.insufficient_data import InsufficientData
from analyses.statistics.survival import SurvivalCurve, median_interval, survival_curve
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.groups.matched_values import MATCHING_PARAMETERS, MatchedValues, match_values
from registry.hookspecs import (
    Analysis,
    Axis,
    Curve,
    GroupMember,
    Inputs,
    Listed,
    Message,
    NotComputed,
    Outcome,
    Quantity,
    Refused,
    Result,
    Series,
    hookimpl,
)

CONTRACT_VERSION = 2

ENDED, UNDER_TEST = "hours_to_short_circuit_h", "cycled_time_h"
MEDIAN = "median_hours_to_short_circuit_h"
SHARE = "share_without_short_circuit_percent"
PERCENT = 100.0


def run(inputs: Inputs) -> Outcome:
    """Return the survival curve of the cells under each set of conditions that they share, and its median."""
    matches = match_values(inputs)
    tests = [matched for matched in matches.matched if matched.quantity == UNDER_TEST and not matched.at]
    if not tests:
        raise Refused(
            "no-symmetric-tests",
            "no two cells have symmetric-cell tests under equal conditions: test at least two cells under the same "
            "conditions (common quantity: {quantity})",
            quantity=UNDER_TEST,
        )
    values: list[Result] = []
    curves: list[Curve] = []
    messages: list[Message] = []
    missing: list[NotComputed] = []
    for index, matched in enumerate(tests, start=1):
        has_ended = [_has_ended(member, record) for member, record in _cells(matched)]
        messages.append(_cells_message(matched, has_ended))
        try:
            curve = survival_curve([estimate.magnitude for estimate in matched.estimates], has_ended)
        except InsufficientData as problem:
            missing.append(NotComputed.because(MEDIAN, problem))
            continue
        curves.append(_curve(matched, curve, has_ended, index))
        lower, upper = ([estimate.interval()[end] for estimate in matched.estimates] for end in (0, 1))
        lower = [max(hours, 0.0) for hours in lower]
        if (median := _median(curve, median_interval(lower, upper, has_ended))) is None:
            missing.append(_no_median(matched, curve))
        else:
            values.append(Result(MEDIAN, median, f"{len(has_ended)} cells", conditions=matched.conditions))
    return Outcome(tuple(values), tuple(curves), tuple(messages), tuple(missing))


def _cells(matched: MatchedValues) -> list[tuple[GroupMember, str]]:
    return list(zip(matched.members, matched.records, strict=True))


def _has_ended(member: GroupMember, record: str) -> bool:
    """Return whether the test ended in a short circuit."""
    return any(value.record == record and not value.measured.place for value in member.values(ENDED))


def _median(curve: SurvivalCurve, interval: tuple[float, float | None]) -> Estimate | None:
    """Return the median with its interval, in which every time counts at its own bounds."""
    lower, upper = interval
    if curve.median is None or upper is None:
        return None
    return Estimate(curve.median, min(lower, curve.median), max(upper, curve.median))


def _no_median(matched: MatchedValues, curve: SurvivalCurve) -> NotComputed:
    lower, _ = curve.median_interval
    return NotComputed(
        MEDIAN,
        "median-without-upper-limit",
        "no median time with a 95 % interval ({label}): with {ended} of {count} cells short-circuited, the interval "
        "begins at {lower_h:.4g} h and has no upper limit; at least six short-circuited cells are needed",
        label=matched.measured.label,
        ended=int(curve.ended.sum()),
        count=len(matched.members),
        lower_h=lower,
    )


def _cells_message(matched: MatchedValues, has_ended: Sequence[bool]) -> Message:
    names = [member.label for member in matched.members]
    return Message(
        "cells-under-test",
        "{label}: short-circuited: {ended}; stopped or still running: {others}. The latter are censored at the end of "
        "their data, which assumes that they were not stopped because a short circuit was imminent.",
        label=matched.measured.label,
        ended=Listed([name for name, ended in zip(names, has_ended, strict=True) if ended] or ["none"]),
        others=Listed([name for name, ended in zip(names, has_ended, strict=True) if not ended] or ["none"]),
    )


def _steps(curve: SurvivalCurve, shares: Sequence[float], longest_h: float) -> tuple[list[float], list[float]]:
    """Return the corners of a curve that starts at 100 % and falls in steps."""
    x, y, before = [0.0], [PERCENT], PERCENT
    for moment, share in zip(curve.time.tolist(), shares, strict=True):
        x += [moment, moment]
        y += [before, PERCENT * share]
        before = PERCENT * share
    return [*x, longest_h], [*y, before]


def _curve(matched: MatchedValues, curve: SurvivalCurve, has_ended: Sequence[bool], index: int) -> Curve:
    hours = [estimate.magnitude for estimate in matched.estimates]
    longest = max(hours)
    stopped = [hour for hour, ended in zip(hours, has_ended, strict=True) if not ended]
    share = curve.share.tolist()
    going_on = [PERCENT * ([1.0, *share][int((curve.time <= hour).sum())]) for hour in stopped]
    _, lower = _steps(curve, curve.lower.tolist(), longest)
    _, upper = _steps(curve, curve.upper.tolist(), longest)
    series = [
        Series(
            "without a short circuit, with its 95 % interval",
            *_steps(curve, share, longest),
            y_lower=lower,
            y_upper=upper,
        ),
    ]
    if stopped:
        series.append(Series("stopped or running", stopped, going_on, line=False, markers=True))
    return Curve(
        f"survival-{index}",
        f"Symmetric cells without a short circuit ({matched.measured.label})"[:200],
        Axis(quantity=UNDER_TEST),
        Axis(quantity=SHARE),
        tuple(series),
    )


@hookimpl
def register_quantities() -> Sequence[Quantity]:
    """Add the median time and the share of cells."""
    return (
        Quantity(
            slug=MEDIAN,
            name="Median time to a short circuit",
            unit="h",
            unit_label="h",
            symbol="t_50",
            description="Time after which half of the replicates have short-circuited (Kaplan-Meier).",
            minimum=0,
        ),
        Quantity(
            slug=SHARE,
            name="Cells without a short circuit",
            unit="percent",
            unit_label="%",
            symbol="S",
            description="Share of the cells under test (Kaplan-Meier).",
            minimum=0,
            maximum=PERCENT,
        ),
    )


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer the curve on groups of replicates."""
    return (
        Analysis(
            name="time-to-short-circuit",
            version="1.3.0",
            title="Time to a short circuit of replicates",
            description="Kaplan-Meier curve of replicate symmetric cells; cells that were stopped or are still "
            "running are included as censored.",
            techniques=("symmetric_cycling",),
            outputs=(MEDIAN,),
            run=run,
            requirements=("symmetric-cell tests of two or more cells under equal conditions",),
            parameters=MATCHING_PARAMETERS,
            scope="group",
            group_kinds=("replicates",),
        ),
    )
