"""Projects and their members."""

from django.urls import reverse

from registry.models import Membership, Project
from tests import factories


def start(browser, members=()):
    data = {"name": "New", "slug": "new", "visibility": "private"}
    return browser.fill(reverse("admin:registry_project_add"), data, {"memberships": list(members)})


def test_who_starts_a_project_owns_it(browser, colleague, viewer):
    assert browser.errors(start(browser, [{"user": viewer.pk, "role": "editor"}])) == {}
    assert dict(Membership.objects.filter(project__slug="new").values_list("user", "role")) == {
        colleague.pk: "owner",
        viewer.pk: "editor",
    }


def test_who_starts_a_project_needs_no_row(browser, colleague):
    found = browser.errors(start(browser, [{"user": colleague.pk, "role": "viewer"}]))
    assert "leave yourself out" in found["memberships-0-user"][0]
    assert not Project.objects.filter(slug="new").exists()


def test_an_editor_may_not_change_who_sees_a_project(browser, project):
    url = reverse("admin:registry_project_change", args=[project.pk])
    assert b'name="_save"' not in browser.get(url).content
    assert browser.client.post(url, {"visibility": "public"}).status_code == 403


def test_an_owner_changes_members(owners_browser, project, viewer):
    url = reverse("admin:registry_project_change", args=[project.pk])
    row = next(k for k, v in owners_browser.shown(url).items() if k.endswith("-user") and v == viewer.pk)
    assert owners_browser.errors(owners_browser.fill(url, {row.replace("user", "role"): "editor"})) == {}
    assert Membership.objects.get(project=project, user=viewer).role == "editor"


def test_a_project_others_build_on_stays_as_open(make_browser, public_project, project):
    owner = factories.make_member(public_project, "owner", is_staff=True)
    from registry.models import Layer

    paper = Layer(position=1, role="sample", material=factories.make_material(public_project))
    factories.make_cell(factories.make_project(visibility="public"), [paper])
    browser = make_browser(owner)
    url = reverse("admin:registry_project_change", args=[public_project.pk])
    found = browser.errors(browser.fill(url, {"visibility": "private"}))
    assert "must stay as open" in found["visibility"][0]


def test_a_project_in_use_is_not_deleted(owners_browser, project):
    factories.make_material(project)
    url = reverse("admin:registry_project_delete", args=[project.pk])
    assert "is in use by" in owners_browser.said(owners_browser.client.post(url, {"post": "yes"}))[0]
    assert Project.objects.filter(pk=project.pk).exists()
