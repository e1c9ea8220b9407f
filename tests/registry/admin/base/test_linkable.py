"""Admin access, visibility and permissions."""

import re

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from registry.models import Batch, Cell, Material, Synonym
from registry.services.record import save_record
from tests import factories

MODELS = sorted(model._meta.model_name for model in admin.site._registry if model._meta.app_label == "registry")
EDITABLE = [name for name in MODELS if name not in ("analysisrun", "comment")]


def test_all_models_are_registered():
    assert MODELS == [
        "analysisrun",
        "attachment",
        "batch",
        "cell",
        "cellgroup",
        "columnmapping",
        "comment",
        "comparison",
        "dataset",
        "formulation",
        "hardwaresetup",
        "material",
        "measurement",
        "project",
        "publication",
        "value",
    ]


@pytest.mark.parametrize("name", MODELS)
def test_list_renders_for_staff(browser, name):
    assert browser.get(reverse(f"admin:registry_{name}_changelist")).status_code == 200


@pytest.mark.parametrize("name", EDITABLE)
def test_add_page_renders_for_staff(browser, name):
    assert browser.get(reverse(f"admin:registry_{name}_add")).status_code == 200


def test_every_list_and_add_page_renders_for_a_superuser(db):
    client = Client()
    client.force_login(factories.make_user(is_staff=True, is_superuser=True))
    for model, model_admin in admin.site._registry.items():
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert client.get(reverse(f"{base}_changelist")).status_code == 200, base
        request = client.get(reverse("admin:index")).wsgi_request
        expected = 200 if model_admin.has_add_permission(request) else 403
        assert client.get(reverse(f"{base}_add")).status_code == expected, base


@pytest.mark.parametrize("name", MODELS)
def test_non_staff_are_redirected_to_sign_in(project, name):
    client = Client()
    client.force_login(factories.make_member(project, "owner"))
    response = client.get(reverse(f"admin:registry_{name}_changelist"))
    assert response.status_code == 302
    assert "/admin/login/" in response.url


@pytest.fixture
def cell(project):
    return factories.make_pellet(project)


def test_an_outsider_cannot_open_a_private_cell(outsider, cell, make_browser):
    for page in ("change", "delete", "history"):
        response = make_browser(outsider).get(reverse(f"admin:registry_cell_{page}", args=[cell.pk]))
        assert response.status_code == 302
        assert response.url == reverse("admin:index")


def test_an_outsider_sees_no_private_records_in_lists_and_filters(outsider, cell, make_browser):
    page = make_browser(outsider).get(reverse("admin:registry_cell_changelist")).content.decode()
    assert cell.refcode not in page
    assert "Lab" not in page


def test_a_viewer_cannot_change_records(viewer, cell, make_browser):
    browser = make_browser(viewer)
    url = reverse("admin:registry_cell_change", args=[cell.pk])
    page = browser.get(url)
    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    assert browser.client.post(url, {"label": "New"}).status_code == 403
    delete = reverse("admin:registry_cell_delete", args=[cell.pk])
    assert browser.client.post(delete, {"post": "yes"}).status_code == 403


def test_a_viewer_cannot_add_records(viewer, make_browser):
    assert make_browser(viewer).get(reverse("admin:registry_cell_add")).status_code == 403


def test_only_editable_projects_can_be_selected(browser, public_project):
    data = {"name": "Gold", "kind": "metal_or_alloy", "project": public_project.pk}
    response = browser.fill(reverse("admin:registry_material_add"), data)
    assert "Select a valid choice" in browser.errors(response)["project"][0]
    assert not Material.objects.exists()


def test_links_to_hidden_records_are_refused(browser, project):
    hidden = factories.make_publication(factories.make_project())
    data = {"project": project.pk, "label": "A", "format": "die", "publication": hidden.pk}
    response = browser.fill(reverse("admin:registry_cell_add"), data)
    assert "Select a valid choice" in browser.errors(response)["publication"][0]
    assert not Cell.objects.exists()


def autocomplete(browser, model, field, term=""):
    query = f"?app_label=registry&model_name={model}&field_name={field}&term={term}"
    return [item["text"] for item in browser.get(reverse("admin:autocomplete") + query).json()["results"]]


def test_autocomplete_searches_synonyms_of_visible_records(browser, project, public_project):
    argyrodite = factories.make_material(public_project, "Li6PS5Cl")
    save_record(Synonym(material=argyrodite, name="LPSCl"), by=None)
    factories.make_material(factories.make_project(), "LPSCl secret")
    assert autocomplete(browser, "layer", "material", "LPSCl") == ["Li6PS5Cl"]


def test_autocomplete_of_a_parent_offers_only_editable_records(browser, cell, public_project):
    factories.make_pellet(public_project)
    assert autocomplete(browser, "measurement", "cell") == [str(cell)]


@pytest.mark.parametrize("name", ["cell", "measurement", "value", "material", "formulation", "batch"])
def test_the_number_of_queries_does_not_grow_with_the_list(
    browser, project, name, django_assert_max_num_queries, django_assert_num_queries
):
    url = reverse(f"admin:registry_{name}_changelist")

    def create(count):
        for _ in range(count):
            material = factories.make_material(project)
            save_record(Batch(material=material, lot="1"), by=None)
            factories.make_formulation(project, (material, "active", "100 %"))
            measurement = factories.make_measurement(factories.make_pellet(project), stack_pressure_mpa="10 MPa")
            factories.report(measurement, "capacity_retention_percent", "90 %")

    create(2)
    browser.get(url)
    with django_assert_max_num_queries(20) as context:
        browser.get(url)
    create(5)
    with django_assert_num_queries(len(context.captured_queries)):
        browser.get(url)


@pytest.mark.parametrize("name", [name for name in EDITABLE if name != "dataset"])
def test_text_that_cannot_be_stored_is_a_form_error(browser, project, name):
    factories.make_measurement(factories.make_pellet(project))
    url = reverse(f"admin:registry_{name}_add")
    data = browser.form_data(url)
    # One inline row of each kind is enough; each field is cleaned whatever the others hold.
    fields = [name for name in data if "_FORMS" not in name and not re.search(r"-[1-9]-", name)]
    for start in range(0, len(fields), 8):
        broken = dict.fromkeys(fields[start : start + 8], "a\0b")
        assert browser.client.post(url, data | broken).status_code == 200, list(broken)


@pytest.mark.parametrize("name", EDITABLE)
@pytest.mark.parametrize("key", ["a\0b", "abc", "9" * 30])
def test_selecting_an_invalid_key_is_a_bad_request(browser, name, key):
    data = {"action": "delete_selected", "_selected_action": key}
    assert browser.client.post(reverse(f"admin:registry_{name}_changelist"), data).status_code == 400


@pytest.mark.parametrize(
    ("name", "text"), [("material", "MU\u0308LLER\u200b"), ("cell", "zelle Ä"), ("formulation", "säure")]
)
def test_searches_match_names_in_any_spelling(browser, project, name, text):
    factories.make_material(project, "Müller")
    factories.make_cell(project, label="ZELLE ä")
    factories.make_formulation(project, name="SÄURE")
    page = browser.client.get(reverse(f"admin:registry_{name}_changelist"), {"q": text})
    assert page.context["cl"].result_count == 1
