"""Pending imports and runs of a cell, for pages that refresh while they are processed."""

from registry.models import PENDING, UNREAD, AnalysisRun, Cell, Dataset


def list_pending(cell: Cell) -> list[str]:
    """Files to import and unfinished runs with their status; the list differs when anything has progressed."""
    files = Dataset.objects.filter(measurement__cell=cell, status__in=UNREAD).order_by("pk")
    runs = AnalysisRun.objects.filter(cell=cell, status__in=PENDING).order_by("pk")
    return [
        *(f"file-{pk}-{status}" for pk, status in files.values_list("pk", "status")),
        *(f"run-{pk}-{status}" for pk, status in runs.values_list("pk", "status")),
    ]
