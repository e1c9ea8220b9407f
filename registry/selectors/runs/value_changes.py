"""Differences between the values of two runs of an analysis, in units of their uncertainty."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from textwrap import shorten

from analyses.uncertainty import Estimate
from registry.models import AnalysisRun, RunStatus, Value

MAX_REASON_LENGTH = 150


@dataclass(frozen=True)
class ValueChange:
    """A quantity of a measurement or cell before and after; None where it was not computed."""

    of: str
    """Refcode of the measurement or cell."""
    quantity: str
    """Its slug, and its place if it has one: `relaxation_time_s@peak:2`."""
    before: Estimate | None
    after: Estimate | None
    reason: str = ""
    """Reason from the run if the quantity is missing before or after."""

    @property
    def difference(self) -> float | None:
        """After minus before, in the unit of the quantity."""
        if self.before is None or self.after is None:
            return None
        return self.after.magnitude - self.before.magnitude

    @property
    def in_uncertainties(self) -> float | None:
        """The difference divided by the larger combined standard uncertainty; None if neither has one.

        The uncertainties are not combined, because both versions read the same data with the same scatter.
        """
        if self.before is None or self.after is None:
            return None
        uncertainty = max(self.before.combined_standard_uncertainty, self.after.combined_standard_uncertainty)
        return (self.after.magnitude - self.before.magnitude) / uncertainty if uncertainty else None

    @property
    def percent(self) -> float | None:
        """The difference in percent of the value before."""
        if self.difference is None or self.before is None or not self.before.magnitude:
            return None
        return 100 * self.difference / abs(self.before.magnitude)

    @property
    def has_changed(self) -> bool:
        """Whether the value differs beyond floating-point precision: number, uncertainty or presence."""
        if self.before is None or self.after is None:
            return True
        pairs = zip(_numbers(self.before), _numbers(self.after), strict=True)
        return any(not math.isclose(before, after, rel_tol=1e-9, abs_tol=1e-300) for before, after in pairs)


def _numbers(estimate: Estimate) -> tuple[float, ...]:
    return estimate.magnitude, estimate.lower, estimate.upper, estimate.standard_uncertainty


def list_changes(
    of: str, before: Mapping[str, Estimate], after: Mapping[str, Estimate], reason: str = ""
) -> list[ValueChange]:
    """Every quantity with a value before or after, changed or not."""
    return [
        ValueChange(of, slug, before.get(slug), after.get(slug), reason) for slug in dict.fromkeys([*before, *after])
    ]


def values_by_run(runs: Iterable[AnalysisRun]) -> dict[int, dict[str, Estimate]]:
    """The values of each run, by its primary key, then by quantity and place."""
    values: dict[int, dict[str, Estimate]] = {run.pk: {} for run in runs}
    for value in Value.objects.filter(run__in=list(values)).order_by("pk"):
        estimate = value.estimate()
        if estimate is not None:
            values[value.run_id][value.key] = estimate
    return values


def list_changes_between(before: Iterable[AnalysisRun], after: Iterable[AnalysisRun]) -> list[ValueChange]:
    """Changes from earlier to later runs, for measurements and cells that have both."""
    earlier = {run.target: run for run in before}
    later = {run.target: run for run in after}
    values = values_by_run([*earlier.values(), *later.values()])
    changes = []
    for target, run in later.items():
        if target in earlier:
            reason = _missing_reason(run) or _missing_reason(earlier[target])
            changes += list_changes(run.of.refcode, values[earlier[target].pk], values[run.pk], reason)
    return changes


def _missing_reason(run: AnalysisRun) -> str:
    """Why a run has no values; empty if it has."""
    if run.status == RunStatus.DONE or not run.messages:
        return ""
    message = run.messages[0]
    return f"{shorten(message['text'], MAX_REASON_LENGTH, placeholder=' …')} ({message['code']})"
