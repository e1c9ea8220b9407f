"""Who may see and change what."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from registry.models.parametrised import Parametrised
from registry.models.record import Record

if TYPE_CHECKING:
    from registry.models.cell import Cell


class Visibility(models.TextChoices):
    PRIVATE = "private", "Members only"
    SIGNED_IN = "signed_in", "Every signed-in user"
    PUBLIC = "public", "Everyone"


OPENNESS = {Visibility.PRIVATE: 0, Visibility.SIGNED_IN: 1, Visibility.PUBLIC: 2}


class Project(Parametrised, Record):
    """A body of work with its members. Every record belongs to one."""

    project_path = ""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    visibility = models.CharField(max_length=16, choices=Visibility, default=Visibility.PRIVATE)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(visibility__in=Visibility.values), name="project_visibility_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def affected_cells(self) -> "models.QuerySet[Cell]":
        """All of its cells while its parameters are about to change, else none: analyses read nothing more of it."""
        from registry.models.cell import Cell

        changes = bool(self.pk) and self.parameters != self.parameters_stored()
        return Cell.objects.filter(project=self.pk) if changes else Cell.objects.none()

    def shows_to_all_who_see(self, other: "Project") -> bool:
        """Whether everyone who may see a record of `other` may also see a record of this project."""
        if self.pk == other.pk:
            return True
        openness = OPENNESS[Visibility(self.visibility)]
        return openness > 0 and openness >= OPENNESS[Visibility(other.visibility)]


def refuse_hidden_link(field: str, linked: "Record", project: Project) -> None:
    """Raise unless everyone who sees `project` may see what it links to."""
    theirs = linked.owning_project()
    if not theirs.shows_to_all_who_see(project):
        raise ValidationError(
            {
                field: f"‘{linked}’ belongs to the project ‘{theirs}’, which fewer people may see than ‘{project}’. "
                "Copy it into this project, or open that project."
            }
        )


class Role(models.TextChoices):
    VIEWER = "viewer", "Viewer: sees everything"
    EDITOR = "editor", "Editor: enters and changes records"
    OWNER = "owner", "Owner: also manages members"


class Membership(Record):
    """A user's role in a project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role, default=Role.VIEWER)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "user"],
                name="membership_once_per_user",
                violation_error_message="This user is a member of the project already.",
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.project}: {self.role}"
