"""Pytest plugin for tests of Cellar plugins; load it in a conftest.py:

pytest_plugins = ["registry.testing.pytest_plugin"]
"""

import pytest

from cellar_registry import require_own_packages
from registry.testing.golden import Golden

# Repeated here, because another package may have been installed over registry/__init__.py.
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
    """The golden files in the directory `golden` next to the test."""
    return Golden(request.path.parent / "golden", request.config.getoption("--update-golden"))
