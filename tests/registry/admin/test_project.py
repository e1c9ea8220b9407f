"""Projects and their members."""

from django.urls import reverse

from registry.models import Membership, Project
from tests import factories


def create(browser, members=()):
    data = {"name": "New", "slug": "fresh", "visibility": "private"}
    return browser.fill(reverse("admin:registry_project_add"), data, {"memberships": list(members)})


def test_the_creator_owns_a_project(browser, colleague, viewer):
    assert browser.errors(create(browser, [{"user": viewer.pk, "role": "editor"}])) == {}
    assert dict(Membership.objects.filter(project__slug="fresh").values_list("user", "role")) == {
        colleague.pk: "owner",
        viewer.pk: "editor",
    }


def test_the_creator_cannot_be_listed_as_a_member(browser, colleague):
    errors = browser.errors(create(browser, [{"user": colleague.pk, "role": "viewer"}]))
    assert "owner automatically" in errors["memberships-0-user"][0]
    assert not Project.objects.filter(slug="fresh").exists()


def test_an_editor_cannot_change_the_visibility(browser, project):
    url = reverse("admin:registry_project_change", args=[project.pk])
    assert b'name="_save"' not in browser.get(url).content
    assert browser.client.post(url, {"visibility": "public"}).status_code == 403


def test_an_owner_changes_members(owner_browser, project, viewer):
    url = reverse("admin:registry_project_change", args=[project.pk])
    row = next(k for k, v in owner_browser.form_data(url).items() if k.endswith("-user") and v == viewer.pk)
    assert owner_browser.errors(owner_browser.fill(url, {row.replace("user", "role"): "editor"})) == {}
    assert Membership.objects.get(project=project, user=viewer).role == "editor"


def test_the_visibility_of_a_used_project_cannot_be_reduced(make_browser, public_project, project):
    owner = factories.make_member(public_project, "owner", is_staff=True)
    from registry.models import Layer

    paper = Layer(position=1, role="sample", material=factories.make_material(public_project))
    factories.make_cell(factories.make_project(visibility="public"), [paper])
    browser = make_browser(owner)
    url = reverse("admin:registry_project_change", args=[public_project.pk])
    errors = browser.errors(browser.fill(url, {"visibility": "private"}))
    assert errors["visibility"]


def test_a_project_in_use_cannot_be_deleted(owner_browser, project):
    material = factories.make_material(project)
    url = reverse("admin:registry_project_delete", args=[project.pk])
    assert str(material) in owner_browser.messages(owner_browser.client.post(url, {"post": "yes"}))[0]
    assert Project.objects.filter(pk=project.pk).exists()
