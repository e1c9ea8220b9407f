"""Every admin URL for every kind of user: no server error and no name of a private record."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import IntegerField
from django.test import Client
from django.urls import reverse

from registry.admin.base.linkable import ScopedAdmin
from registry.models import Cell, Layer, Measurement, Project
from registry.models.record import Scoped
from registry.services.record import save_record
from tests import factories
from tests.registry.api.test_query_counts import make_one_of_each

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
USERS = ("owner", "colleague", "viewer", "outsider", "superuser", "anonymous")
SECRET = "Xylophone"
UNUSUAL_QUERIES = {
    "add": ({"like": "9" * 5000}, {"dataset": "9" * 5000}, {"_to_field": "id"}),
    "changelist": ({"q": "x"}, {"p": "9" * 5000}, {"o": "x.y"}, {"_to_field": "id"}),
}
"""By the end of the name of an address."""


@pytest.fixture
def filled(project: Project) -> Project:
    """A private project with one record of each kind, recognizable by name."""
    make_one_of_each(project)
    factories.make_cell(project, label=f"{SECRET} cell", notes=SECRET)
    factories.make_material(project, f"{SECRET} material")
    project.name = f"{SECRET} project"
    save_record(project, by=None)
    return project


@pytest.fixture
def client_as(request: pytest.FixtureRequest, db: None) -> Callable[[str], Client]:
    def get_client(username: str) -> Client:
        client = Client()
        if username == "superuser":
            client.force_login(User.objects.create_superuser("superuser"))
        elif username != "anonymous":
            client.force_login(request.getfixturevalue(username))
        return client

    return get_client


def list_urls(model: Any) -> dict[str, bool]:
    """Return the URL names of a model and whether each takes a key."""
    patterns = admin.site._registry[model].get_urls()
    return {f"admin:{pattern.name}": bool(pattern.pattern.regex.groups) for pattern in patterns if pattern.name}


def first_key(model: Any) -> Any:
    first = model._default_manager.first()
    return first.pk if first else 1


def list_paths(model: Any, username: str) -> Iterator[str]:
    """Yield every path of a model; for those who may see most, with invalid keys and unusual queries too."""
    for name, takes_key in list_urls(model).items():
        first = first_key(model)
        if takes_key:
            yield reverse(name, args=[first])
            if username in ("superuser", "outsider"):
                yield reverse(name, args=[10**6])
            if username == "superuser":
                yield reverse(name, args=[first]) + "?_to_field=id&_popup=1"
                for key in ("abc", str(10**30), "9" * 5000, "1_2F", "a b"):
                    yield reverse(name, args=[key])
            continue
        unusual = UNUSUAL_QUERIES.get(name.rpartition("_")[2], ()) if username == "superuser" else ()
        for parameters in ({}, *unusual):
            yield f"{reverse(name)}?{urlencode(parameters)}"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_no_page_fails_or_reveals_a_private_record(
    filled: Project, client_as: Callable[[str], Client], model: Any
) -> None:
    for username in USERS:
        client = client_as(username)
        for path in list_paths(model, username):
            response = client.get(path)
            assert response.status_code in (200, 302, 400, 403, 404), (username, path[:100], response.status_code)
            if username in ("outsider", "anonymous") and response.status_code == 200:
                assert SECRET not in response.content.decode(), (username, path[:100])
            if username == "anonymous":
                assert response.status_code != 200, path[:100]


@pytest.mark.parametrize("name", ["value", "analysisrun"])
def test_values_and_runs_have_an_event_history(filled: Project, client_as: Callable[[str], Client], name: str) -> None:
    client = client_as("colleague")
    measurement = Measurement.objects.get()
    factories.report(measurement, "resistance_ohm", "200 Ω")
    model = apps.get_model("registry", name)
    record = model.objects.filter(measurement=measurement).first()
    page = client.get(reverse(f"admin:registry_{name}_history", args=[record.pk]))
    assert page.status_code == 200
    events = " ".join(event.what for event in page.context["events"])
    expected = ("‘100 Ω’ reported", "‘100 Ω’ withdrawn", "‘200 Ω’ reported")
    for text in expected if name == "value" else (f"Run {record.pk} (version {record.version}): started",):
        assert text in events


def comparable_content(response: Any) -> str:
    page = str(response.content.decode()).replace(response.request["PATH_INFO"], "")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


def view_on_site_url(record: Any) -> str:
    content_type = ContentType.objects.get_for_model(type(record), for_concrete_model=False)
    return reverse("admin:view_on_site", args=[content_type.pk, record.pk])


def test_view_on_site_reveals_only_visible_records(filled: Project, client_as: Callable[[str], Client]) -> None:
    member, outsider = client_as("viewer"), client_as("outsider")
    cell, measurement = Cell.objects.first(), Measurement.objects.get()
    assert cell is not None
    assert member.get(view_on_site_url(cell)).url == cell.get_absolute_url()
    assert member.get(view_on_site_url(measurement)).url == measurement.get_absolute_url()
    missing = outsider.get(view_on_site_url(cell).replace(f"/{cell.pk}/", "/999999/"))
    for model in apps.get_models():
        for client in (outsider, client_as("anonymous")):
            record = model._default_manager.first()
            if record is not None and isinstance(record.pk, int | str):
                response = client.get(view_on_site_url(record))
                assert response.status_code == (404 if client is outsider else 302), model
                if client is outsider:
                    assert comparable_content(response) == comparable_content(missing)
                    continue
                assert cell.refcode not in response.url
    for invalid in ("abc", "0", "9" * 5000, "²"):
        assert outsider.get(f"/admin/r/{invalid}/1/").status_code == 404
        assert outsider.get(f"/admin/r/1/{invalid}/").status_code == 404


@pytest.mark.parametrize("username", ["outsider", "viewer", "anonymous"])
def test_autocomplete_does_not_reveal_private_records(
    filled: Project, client_as: Callable[[str], Client], username: str
) -> None:
    client = client_as(username)
    for model in apps.get_app_config("registry").get_models():
        fields = model._meta.get_fields()
        # Of those that are no relation, which all are refused alike, the first.
        for field in dict.fromkeys([fields[0], *(field for field in fields if field.is_relation)]):
            query = {
                "app_label": "registry",
                "model_name": model._meta.model_name,
                "field_name": field.name,
                "term": "",
            }
            response = client.get(f"{reverse('admin:autocomplete')}?{urlencode(query)}")
            assert response.status_code in (200, 302, 403, 404), query
            if username != "viewer":
                assert SECRET not in response.content.decode()


def test_deletion_pages_do_not_reveal_private_records(
    filled: Project, public_project: Project, client_as: Callable[[str], Client], outsider: User
) -> None:
    factories.make_member(public_project, "editor", "neighbour", is_staff=True)
    client = Client()
    client.force_login(User.objects.get(username="neighbour"))
    material = factories.make_material(public_project)
    layer = Layer(position=1, role="sample", material=material)
    factories.make_cell(filled, [layer], label=f"{SECRET} user")
    factories.make_material(filled, f"{SECRET} variant", variant_of=material)
    path = reverse("admin:registry_material_delete", args=[material.pk])
    for response in (client.get(path), client.post(path, {"post": "yes"}, follow=True)):
        assert response.status_code == 200
        assert SECRET not in response.content.decode()
    selected = {"action": "delete_selected", "_selected_action": [material.pk]}
    for data in ({}, {"post": "yes"}):
        response = client.post(reverse("admin:registry_material_changelist"), selected | data, follow=True)
        assert response.status_code == 200
        assert SECRET not in response.content.decode()


def test_the_javascript_catalogue_reveals_nothing(filled: Project, client_as: Callable[[str], Client]) -> None:
    assert SECRET not in client_as("outsider").get(reverse("admin:jsi18n")).content.decode()


def test_all_scoped_models_use_scoped_admins() -> None:
    for model, model_admin in admin.site._registry.items():
        assert not issubclass(model, Scoped) or isinstance(model_admin, ScopedAdmin)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_an_action_on_a_row_that_cannot_exist_is_no_server_error(
    client_as: Callable[[str], Client], model: Any
) -> None:
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    client = client_as("superuser")
    expected = (400,) if isinstance(model._meta.pk, IntegerField) else (200, 302, 400)
    for key in ("abc", "9" * 30, "-1", "1.5", "", "٣"):
        response = client.post(url, {"action": "delete_selected", "_selected_action": [key]})
        assert response.status_code in (*expected, 403), key
