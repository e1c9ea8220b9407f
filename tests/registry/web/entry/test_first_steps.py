"""What someone without cells is told to do next."""

import re

from django.contrib.auth.models import AnonymousUser, User
from django.test import Client

from registry.models import Project
from registry.web.entry.first_steps import get_first_steps
from tests import factories


def test_steps_of_somebody_who_is_new(outsider: User) -> None:
    steps = get_first_steps(outsider)
    assert steps is not None
    assert (steps.project, steps.is_owner, steps.has_material) == (None, False, False)


def test_steps_of_the_owner_of_an_empty_project(project: Project, owner: User, editor: User) -> None:
    factories.make_material(project)
    steps, of_editor = get_first_steps(owner), get_first_steps(editor)
    assert steps is not None
    assert of_editor is not None
    assert (steps.project, steps.is_owner, steps.has_material) == (project, True, True)
    assert not of_editor.is_owner


def test_nobody_else_is_shown_steps(project: Project, owner: User, viewer: User) -> None:
    assert get_first_steps(AnonymousUser()) is None
    assert get_first_steps(viewer) is None
    factories.make_cell(project)
    assert get_first_steps(owner) is None


def test_every_step_leads_to_a_page(project: Project, owner: User, outsider: User, client: Client) -> None:
    for user in (outsider, owner):
        client.force_login(user)
        page = client.get("/").content.decode()
        addresses = re.findall(r'class="button[^"]*" href="([^"]+)"', page)
        assert addresses
        for address in addresses:
            assert client.get(address).status_code == 200, address
