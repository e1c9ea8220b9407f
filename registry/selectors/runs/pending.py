"""Pending imports and runs of a cell, for pages that refresh while they are processed."""

from collections.abc import Iterable

from registry.models import PENDING, UNREAD, AnalysisRun, Cell, Dataset

Statuses = Iterable[tuple[int, str]]
"""Primary key and status."""


def list_pending(cell: Cell) -> list[str]:
    """Files to import and unfinished runs with their status; the list differs when anything has progressed."""
    files = Dataset.objects.filter(measurement__cell=cell, status__in=UNREAD)
    runs = AnalysisRun.objects.filter(cell=cell, status__in=PENDING)
    return name_pending(files.values_list("pk", "status"), runs.values_list("pk", "status"))


def name_pending(files: Statuses, runs: Statuses) -> list[str]:
    """The same list of files and runs that are loaded already."""
    return [
        *(f"file-{pk}-{status}" for pk, status in sorted(files) if status in UNREAD),
        *(f"run-{pk}-{status}" for pk, status in sorted(runs) if status in PENDING),
    ]
