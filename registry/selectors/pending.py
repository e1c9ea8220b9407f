"""What of a cell is still to come, for a page that follows it."""

from registry.models import PENDING, UNREAD, AnalysisRun, Cell, Dataset


def list_pending(cell: Cell) -> list[str]:
    """Files that are to be read and runs that have not ended, each with its state; another list means news."""
    files = Dataset.objects.filter(measurement__cell=cell, status__in=UNREAD).order_by("pk")
    runs = AnalysisRun.objects.filter(cell=cell, status__in=PENDING).order_by("pk")
    return [
        *(f"file-{pk}-{status}" for pk, status in files.values_list("pk", "status")),
        *(f"run-{pk}-{status}" for pk, status in runs.values_list("pk", "status")),
    ]
