"""Who may do what through the API."""

from rest_framework.permissions import IsAuthenticatedOrReadOnly


class ProjectRolePermission(IsAuthenticatedOrReadOnly):
    """Anyone reads what is visible to them; writes need a signed-in user, whose role the services check."""
