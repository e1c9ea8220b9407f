"""Projects, their members and the visibility of links between them."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from registry.models.parametrised import Parametrised
from registry.models.record import SLUG_UNAVAILABLE, Record, Scoped
from registry.models.text import MARKDOWN_HELP
from registry.models.visibility import OPENNESS, Visibility

RESERVED_SLUGS = frozenset({"new"})
"""Slugs whose address, such as `/projects/new/`, is another page."""


class Project(Parametrised, Record):
    """A project with its members. Every record belongs to exactly one."""

    project_path = ""
    scopes = ("measurement", "cell", "series", "group")

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, help_text=MARKDOWN_HELP)
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

    def clean(self) -> None:
        super().clean()
        if self.slug.lower() in RESERVED_SLUGS or self._had_another(self.slug):
            raise ValidationError({"slug": ValidationError(SLUG_UNAVAILABLE, code="unique")})

    def _had_another(self, slug: str) -> bool:
        """Whether another project had this slug: saved tables and links still lead to that one."""
        rows = Project.history.filter(slug=slug, id__in=Project.objects.order_by().values("pk"))
        return bool(rows.exclude(id=self.pk).exists())

    def shows_to_all_who_see(self, other: "Project") -> bool:
        """Whether everyone who can see the records of `other` can also see those of this project."""
        if self.pk == other.pk:
            return True
        openness = OPENNESS[Visibility(self.visibility)]
        return openness > 0 and openness >= OPENNESS[Visibility(other.visibility)]


def check_link_visible(field: str, linked: "Record", project: Project) -> None:
    """Raise unless everyone who can see `project` can also see the linked record."""
    owner = owning_project(linked)
    if not owner.shows_to_all_who_see(project):
        text = (
            f"‘{linked}’ belongs to the project ‘{owner}’, which is visible to fewer people than ‘{project}’: copy it "
            f"to this project, or widen the visibility of ‘{owner}’."
        )
        raise ValidationError({field: ValidationError(text, code="less-visible-link")})


def owning_project(record: Scoped) -> Project:
    """Return the project a record belongs to."""
    current: Any = record
    for step in filter(None, record.project_path.split("__")):
        current = getattr(current, step)
    project: Project = current
    return project


class Role(models.TextChoices):
    VIEWER = "viewer", "Viewer (can view)"
    EDITOR = "editor", "Editor (can add and change records)"
    OWNER = "owner", "Owner (can also manage members)"


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
                violation_error_message="This user is already a member of the project.",
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.project}: {self.role}"
