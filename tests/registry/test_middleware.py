"""No address, cookie or header reaches the database with text that it does not keep."""

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
ADDRESSES = ["/api/cells/", "/api/measurements/", "/api/publications/", "/api/audit/", "/api/schema/", "/api/nothing/"]
PATHS = ["/cells/%00/", "/compare/%00/", "/measurements/%00/cycles.csv", "/%00", "/cells/C-00001%1B/"]


@pytest.fixture
def browser(db: None) -> Client:
    client = Client()
    client.force_login(factories.make_user("root", is_staff=True, is_superuser=True))
    return client


@pytest.mark.parametrize("query", ["q=%00", "%00=1", "page=%00", "o=1%00", "project__id__exact=%00", "e=%1B"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_asked_for_with_such_a_query_is_a_400(browser: Client, page: str, query: str) -> None:
    answer = browser.get(f"{page}?{query}")
    assert answer.status_code == 400
    assert "This text contains the control character U+00" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_a_page_at_such_an_address_is_a_400(client: Client, path: str) -> None:
    assert client.get(path).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("path", ADDRESSES)
def test_the_api_names_the_parameter(client: Client, path: str) -> None:
    answer = client.get(f"{path}?label=a%00b")
    assert answer.status_code == 400
    sentence = "This text contains the control character U+0000, which cannot be stored: remove it."
    assert answer.json() == {"error": f"label: {sentence}", "fields": {"label": [sentence]}}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/cells/%00/", "/api/cells/C-00001/history/%00", "/api/%00/"])
def test_the_api_refuses_such_an_address_in_its_own_shape(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["fields"]) == (400, {})


@pytest.mark.django_db
def test_the_name_of_a_parameter_is_shown_spelled_out(client: Client) -> None:
    assert list(client.get("/api/cells/?a%00=1").json()["fields"]) == ["a\\u0000"]


def test_what_is_no_utf8_is_no_error_of_the_server(browser: Client) -> None:
    for address in ("/cells/?q=%ED%A0%80", "/cells/%ED%A0%80/", "/api/cells/?q=%FF", "/admin/registry/cell/?q=%FF"):
        assert browser.get(address).status_code < 500


def test_rows_chosen_in_the_admin_by_such_keys_are_a_400(browser: Client) -> None:
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
def test_other_letters_in_a_header_are_taken(client: Client) -> None:
    user_agent = "Ω – ü".encode().decode("latin-1")
    assert client.get("/cells/", headers={"user-agent": user_agent}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(("username", "password"), [("a\0b", "secret"), ("a", "sec\0ret"), ("a\x1b", "secret")])
def test_signing_in_for_a_token_with_such_a_name_is_a_400(client: Client, username: str, password: str) -> None:
    body = {"username": username, "password": password}
    assert client.post("/api/auth/login/", body, content_type="application/json").status_code == 400
    basic = b64encode(f"{username}:{password}".encode()).decode()
    assert client.post("/api/auth/login/", headers={"authorization": f"Basic {basic}"}).status_code == 400


@pytest.mark.django_db
def test_a_surrogate_in_a_name_to_sign_in_by_is_a_400(client: Client) -> None:
    for field, other in (("username", "password"), ("password", "username")):
        body = f'{{"{field}": "\\ud800", "{other}": "x"}}'
        answer = client.post("/api/auth/login/", body, content_type="application/json")
        assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])


@pytest.mark.django_db
def test_the_sign_in_page_returns_its_form(client: Client) -> None:
    answer = client.post("/sign-in/", {"username": "a\0b", "password": "secret"})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()


def test_a_form_of_the_admin_returns_with_the_field_at_fault(browser: Client, project: Project) -> None:
    data = {"project": project.pk, "title": "a\0b", "slug": "a", "definition": '{"columns": ["label"]}', "notes": ""}
    answer = browser.post("/admin/registry/comparison/add/", data)
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["title"]


@pytest.mark.parametrize("name", ["comparison", "columnmapping"])
@pytest.mark.parametrize("bad", ["\\ud800", "\\u0000"])
def test_a_document_typed_into_the_admin_returns_with_its_error(
    browser: Client, project: Project, name: str, bad: str
) -> None:
    fields = {"comparison": ("definition", {"title": "a", "slug": "a"}), "columnmapping": ("mapping", {"name": "a"})}
    field, others = fields[name]
    data = {"project": project.pk, "notes": "", field: f'{{"columns": ["{bad}"]}}', **others}
    answer = browser.post(f"/admin/registry/{name}/add/", data)
    assert answer.status_code == 200
    assert "This text contains" in str(answer.context["adminform"].form.errors[field])
