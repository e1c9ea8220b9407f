"""What pytest needs to test a plugin of Cellar; a conftest.py loads it.

pytest_plugins = ["registry.testing.pytest_plugin"]
"""

import pytest

from cellar_registry import require_own_packages
from registry.testing.golden import Golden

# Again, though registry/__init__.py does: another package may have been installed over it.
require_own_packages()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update-golden`."""
    parser.getgroup("cellar").addoption(
        "--update-golden",
        action="store_true",
        help="write the golden files of plugins that are new or have a new version",
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """The folder `golden` beside the test, with what plugins gave."""
    return Golden(request.path.parent / "golden", request.config.getoption("--update-golden"))
