"""Groups whose results are checked when a record changes, besides those of the cells it affects."""

from registry.models import CellGroup, Project
from registry.models.record import Scoped


def affected_groups(record: Scoped) -> list[int]:
    """The group itself; all of a project if its parameters are about to change, else none."""
    if isinstance(record, CellGroup):
        return [record.pk] if record.pk else []
    parameters_change = (
        isinstance(record, Project) and bool(record.pk) and record.parameters != record.parameters_stored()
    )
    return list(CellGroup.objects.filter(project=record.pk).values_list("pk", flat=True)) if parameters_change else []
