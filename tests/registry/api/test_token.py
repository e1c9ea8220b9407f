"""Signing in for a token."""

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


def test_name_and_password_give_a_token_that_works(anyone: APIClient, person: User) -> None:
    answer = anyone.post("/api/auth/login/", {"username": "marie", "password": PASSWORD})
    assert answer.status_code == 200, answer.json()
    assert (answer.json()["user"], answer.json()["expiry"]) == ("marie", None)
    anyone.credentials(HTTP_AUTHORIZATION=f"Token {answer.json()['token']}")
    assert anyone.get("/api/memberships/").status_code == 200


def test_a_basic_header_gives_a_token(anyone: APIClient, person: User) -> None:
    header = base64.b64encode(f"marie:{PASSWORD}".encode()).decode()
    anyone.credentials(HTTP_AUTHORIZATION=f"Basic {header}")
    assert anyone.post("/api/auth/login/").json()["user"] == "marie"


@pytest.mark.parametrize("header", ["Basic", "Basic ???", "Basic bm9jb2xvbg==", "Basic bWFyaWU6d3Jvbmc="])
def test_a_bad_header_gives_none(anyone: APIClient, person: User, header: str) -> None:
    anyone.credentials(HTTP_AUTHORIZATION=header)
    answer = anyone.post("/api/auth/login/")
    assert answer.status_code in (401, 403)
    assert answer.json()["fields"] == {}


def test_a_wrong_password_gives_none_and_guessing_is_locked_out(anyone: APIClient, person: User) -> None:
    for _ in range(9):
        answer = anyone.post("/api/auth/login/", {"username": "marie", "password": "wrong"})
        assert answer.status_code in (401, 403)
        assert "do not belong together" in answer.json()["error"]
    anyone.post("/api/auth/login/", {"username": "marie", "password": "wrong"})
    locked = anyone.post("/api/auth/login/", {"username": "marie", "password": PASSWORD})
    assert locked.status_code == 429
    assert "Too many wrong passwords" in locked.json()["error"]


def test_refuses_a_request_without_a_password(anyone: APIClient, person: User) -> None:
    answer = anyone.post("/api/auth/login/", {"username": "marie"})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["password"])


def test_logging_out_makes_the_token_worthless(api: APIClient, colleague: User) -> None:
    assert api.post("/api/auth/logout/").status_code == 204
    assert api.get("/api/memberships/").status_code == 401


def test_all_tokens_can_be_given_back_at_once(api: APIClient, colleague: User) -> None:
    assert api.post("/api/auth/logout-all/").status_code == 204
    assert api.get("/api/memberships/").status_code == 401


def test_a_session_reads_and_needs_the_csrf_token_to_write(colleague: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(colleague, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.get("/api/projects/lab/").status_code == 200
    answer = browser.post("/api/projects/", {"slug": "new", "name": "New"}, content_type="application/json")
    assert answer.status_code == 403
    assert "CSRF" in answer.json()["error"]


def test_signing_out_of_a_session_happens_on_the_pages(colleague: User) -> None:
    client = APIClient()
    client.force_login(colleague, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post("/api/auth/logout/").status_code == 400
