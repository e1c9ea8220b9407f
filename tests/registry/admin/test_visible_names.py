"""Names of hidden records in histories."""

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from registry.admin.visible_names import HIDDEN
from registry.models import Layer, Project
from registry.services.cell import save_cell
from registry.services.record import save_record
from tests import factories


def test_a_history_does_not_name_hidden_records(public_project: Project, outsider: User) -> None:
    """A layer used a material of a project that was public then and is private now."""
    other_project = factories.make_project(visibility="public")
    former_material, material = (
        factories.make_material(other_project, "Xylophone"),
        factories.make_material(public_project),
    )
    publication = factories.make_publication(other_project, key="Xylophone")
    cell = factories.make_cell(
        public_project, [Layer(position=1, role="sample", material=former_material)], publication=publication
    )
    layer = cell.layers.get()
    layer.material, cell.publication = material, None
    save_cell(cell, [layer], by=None)
    url = reverse("admin:registry_cell_history", args=[cell.pk])
    assert page(outsider, url).count("Xylophone") >= 2
    other_project.visibility = "private"
    save_record(other_project, by=None)
    assert "Xylophone" not in page(outsider, url)
    assert HIDDEN in page(outsider, url)
    assert "Xylophone" in page(User.objects.create_superuser("head"), url)


def page(user: User, url: str) -> str:
    client = Client()
    client.force_login(user)
    return client.get(url).content.decode()
