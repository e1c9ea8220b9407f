"""Deleting, and history."""

import pytest
from django.urls import reverse

from registry.models import Layer, Material
from tests import factories


@pytest.fixture
def used(project):
    return factories.make_pellet(project).layers.get().material


def delete_url(material):
    return reverse("admin:registry_material_delete", args=[material.pk])


def test_asking_to_delete_what_is_in_use_names_what_uses_it(browser, used):
    page = browser.get(delete_url(used)).content.decode()
    assert "is in use by" in page
    assert str(Layer.objects.get()) in page


def test_deleting_what_is_in_use_is_refused(browser, used):
    response = browser.client.post(delete_url(used), {"post": "yes"})
    assert response.status_code == 302
    assert "is in use by" in browser.said(response)[0]
    assert Material.objects.filter(pk=used.pk).exists()


def test_users_in_hidden_projects_are_counted_not_named(make_browser, public_project):
    material = factories.make_material(public_project, "LPSCl")
    hidden = Layer(position=1, role="sample", material=material, as_written="secret")
    factories.make_cell(factories.make_project(), [hidden], label="secret cell")
    owner = factories.make_member(public_project, "owner", is_staff=True)
    browser = make_browser(owner)
    assert "1 in projects you do not see" in browser.get(delete_url(material)).content.decode()
    refused = browser.client.post(delete_url(material), {"post": "yes"})
    assert "Sample" not in browser.said(refused)[0]


def test_deleting_several_deletes_all_or_none(browser, used, project):
    free = factories.make_material(project)
    url = reverse("admin:registry_material_changelist")
    data = {"action": "delete_selected", "_selected_action": [used.pk, free.pk], "post": "yes"}
    response = browser.client.post(url, data)
    assert "Nothing was deleted" in browser.said(response)[0]
    assert "is in use by" in browser.said(response)[0]
    assert Material.objects.count() == 2


def test_deleting_several_free_ones(browser, project):
    ours = [factories.make_material(project) for _ in range(2)]
    url = reverse("admin:registry_material_changelist")
    data = {"action": "delete_selected", "_selected_action": [our.pk for our in ours]}
    assert browser.client.post(url, data).status_code == 200
    browser.client.post(url, data | {"post": "yes"})
    assert not Material.objects.exists()


def test_deleting_several_stops_at_one_that_is_not_ours(browser, project, public_project):
    ours, theirs = factories.make_material(project), factories.make_material(public_project)
    url = reverse("admin:registry_material_changelist")
    data = {"action": "delete_selected", "_selected_action": [ours.pk, theirs.pk], "post": "yes"}
    assert "You are not an editor" in browser.said(browser.client.post(url, data))[0]
    assert Material.objects.count() == 2


def test_history_says_who_changed_what(browser, project, colleague):
    material = factories.make_material(project, "LPSC")
    browser.fill(reverse("admin:registry_material_change", args=[material.pk]), {"name": "LPSCl"})
    page = browser.get(reverse("admin:registry_material_history", args=[material.pk])).content.decode()
    assert colleague.username in page
    assert "LPSC → LPSCl" in page


def test_history_of_a_cell_tells_what_became_of_its_layers(browser, project, colleague):
    cell = factories.make_pellet(project)
    browser.fill(reverse("admin:registry_cell_change", args=[cell.pk]), {"layers-0-thickness": "500 µm"})
    page = browser.get(reverse("admin:registry_cell_history", args=[cell.pk])).content.decode()
    assert "600 µm → 500 µm" in page


def test_histories_are_scrolled_by_themselves_where_they_are_too_wide(browser, project):
    page = browser.get(
        reverse("admin:registry_cell_history", args=[factories.make_pellet(project).pk])
    ).content.decode()
    assert page.count('<table class="history">') == 2
    assert page.count('<div class="scroller"><table class="history">') == 2
