"""Every address of the admin, for every reader: a page or a refusal, and never the name of a private record."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse

from registry.admin.base.linkable import ScopedAdmin
from registry.models import Cell, Layer, Measurement, Project
from registry.models.record import Scoped
from registry.services.record import save_record
from tests import factories
from tests.registry.api.test_urls import make_one_of_each

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
WHO = ("owner", "colleague", "viewer", "outsider", "head", "anybody")
SECRET = "Xylophone"
ODD = ({"like": "9" * 5000}, {"dataset": "9" * 5000}, {"q": "x"}, {"p": "9" * 5000}, {"o": "x.y"}, {"_to_field": "id"})


@pytest.fixture
def filled(project: Project) -> Project:
    """A private project with one record of each kind, each of which a reader elsewhere could tell by its name."""
    make_one_of_each(project)
    factories.make_cell(project, label=f"{SECRET} cell", notes=SECRET)
    factories.make_material(project, f"{SECRET} material")
    project.name = f"{SECRET} project"
    save_record(project, by=None)
    return project


@pytest.fixture
def client_as(request: pytest.FixtureRequest, db: None) -> Callable[[str], Client]:
    def signed_in(who: str) -> Client:
        client = Client()
        if who == "head":
            client.force_login(User.objects.create_superuser("head"))
        elif who != "anybody":
            client.force_login(request.getfixturevalue(who))
        return client

    return signed_in


def named_addresses(model: Any) -> dict[str, bool]:
    """Every address of a model by its name, and whether it takes a key."""
    patterns = admin.site._registry[model].get_urls()
    return {f"admin:{pattern.name}": bool(pattern.pattern.regex.groups) for pattern in patterns if pattern.name}


def key_of(model: Any) -> Any:
    first = model._default_manager.first()
    return first.pk if first else 1


def paths_of(model: Any, who: str) -> Iterator[str]:
    """Every address of a model, with and without a record, with keys that cannot be one, and with odd parameters."""
    for name, takes_key in named_addresses(model).items():
        if takes_key:
            odd = ("abc", str(10**30), "9" * 5000, "1_2F", "a b") if who == "head" else ()
            for key in (key_of(model), 10**6, *odd):
                yield reverse(name, args=[key])
                yield reverse(name, args=[key]) + "?_to_field=id&_popup=1"
            continue
        for parameters in ({}, *ODD) if who in ("head", "colleague") else ({},):
            yield f"{reverse(name)}?{urlencode(parameters)}"


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_no_page_fails_and_none_names_a_private_record(
    filled: Project, client_as: Callable[[str], Client], model: Any, who: str
) -> None:
    client = client_as(who)
    for path in paths_of(model, who):
        answer = client.get(path)
        assert answer.status_code in (200, 302, 400, 403, 404), (path[:100], answer.status_code)
        if who in ("outsider", "anybody") and answer.status_code == 200:
            assert SECRET not in answer.content.decode(), path[:100]
        if who == "anybody":
            assert answer.status_code != 200, path[:100]


@pytest.mark.parametrize("name", ["value", "analysisrun"])
def test_what_is_never_changed_has_a_history_of_its_own(
    filled: Project, client_as: Callable[[str], Client], name: str
) -> None:
    client = client_as("colleague")
    measurement = Measurement.objects.get()
    factories.report(measurement, "resistance_ohm", "200 Ω")
    model = apps.get_model("registry", name)
    record = model.objects.filter(measurement=measurement).first()
    page = client.get(reverse(f"admin:registry_{name}_history", args=[record.pk]))
    assert page.status_code == 200
    told = " ".join(event.what for event in page.context["events"])
    expected = ("‘100 Ω’ reported", "‘100 Ω’ taken out of use", "‘200 Ω’ reported")
    for words in expected if name == "value" else (f"run {record.pk}, version {record.version}: started",):
        assert words in told


def without_address(answer: Any) -> str:
    page = str(answer.content.decode()).replace(answer.request["PATH_INFO"], "")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


def shortcut(record: Any) -> str:
    kind = ContentType.objects.get_for_model(type(record), for_concrete_model=False)
    return reverse("admin:view_on_site", args=[kind.pk, record.pk])


def test_the_shortcut_to_a_page_leads_to_what_is_visible_alone(
    filled: Project, client_as: Callable[[str], Client]
) -> None:
    seen, hidden = client_as("viewer"), client_as("outsider")
    cell, measurement = Cell.objects.first(), Measurement.objects.get()
    assert cell is not None
    assert seen.get(shortcut(cell)).url == cell.get_absolute_url()
    assert seen.get(shortcut(measurement)).url == measurement.get_absolute_url()
    missing = hidden.get(shortcut(cell).replace(f"/{cell.pk}/", "/999999/"))
    for model in apps.get_models():
        for client in (hidden, client_as("anybody")):
            record = model._default_manager.first()
            if record is not None and isinstance(record.pk, int | str):
                answer = client.get(shortcut(record))
                assert answer.status_code == (404 if client is hidden else 302), model
                if client is hidden:
                    assert without_address(answer) == without_address(missing)
                    continue
                assert cell.refcode not in answer.url
    for odd in ("abc", "0", "9" * 5000, "²"):
        assert hidden.get(f"/admin/r/{odd}/1/").status_code == 404
        assert hidden.get(f"/admin/r/1/{odd}/").status_code == 404


@pytest.mark.parametrize("who", ["outsider", "viewer", "anybody"])
def test_no_autocomplete_offers_a_private_record_to_others(
    filled: Project, client_as: Callable[[str], Client], who: str
) -> None:
    client = client_as(who)
    for model in apps.get_app_config("registry").get_models():
        for field in model._meta.get_fields():
            query = {
                "app_label": "registry",
                "model_name": model._meta.model_name,
                "field_name": field.name,
                "term": "",
            }
            answer = client.get(f"{reverse('admin:autocomplete')}?{urlencode(query)}")
            assert answer.status_code in (200, 302, 403, 404), query
            if who != "viewer":
                assert SECRET not in answer.content.decode()


def test_deleting_names_nothing_private_that_stands_in_the_way(
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
    for answer in (client.get(path), client.post(path, {"post": "yes"}, follow=True)):
        assert answer.status_code == 200
        assert SECRET not in answer.content.decode()
    selected = {"action": "delete_selected", "_selected_action": [material.pk]}
    for more in ({}, {"post": "yes"}):
        answer = client.post(reverse("admin:registry_material_changelist"), selected | more, follow=True)
        assert answer.status_code == 200
        assert SECRET not in answer.content.decode()


def test_the_catalogue_of_translations_names_nothing(filled: Project, client_as: Callable[[str], Client]) -> None:
    assert SECRET not in client_as("outsider").get(reverse("admin:jsi18n")).content.decode()


def test_no_record_of_a_project_is_registered_past_the_rules_of_projects() -> None:
    for model, model_admin in admin.site._registry.items():
        assert not issubclass(model, Scoped) or isinstance(model_admin, ScopedAdmin)
