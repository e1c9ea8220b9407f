"""Names in histories."""

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from registry.models import Layer, Project
from registry.services.cell import save_cell
from registry.services.record import save_record
from tests import factories


def test_a_history_names_no_record_that_is_private_now(public_project: Project, outsider: User) -> None:
    """A layer was of a material elsewhere, which was open at the time and has been closed since."""
    elsewhere = factories.make_project(visibility="public")
    open_then, other = factories.make_material(elsewhere, "Xylophone"), factories.make_material(public_project)
    publication = factories.make_publication(elsewhere, key="Xylophone")
    cell = factories.make_cell(
        public_project, [Layer(position=1, role="sample", material=open_then)], publication=publication
    )
    layer = cell.layers.get()
    layer.material, cell.publication = other, None
    save_cell(cell, [layer], by=None)
    address = reverse("admin:registry_cell_history", args=[cell.pk])
    assert page(outsider, address).count("Xylophone") >= 2
    elsewhere.visibility = "private"
    save_record(elsewhere, by=None)
    assert "Xylophone" not in page(outsider, address)
    assert "a record that is gone or hidden" in page(outsider, address)
    assert "Xylophone" in page(User.objects.create_superuser("head"), address)


def page(user: User, address: str) -> str:
    client = Client()
    client.force_login(user)
    return client.get(address).content.decode()
