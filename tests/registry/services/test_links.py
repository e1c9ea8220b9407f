"""Everyone who sees a record sees what it uses, wherever records move and however projects open and close."""

import pytest
from django.core.exceptions import ValidationError

from registry.models import Cell, Layer, Project
from registry.services.record import delete_record, save_record
from tests import factories


@pytest.fixture
def shared(db: None) -> Project:
    return factories.make_project(slug="shared", name="Shared", visibility="signed_in")


@pytest.fixture
def cell(project: Project, shared: Project) -> Cell:
    """A private cell of a material every signed-in user may see."""
    layer = Layer(position=1, role="sample", material=factories.make_material(shared))
    return factories.make_cell(project, [layer])


def test_a_cell_cannot_move_to_where_more_people_see_it_than_its_materials(cell: Cell, public_project: Project) -> None:
    cell.project = public_project
    with pytest.raises(ValidationError, match="fewer people"):
        save_record(cell, by=None)
    cell.refresh_from_db()
    assert cell.project.slug == "lab"


def test_a_project_cannot_open_further_than_what_its_records_use(cell: Cell) -> None:
    project = cell.project
    project.visibility = "public"
    with pytest.raises(ValidationError, match="open it first"):
        save_record(project, by=None)
    project.refresh_from_db()
    assert project.visibility == "private"


def test_a_material_cannot_move_to_where_its_cells_readers_do_not_see_it(cell: Cell) -> None:
    material = cell.layers.get().material
    material.project = factories.make_project(slug="hidden", name="Hidden")
    with pytest.raises(ValidationError, match="must stay as open"):
        save_record(material, by=None)


def test_a_project_may_open_as_far_as_what_its_records_use(cell: Cell) -> None:
    cell.project.visibility = "signed_in"
    save_record(cell.project, by=None)
    assert Project.objects.get(slug="lab").visibility == "signed_in"


def test_a_project_nobody_sees_is_not_named(cell: Cell, shared: Project) -> None:
    owner_of_shared = factories.make_member(shared, "owner")
    shared.visibility = "private"
    with pytest.raises(ValidationError, match="a project you do not see"):
        save_record(shared, by=owner_of_shared)


def test_the_last_owner_cannot_be_removed(project: Project) -> None:
    owner = factories.make_member(project, "owner")
    with pytest.raises(ValidationError, match="last owner"):
        delete_record(project.memberships.get(), by=owner)
    membership = project.memberships.get()
    membership.role = "viewer"
    with pytest.raises(ValidationError, match="last owner"):
        save_record(membership, by=owner)


def test_a_condition_cannot_be_reported_as_a_value(cell: Cell) -> None:
    measurement = factories.make_measurement(cell)
    with pytest.raises(ValidationError, match="entered with the measurement"):
        factories.report(measurement, "stack_pressure_mpa", "10 MPa")
