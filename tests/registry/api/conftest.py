"""API clients, each with its own token."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from knox.models import AuthToken
from rest_framework.test import APIClient


def client_of(user: User | None) -> APIClient:
    client = APIClient()
    if user is not None:
        client.credentials(HTTP_AUTHORIZATION=f"Token {AuthToken.objects.create(user=user)[1]}")
    return client


@pytest.fixture
def client_for(db: None) -> Callable[[User | None], APIClient]:
    return client_of


@pytest.fixture
def api(colleague: User) -> APIClient:
    """An editor of the private project ‘lab’."""
    return client_of(colleague)


@pytest.fixture
def anyone(db: None) -> APIClient:
    """An anonymous client."""
    return client_of(None)
