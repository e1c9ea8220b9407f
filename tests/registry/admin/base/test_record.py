"""Deletion and history."""

import pytest
from django.urls import reverse

from registry.models import Layer, Material
from tests import factories


@pytest.fixture
def used_material(project):
    return factories.make_pellet(project).layers.get().material


def delete_url(material):
    return reverse("admin:registry_material_delete", args=[material.pk])


def test_the_confirmation_lists_the_records_that_use_it(browser, used_material):
    page = browser.get(delete_url(used_material)).content.decode()
    assert str(Layer.objects.get()) in page
    assert 'value="yes"' not in page


def test_deleting_a_used_record_is_refused(browser, used_material):
    response = browser.client.post(delete_url(used_material), {"post": "yes"})
    assert response.status_code == 302
    layer = Layer.objects.get()
    assert f"layer {layer.position} of {layer.cell.refcode}" in browser.messages(response)[0]
    assert Material.objects.filter(pk=used_material.pk).exists()


def test_records_in_hidden_projects_are_only_counted(make_browser, public_project):
    material = factories.make_material(public_project, "LPSCl")
    hidden = Layer(position=1, role="sample", material=material, as_written="secret")
    factories.make_cell(factories.make_project(), [hidden], label="secret cell")
    owner = factories.make_member(public_project, "owner", is_staff=True)
    browser = make_browser(owner)
    assert "<li>1 in " in browser.get(delete_url(material)).content.decode()
    refused = browser.client.post(delete_url(material), {"post": "yes"})
    assert "Sample" not in browser.messages(refused)[0]


def test_deleting_several_deletes_all_or_none(browser, used_material, project):
    unused = factories.make_material(project)
    url = reverse("admin:registry_material_changelist")
    data = {"action": "delete_selected", "_selected_action": [used_material.pk, unused.pk], "post": "yes"}
    response = browser.client.post(url, data)
    assert f"‘{used_material}’" in browser.messages(response)[0]
    assert Material.objects.count() == 2


def test_deleting_several_unused_records(browser, project):
    materials = [factories.make_material(project) for _ in range(2)]
    url = reverse("admin:registry_material_changelist")
    data = {"action": "delete_selected", "_selected_action": [material.pk for material in materials]}
    assert browser.client.post(url, data).status_code == 200
    browser.client.post(url, data | {"post": "yes"})
    assert not Material.objects.exists()


def test_deleting_several_refuses_records_of_other_projects(browser, project, public_project):
    own, other = factories.make_material(project), factories.make_material(public_project)
    url = reverse("admin:registry_material_changelist")
    data = {"action": "delete_selected", "_selected_action": [own.pk, other.pk], "post": "yes"}
    assert f"‘{public_project}’" in browser.messages(browser.client.post(url, data))[0]
    assert Material.objects.count() == 2


def test_history_shows_user_and_change(browser, project, colleague):
    material = factories.make_material(project, "LPSC")
    browser.fill(reverse("admin:registry_material_change", args=[material.pk]), {"name": "LPSCl"})
    page = browser.get(reverse("admin:registry_material_history", args=[material.pk])).content.decode()
    assert colleague.username in page
    assert "LPSC → LPSCl" in page


def test_history_of_a_cell_includes_its_layers(browser, project, colleague):
    cell = factories.make_pellet(project)
    browser.fill(reverse("admin:registry_cell_change", args=[cell.pk]), {"layers-0-thickness": "500 µm"})
    page = browser.get(reverse("admin:registry_cell_history", args=[cell.pk])).content.decode()
    assert "600 µm → 500 µm" in page


def test_wide_history_tables_scroll(browser, project):
    page = browser.get(
        reverse("admin:registry_cell_history", args=[factories.make_pellet(project).pk])
    ).content.decode()
    assert page.count('<table class="history">') == 2
    assert page.count('<div class="scroller"><table class="history">') == 2
