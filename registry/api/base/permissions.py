"""Permissions of the API."""

from django.contrib.auth.models import User
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request


class ProjectRolePermission(IsAuthenticatedOrReadOnly):
    """Anyone may read what is visible to them; only signed-in users may write, and services check their role."""


def actor(request: Request) -> User:
    """The signed-in user. Services accept None from the command line only."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user
