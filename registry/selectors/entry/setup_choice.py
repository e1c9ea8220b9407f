"""Hardware set-ups to choose from in a form."""

from django.db.models import Case, Exists, OuterRef, Q, When

from registry.models import HardwareSetup, Measurement, Project
from registry.models.record import RecordQuerySet, is_key
from registry.models.visibility import AnyUser
from registry.selectors.simulated import OF_SIMULATED_CELL


def list_setup_choices(user: AnyUser, project: Project | None, chosen: str) -> RecordQuerySet:
    """Return the visible set-ups, those of the project first; others of simulated cells alone only if chosen."""
    of_project = Q(project=project.pk if project else None)
    kept = of_project | Q(pk=int(chosen) if is_key(chosen) else None)
    measured = Measurement.objects.filter(setup=OuterRef("pk"))
    setups: RecordQuerySet = HardwareSetup.objects.visible_to(user)
    usable = setups.filter(kept | Exists(measured.exclude(OF_SIMULATED_CELL)) | ~Exists(measured))
    return usable.order_by(Case(When(of_project, then=0), default=1), "name")
