"""How values differ between two runs of an analysis, in units of their uncertainty."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from analyses.uncertainty import Estimate
from registry.models import AnalysisRun, RunStatus, Value
from registry.selectors.refusal_reasons import refusal_reason


@dataclass(frozen=True)
class ValueChange:
    """One quantity of one measurement or cell, before and after; None where it was not given."""

    of: str
    """Refcode of the measurement or cell."""
    quantity: str
    before: Estimate | None
    after: Estimate | None
    reason: str = ""
    """Why it is not given after, or was not before, where the run says so."""

    @property
    def difference(self) -> float | None:
        """After less before, in the quantity's unit."""
        if self.before is None or self.after is None:
            return None
        return self.after.magnitude - self.before.magnitude

    @property
    def in_uncertainties(self) -> float | None:
        """The difference over the larger combined standard uncertainty of the two; None if neither has one.

        The larger and not both together: two versions read the same data, so their scatter is one and the same.
        """
        if self.before is None or self.after is None:
            return None
        doubt = max(self.before.combined_standard_uncertainty, self.after.combined_standard_uncertainty)
        return (self.after.magnitude - self.before.magnitude) / doubt if doubt else None

    @property
    def percent(self) -> float | None:
        """The difference in per cent of the value before."""
        if self.difference is None or self.before is None or not self.before.magnitude:
            return None
        return 100 * self.difference / abs(self.before.magnitude)

    @property
    def has_changed(self) -> bool:
        """Whether anything differs: the number beyond the last digits of a float, its doubt, or whether it is there."""
        if self.before is None or self.after is None:
            return True
        pairs = zip(_numbers(self.before), _numbers(self.after), strict=True)
        return any(not math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-300) for one, other in pairs)


def _numbers(estimate: Estimate) -> tuple[float, ...]:
    return estimate.magnitude, estimate.lower, estimate.upper, estimate.standard_uncertainty


def list_changes(
    of: str, before: Mapping[str, Estimate], after: Mapping[str, Estimate], reason: str = ""
) -> list[ValueChange]:
    """Every quantity given before or after, whether it moved or not."""
    return [
        ValueChange(of, slug, before.get(slug), after.get(slug), reason) for slug in dict.fromkeys([*before, *after])
    ]


def values_by_run(runs: Iterable[AnalysisRun]) -> dict[int, dict[str, Estimate]]:
    """What each run gave, by its primary key."""
    found: dict[int, dict[str, Estimate]] = {run.pk: {} for run in runs}
    for value in Value.objects.filter(run__in=list(found)).order_by("pk"):
        estimate = value.estimate()
        if estimate is not None:
            found[value.run_id][value.quantity] = estimate
    return found


def list_changes_between(before: Iterable[AnalysisRun], after: Iterable[AnalysisRun]) -> list[ValueChange]:
    """What moved from earlier to later runs, of the measurements and cells that have both."""
    earlier = {run.target: run for run in before}
    later = {run.target: run for run in after}
    values = values_by_run([*earlier.values(), *later.values()])
    found = []
    for target, run in later.items():
        if target in earlier:
            reason = _why_nothing(run) or _why_nothing(earlier[target])
            found += list_changes(run.of.refcode, values[earlier[target].pk], values[run.pk], reason)
    return found


def _why_nothing(run: AnalysisRun) -> str:
    """Why a run gave no values; empty if it did."""
    return "" if run.status == RunStatus.DONE or not run.messages else refusal_reason(run.messages[0]["text"])
