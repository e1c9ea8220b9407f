"""Projects and memberships."""

from typing import Any

from django.contrib.auth.models import User
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated

from registry.api.base.fields import ProjectField
from registry.api.base.filters import Filter
from registry.api.base.permissions import actor
from registry.api.base.records import RecordSerializer, RecordViewSet
from registry.models import Membership, Project, Role, Visibility
from registry.selectors.project_slug import get_current_slugs
from registry.services.project import create_project
from registry.services.record import save_record


class ProjectSerializer(RecordSerializer):
    """A project."""

    class Meta:
        model = Project
        fields = ["slug", "name", "description", "visibility", "parameters", "created_at"]

    def store(self, record: Project, nested: dict[str, Any]) -> Project:
        save = create_project if record.pk is None else save_record
        return save(record, by=actor(self.context["request"]))


class MembershipSerializer(RecordSerializer):
    """A user's role in a project."""

    project = ProjectField()
    user = serializers.SlugRelatedField(slug_field="username", queryset=User.objects.filter(is_active=True))

    class Meta:
        model = Membership
        fields = ["id", "project", "user", "role"]


class ProjectViewSet(RecordViewSet):
    """Projects. The user who creates a project becomes its owner."""

    queryset = Project.objects.order_by("name", "pk")
    serializer_class = ProjectSerializer
    lookup_field = "slug"
    lookup_value_regex = r"[-\w]+"
    filters = {"visibility": Filter("visibility", "Who can see the project.", choices=Visibility.values)}

    def get_object(self) -> Project:
        """The project with this slug, or the one that had it."""
        slug = self.kwargs["slug"]
        self.kwargs["slug"] = get_current_slugs([slug], self.request.user).get(slug, slug)
        project: Project = super().get_object()
        return project


class MembershipViewSet(RecordViewSet):
    """Memberships and roles, visible to signed-in users only. Only owners may change them."""

    queryset = Membership.objects.select_related("project", "user").order_by("project__name", "pk")
    serializer_class = MembershipSerializer
    permission_classes = [IsAuthenticated]
    filters = {
        "project": Filter("project__slug", "Slug of the project."),
        "user": Filter("user__username", "Username."),
        "role": Filter("role", "Role in the project.", choices=Role.values),
    }
