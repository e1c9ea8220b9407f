"""Sign in for a token."""

import base64

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from tests import factories

PASSWORD = "a long password"


@pytest.fixture
def person(db: None) -> User:
    return factories.make_user("marie")


def test_username_and_password_return_a_valid_token(anyone: APIClient, person: User) -> None:
    response = anyone.post("/api/auth/login/", {"username": "marie", "password": PASSWORD})
    assert response.status_code == 200, response.json()
    assert (response.json()["user"], response.json()["expiry"]) == ("marie", None)
    anyone.credentials(HTTP_AUTHORIZATION=f"Token {response.json()['token']}")
    assert anyone.get("/api/memberships/").status_code == 200


def test_a_basic_header_returns_a_token(anyone: APIClient, person: User) -> None:
    header = base64.b64encode(f"marie:{PASSWORD}".encode()).decode()
    anyone.credentials(HTTP_AUTHORIZATION=f"Basic {header}")
    assert anyone.post("/api/auth/login/").json()["user"] == "marie"


@pytest.mark.parametrize("header", ["Basic", "Basic ???", "Basic bm9jb2xvbg==", "Basic bWFyaWU6d3Jvbmc="])
def test_an_invalid_header_returns_no_token(anyone: APIClient, person: User, header: str) -> None:
    anyone.credentials(HTTP_AUTHORIZATION=header)
    response = anyone.post("/api/auth/login/")
    assert response.status_code in (401, 403)
    assert response.json()["fields"] == {}


def test_repeated_wrong_passwords_are_locked_out(anyone: APIClient, person: User) -> None:
    for _ in range(9):
        response = anyone.post("/api/auth/login/", {"username": "marie", "password": "wrong"})
        assert response.status_code in (401, 403)
        assert "Wrong" in response.json()["error"]
    anyone.post("/api/auth/login/", {"username": "marie", "password": "wrong"})
    locked = anyone.post("/api/auth/login/", {"username": "marie", "password": PASSWORD})
    assert locked.status_code == 429
    assert set(locked.json()) == {"error", "code", "fields", "codes"}


def test_a_missing_password_is_rejected(anyone: APIClient, person: User) -> None:
    response = anyone.post("/api/auth/login/", {"username": "marie"})
    assert (response.status_code, list(response.json()["fields"])) == (400, ["password"])


def test_signing_out_revokes_the_token(api: APIClient, colleague: User) -> None:
    assert api.post("/api/auth/logout/").status_code == 204
    assert api.get("/api/memberships/").status_code == 401


def test_all_tokens_are_revoked(api: APIClient, colleague: User) -> None:
    assert api.post("/api/auth/logout-all/").status_code == 204
    assert api.get("/api/memberships/").status_code == 401


def test_a_session_needs_a_csrf_token_to_write(colleague: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(colleague, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.get("/api/projects/lab/").status_code == 200
    response = browser.post("/api/projects/", {"slug": "fresh", "name": "New"}, content_type="application/json")
    assert response.status_code == 403
    assert "CSRF" in response.json()["error"]


def test_a_session_cannot_be_signed_out_over_the_api(colleague: User) -> None:
    client = APIClient()
    client.force_login(colleague, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post("/api/auth/logout/").status_code == 400
