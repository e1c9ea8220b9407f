"""Creating projects."""

from registry.models import Membership, Project
from registry.services.project import create_project
from tests import factories


def test_creator_becomes_owner(db: None) -> None:
    user = factories.make_user()
    project = create_project(Project(slug="fresh", name="New"), by=user)
    assert Membership.objects.get(project=project).user == user
    assert Membership.objects.get(project=project).role == "owner"


def test_project_created_from_the_command_line_has_no_owner(db: None) -> None:
    project = create_project(Project(slug="fresh", name="New"), by=None)
    assert not project.memberships.exists()
