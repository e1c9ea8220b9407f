"""Who may do what through the API."""

from django.contrib.auth.models import User
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request


class ProjectRolePermission(IsAuthenticatedOrReadOnly):
    """Anyone reads what is visible to them; writes need a signed-in user, whose role the services check."""


def actor(request: Request) -> User:
    """Who writes. Services take None for the command line, so nothing but a user may get to them."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user
