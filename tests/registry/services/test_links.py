"""Everyone who can see a record can see what it uses, also after moves and visibility changes."""

import pytest
from django.core.exceptions import ValidationError

from registry.models import Cell, Layer, Project
from registry.services.record import delete_record, save_record
from tests import factories
from tests.coded import invalid


@pytest.fixture
def shared(db: None) -> Project:
    return factories.make_project(slug="shared", name="Shared", visibility="signed_in")


@pytest.fixture
def cell(project: Project, shared: Project) -> Cell:
    """A private cell of a material visible to every signed-in user."""
    layer = Layer(position=1, role="sample", material=factories.make_material(shared))
    return factories.make_cell(project, [layer])


def test_cell_cannot_move_to_a_project_more_visible_than_its_materials(cell: Cell, public_project: Project) -> None:
    cell.project = public_project
    with pytest.raises(ValidationError, match="fewer people"):
        save_record(cell, by=None)
    cell.refresh_from_db()
    assert cell.project.slug == "lab"


def test_project_cannot_become_more_visible_than_the_records_it_uses(cell: Cell) -> None:
    project = cell.project
    project.visibility = "public"
    with invalid("uses-less-visible", "visibility"):
        save_record(project, by=None)
    project.refresh_from_db()
    assert project.visibility == "private"


def test_material_cannot_move_to_a_project_less_visible_than_its_cells(cell: Cell) -> None:
    material = cell.layers.get().material
    material.project = factories.make_project(slug="hidden", name="Hidden")
    with invalid("used-by-more-visible", "project"):
        save_record(material, by=None)


def test_project_can_become_as_visible_as_the_records_it_uses(cell: Cell) -> None:
    cell.project.visibility = "signed_in"
    save_record(cell.project, by=None)
    assert Project.objects.get(slug="lab").visibility == "signed_in"


def test_hidden_project_is_not_named_in_the_error(cell: Cell, shared: Project) -> None:
    shared_owner = factories.make_member(shared, "owner")
    shared.visibility = "private"
    with pytest.raises(ValidationError, match="visibility") as caught:
        save_record(shared, by=shared_owner)
    assert str(cell.project) not in str(caught.value)


def test_last_owner_cannot_be_removed(project: Project) -> None:
    owner = factories.make_member(project, "owner")
    with pytest.raises(ValidationError, match="last owner"):
        delete_record(project.memberships.get(), by=owner)
    membership = project.memberships.get()
    membership.role = "viewer"
    with pytest.raises(ValidationError, match="last owner"):
        save_record(membership, by=owner)


def test_measurement_condition_cannot_be_reported_as_a_value(cell: Cell) -> None:
    measurement = factories.make_measurement(cell)
    with invalid("not-a-reported-value", "quantity"):
        factories.report(measurement, "stack_pressure_mpa", "10 MPa")
