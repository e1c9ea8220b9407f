import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError

from registry.models import Project
from registry.services.cell_group import group_replicates
from tests import factories


def test_cells_become_a_group_of_replicates(project: Project, colleague: User) -> None:
    cells = [factories.make_pellet(project) for _ in range(3)]
    group = group_replicates(cells, by=colleague)
    assert (group.kind, group.slug) == ("replicates", f"replicates-of-{cells[0].refcode.lower()}")
    assert [member.cell for member in group.members.order_by("position")] == cells
    assert group.history.get().history_user == colleague
    assert group_replicates(cells, by=colleague).slug == f"{group.slug}-2"


def test_a_viewer_cannot_group(project: Project, viewer: User) -> None:
    with pytest.raises(PermissionDenied):
        group_replicates([factories.make_pellet(project) for _ in range(2)], by=viewer)


def test_one_cell_is_no_group(project: Project, public_project: Project, colleague: User) -> None:
    for cells in (
        [factories.make_pellet(project)],
        [factories.make_pellet(project), factories.make_pellet(public_project)],
    ):
        with pytest.raises(ValidationError):
            group_replicates(cells, by=colleague)
