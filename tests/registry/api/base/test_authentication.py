"""What an Authorization header leads to."""

import base64

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from registry.models import Project
from tests import factories

WRONG = [
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
READ = [
    "/api/",
    "/api/projects/",
    "/api/cells/",
    "/api/values/",
    "/api/memberships/",
    "/api/comparisons/",
    "/api/schema/",
]
WRITTEN = ["/api/projects/", "/api/cells/", "/api/values/", "/api/runs/", "/api/auth/logout/", "/api/auth/logout-all/"]


@pytest.mark.parametrize("header", WRONG)
def test_a_wrong_header_is_refused_and_not_taken_for_a_visitor(
    anyone: APIClient, public_project: Project, header: str
) -> None:
    for address in READ:
        answer = anyone.get(address, headers={"authorization": header})
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Token"), address
    for address in WRITTEN:
        answer = anyone.post(address, {}, headers={"authorization": header})
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Token"), address
        assert set(answer.json()) == {"error", "fields"}


def test_without_a_header_a_visitor_reads_what_is_public(anyone: APIClient, public_project: Project) -> None:
    assert [row["slug"] for row in anyone.get("/api/projects/").json()["results"]] == ["open"]


def test_a_session_needs_no_header_and_is_not_used_beside_a_wrong_one(project: Project, colleague: User) -> None:
    client = APIClient()
    client.force_login(colleague, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/api/projects/lab/").status_code == 200
    assert client.get("/api/projects/lab/", headers={"authorization": "Bearer x"}).status_code == 401


@pytest.mark.parametrize("scheme", ["Token", "token", "TOKEN"])
def test_a_token_signs_in_whatever_the_capitals_of_its_scheme(
    anyone: APIClient, api: APIClient, project: Project, scheme: str
) -> None:
    token = str(api._credentials["HTTP_AUTHORIZATION"]).split()[1]
    assert anyone.get("/api/projects/lab/", headers={"authorization": f"{scheme} {token}"}).status_code == 200


def test_a_token_of_an_account_that_is_closed_is_refused(api: APIClient, colleague: User) -> None:
    colleague.is_active = False
    colleague.save()
    assert api.get("/api/projects/").status_code == 401


@pytest.mark.parametrize("name", ["nobody", "x" * 5000, "é€"])
def test_signing_in_with_a_wrong_header_is_a_401(anyone: APIClient, name: str) -> None:
    header = "Basic " + base64.b64encode(f"{name}:wrong".encode()).decode()
    for sent in (header, "Bearer x", "", "garbage", "Basic", "Basic ???", "Basic é"):
        answer = anyone.post("/api/auth/login/", headers={"authorization": sent})
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Basic realm="Cellar"'), sent


def test_an_old_token_stands_in_the_way_of_no_new_one(anyone: APIClient) -> None:
    factories.make_user("marie")
    sent = {"username": "marie", "password": "a long password"}
    assert anyone.post("/api/auth/login/", sent, headers={"authorization": "Token old"}).status_code == 200
