"""The page of a set-up."""

from django.test import Client

from registry.models import Project
from tests import factories


def test_shows_its_diameter_as_written_and_only_visible_measurements(
    public_project: Project, project: Project, client: Client
) -> None:
    setup = factories.make_setup(public_project, die_diameter="10 mm (exact, inferred)")
    seen = factories.make_measurement(factories.make_cell(public_project), setup=setup, stack_pressure_mpa="10 MPa")
    hidden = factories.make_measurement(factories.make_cell(project), setup=setup)
    text = client.get(f"/setups/{setup.pk}/").content.decode()
    assert "10 mm (exact, inferred)" in text
    assert seen.refcode in text
    assert hidden.refcode not in text
