"""The computed values of a comparison table: the runs they are of, and whether all are outdated for the same reason."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from registry.hookspecs import Column
from registry.models import TargetKey
from registry.selectors.comparison.row import COMPUTED, REPORTED, LatestValue, Row
from registry.selectors.staleness.outdated import Outdated, describe_outdated
from registry.selectors.staleness.outdated_results import RunSummary

FEWEST_MARKS = 2
"""Marks from which a table says once what they have in common."""


@dataclass(frozen=True)
class ComputedValues:
    """What the computed values of a table are of."""

    runs: tuple[RunSummary, ...]
    shared_sentence: str = ""
    """Said once for the table if all are outdated by the same kind of change; else each value is marked."""


def get_outdated_value(value: LatestValue) -> Outdated | None:
    """Why a value is no longer current; None if it is, or was reported."""
    if value.origin != COMPUTED or not value.analysis:
        return None
    columns = value.analysis, value.version or "", value.source_hash or "", value.stale_because or ""
    return describe_outdated(*columns, is_stale=value.stale_since is not None)


def get_computed_values(rows: Sequence[Row], columns: Sequence[Column]) -> ComputedValues:
    """The runs of the values that these rows show, and why they are outdated if all are for the same reason."""
    runs: dict[int, RunSummary] = {}
    kinds: set[str] = set()
    number = 0
    for row, value in _list_computed(rows, columns):
        outdated = get_outdated_value(value)
        kinds.add(outdated.kind if outdated else "")
        number += 1
        if value.run_id is not None:
            runs.setdefault(value.run_id, _summarise(row, value))
    summaries = tuple(runs.values())
    if number < FEWEST_MARKS or len(kinds) > 1 or "" in kinds:
        return ComputedValues(summaries)
    reasons = dict.fromkeys(summary.reason for summary in summaries if summary.reason)
    return ComputedValues(summaries, f"All computed numbers are outdated: {'; '.join(reasons)}." if reasons else "")


def _list_computed(rows: Sequence[Row], columns: Sequence[Column]) -> Iterator[tuple[Row, LatestValue]]:
    """The computed values that the columns show, those of replicates one by one."""
    valued = [column for column in columns if column.origin != REPORTED]
    for part in (part for row in rows for part in row.parts):
        for column in valued:
            value = part.value(column)
            for shown in [value] if value else part.values_at_places(column):
                if shown.origin == COMPUTED:
                    yield part, shown


def _summarise(row: Row, value: LatestValue) -> RunSummary:
    return RunSummary(
        value.run_id or 0,
        TargetKey(value.cell_id, value.measurement_id, value.series or ""),
        row.cell.project_id,
        value.analysis or "",
        value.version or "",
        value.source_hash or "",
        value.stale_because or "",
        value.stale_since is not None,
    )
