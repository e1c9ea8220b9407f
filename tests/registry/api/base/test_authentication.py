"""The Authorization header."""

import base64

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from registry.models import Project
from tests import factories

INVALID_HEADERS = [
    "",
    " ",
    "Bearer x",
    "Basic",
    "Basic bWFyaWU6YSBsb25nIHBhc3N3b3Jk",
    "Digest username=marie",
    "Token",
    "Token ",
    "Token wrong",
    "Token two words",
    "Token \x01",
    "Token \x7f",
    "Token é",
    "Token €",
    "Token ÿþ",
    "Tokenwrong",
    "é",
    "€",
    "garbage",
    "x" * 10_000,
    "Token " + "x" * 10_000,
]
READ_URLS = [
    "/api/",
    "/api/projects/",
    "/api/cells/",
    "/api/values/",
    "/api/memberships/",
    "/api/comparisons/",
    "/api/schema/",
]
WRITE_URLS = [
    "/api/projects/",
    "/api/cells/",
    "/api/values/",
    "/api/runs/",
    "/api/auth/logout/",
    "/api/auth/logout-all/",
]


@pytest.mark.parametrize("header", INVALID_HEADERS)
def test_an_invalid_header_is_a_401_and_not_anonymous_access(
    anyone: APIClient, public_project: Project, header: str
) -> None:
    for url in READ_URLS:
        response = anyone.get(url, headers={"authorization": header})
        assert (response.status_code, response["WWW-Authenticate"]) == (401, "Token"), url
    for url in WRITE_URLS:
        response = anyone.post(url, {}, headers={"authorization": header})
        assert (response.status_code, response["WWW-Authenticate"]) == (401, "Token"), url
        assert set(response.json()) == {"error", "code", "fields", "codes"}


def test_without_a_header_public_records_can_be_read(anyone: APIClient, public_project: Project) -> None:
    assert [row["slug"] for row in anyone.get("/api/projects/").json()["results"]] == ["open"]


def test_a_session_does_not_excuse_an_invalid_header(project: Project, colleague: User) -> None:
    client = APIClient()
    client.force_login(colleague, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/api/projects/lab/").status_code == 200
    for path in ("/api/projects/lab/", "/api/nowhere/"):
        assert client.get(path, headers={"authorization": "Bearer x"}).status_code == 401


@pytest.mark.parametrize("scheme", ["Token", "token", "TOKEN"])
def test_the_scheme_is_case_insensitive(anyone: APIClient, api: APIClient, project: Project, scheme: str) -> None:
    token = str(api._credentials["HTTP_AUTHORIZATION"]).split()[1]
    assert anyone.get("/api/projects/lab/", headers={"authorization": f"{scheme} {token}"}).status_code == 200


def test_a_token_of_an_inactive_user_is_rejected(api: APIClient, colleague: User) -> None:
    colleague.is_active = False
    colleague.save()
    assert api.get("/api/projects/").status_code == 401


@pytest.mark.parametrize("name", ["nobody", "x" * 5000, "é€"])
def test_signing_in_with_an_invalid_header_is_a_401(anyone: APIClient, name: str) -> None:
    header = "Basic " + base64.b64encode(f"{name}:wrong".encode()).decode()
    for value in (header, "Bearer x", "", "garbage", "Basic", "Basic ???", "Basic é"):
        response = anyone.post("/api/auth/login/", headers={"authorization": value})
        assert (response.status_code, response["WWW-Authenticate"]) == (401, 'Basic realm="Cellar"'), value


def test_an_expired_token_does_not_prevent_signing_in(anyone: APIClient) -> None:
    factories.make_user("marie")
    payload = {"username": "marie", "password": "a long password"}
    assert anyone.post("/api/auth/login/", payload, headers={"authorization": "Token old"}).status_code == 200
