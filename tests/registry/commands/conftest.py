import pytest

from registry.models import Cell, Project
from tests import factories


@pytest.fixture
def cell(project: Project) -> Cell:
    return factories.make_pellet(project, area="1 cm² (exact)")


@pytest.fixture(params=[[], ["--dry-run"]], ids=["", "dry run"])
def dry(request: pytest.FixtureRequest) -> list[str]:
    return list(request.param)
