"""URLs, cookies and headers with text that cannot be stored are rejected."""

from base64 import b64encode

import pytest
from django.test import Client

from registry.models import Project
from tests import factories

PAGES = [
    "/", "/cells/", "/compare/", "/compare/low-pressure-cells/", "/materials/", "/publications/", "/plugins/",
    "/audit/", "/sign-in/", "/no/such/page/",
    "/admin/", "/admin/registry/cell/", "/admin/registry/cell/add/", "/admin/autocomplete/", "/admin/auth/user/",
    "/admin/knox/authtoken/", "/admin/axes/accessattempt/",
]  # fmt: skip
API_URLS = ["/api/cells/", "/api/measurements/", "/api/publications/", "/api/audit/", "/api/schema/", "/api/nothing/"]
PATHS = ["/cells/%00/", "/compare/%00/", "/measurements/%00/cycles.csv", "/%00", "/cells/C-00001%1B/"]


@pytest.fixture
def browser(db: None) -> Client:
    client = Client()
    client.force_login(factories.make_user("root", is_staff=True, is_superuser=True))
    return client


@pytest.mark.parametrize("query", ["q=%00", "%00=1", "page=%00", "o=1%00", "project__id__exact=%00", "e=%1B"])
@pytest.mark.parametrize("page", PAGES)
def test_a_control_character_in_the_query_string_of_a_page_is_a_400(browser: Client, page: str, query: str) -> None:
    response = browser.get(f"{page}?{query}")
    assert response.status_code == 400
    assert "U+00" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_a_control_character_in_the_path_of_a_page_is_a_400(client: Client, path: str) -> None:
    assert client.get(path).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("path", API_URLS)
def test_the_api_names_the_parameter(client: Client, path: str) -> None:
    response = client.get(f"{path}?label=a%00b")
    assert response.status_code == 400
    (message,) = response.json()["fields"]["label"]
    assert "U+0000" in message
    assert response.json()["error"] == f"label: {message}"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/cells/%00/", "/api/cells/C-00001/history/%00", "/api/%00/"])
def test_a_control_character_in_the_path_of_the_api_is_a_400(client: Client, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.json()["fields"]) == (400, {})


@pytest.mark.django_db
def test_the_name_of_a_parameter_is_escaped(client: Client) -> None:
    assert list(client.get("/api/cells/?a%00=1").json()["fields"]) == ["a\\u0000"]


def test_invalid_utf8_is_not_a_server_error(browser: Client) -> None:
    for url in ("/cells/?q=%ED%A0%80", "/cells/%ED%A0%80/", "/api/cells/?q=%FF", "/admin/registry/cell/?q=%FF"):
        assert browser.get(url).status_code < 500


def test_selected_admin_rows_with_such_keys_are_a_400(browser: Client) -> None:
    for model in ("knox/authtoken", "registry/cell"):
        data = {"action": "delete_selected", "_selected_action": "a\0b"}
        assert browser.post(f"/admin/{model}/", data).status_code == 400


@pytest.mark.django_db
def test_a_session_cookie_with_nul_is_a_400(client: Client) -> None:
    assert client.get("/cells/", headers={"cookie": 'sessionid="' + "\\000" * 32 + '"'}).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("scheme", ["Token a\0b", "Token \0\0\0\0\0\0\0\0\0", "Basic \0"])
def test_an_authorization_header_with_nul_is_a_400(client: Client, scheme: str) -> None:
    assert client.get("/api/cells/", headers={"authorization": scheme}).status_code == 400


@pytest.mark.django_db
def test_other_characters_in_a_header_are_accepted(client: Client) -> None:
    user_agent = "Ω – ü".encode().decode("latin-1")
    assert client.get("/cells/", headers={"user-agent": user_agent}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(("username", "password"), [("a\0b", "secret"), ("a", "sec\0ret"), ("a\x1b", "secret")])
def test_control_characters_in_api_credentials_are_a_400(client: Client, username: str, password: str) -> None:
    body = {"username": username, "password": password}
    assert client.post("/api/auth/login/", body, content_type="application/json").status_code == 400
    basic = b64encode(f"{username}:{password}".encode()).decode()
    assert client.post("/api/auth/login/", headers={"authorization": f"Basic {basic}"}).status_code == 400


@pytest.mark.django_db
def test_a_surrogate_in_api_credentials_is_a_400(client: Client) -> None:
    for field, other in (("username", "password"), ("password", "username")):
        body = f'{{"{field}": "\\ud800", "{other}": "x"}}'
        response = client.post("/api/auth/login/", body, content_type="application/json")
        assert (response.status_code, list(response.json()["fields"])) == (400, [field])


@pytest.mark.django_db
def test_the_sign_in_page_shows_its_form_again(client: Client) -> None:
    response = client.post("/sign-in/", {"username": "a\0b", "password": "secret"})
    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()


def test_an_admin_form_shows_the_error_at_its_field(browser: Client, project: Project) -> None:
    data = {"project": project.pk, "title": "a\0b", "slug": "a", "definition": '{"columns": ["label"]}', "notes": ""}
    response = browser.post("/admin/registry/comparison/add/", data)
    assert response.status_code == 200
    assert response.context["adminform"].form.errors["title"]


@pytest.mark.parametrize("name", ["comparison", "columnmapping"])
@pytest.mark.parametrize("bad", ["\\ud800", "\\u0000"])
def test_an_admin_form_shows_the_error_of_a_json_field(browser: Client, project: Project, name: str, bad: str) -> None:
    fields = {"comparison": ("definition", {"title": "a", "slug": "a"}), "columnmapping": ("mapping", {"name": "a"})}
    field, others = fields[name]
    data = {"project": project.pk, "notes": "", field: f'{{"columns": ["{bad}"]}}', **others}
    response = browser.post(f"/admin/registry/{name}/add/", data)
    assert response.status_code == 200
    assert response.context["adminform"].form.errors[field]
