"""Who may see and change what."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from registry.models.parametrised import Parametrised
from registry.models.record import Record, Scoped
from registry.models.visibility import OPENNESS, Visibility


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

    def shows_to_all_who_see(self, other: "Project") -> bool:
        """Whether everyone who may see a record of `other` may also see a record of this project."""
        if self.pk == other.pk:
            return True
        openness = OPENNESS[Visibility(self.visibility)]
        return openness > 0 and openness >= OPENNESS[Visibility(other.visibility)]


def check_link_visible(field: str, linked: "Record", project: Project) -> None:
    """Raise unless everyone who sees `project` may see what it links to."""
    theirs = owning_project(linked)
    if not theirs.shows_to_all_who_see(project):
        raise ValidationError(
            {
                field: f"‘{linked}’ belongs to the project ‘{theirs}’, which fewer people may see than ‘{project}’. "
                "Copy it into this project, or open that project."
            }
        )


def owning_project(record: Scoped) -> Project:
    """The project whose members may change a record."""
    owner: Any = record
    for step in filter(None, record.project_path.split("__")):
        owner = getattr(owner, step)
    project: Project = owner
    return project


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
