"""Shared fixtures: owner, colleague and outsider of one private project."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, settings

from registry.models import Project
from tests import factories

pytest_plugins = ["registry.testing.pytest_plugin"]

# How long an example takes says how busy the machine is.
settings.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy machine")

LONG = (
    "tests/registry/killed/",
    "tests/registry/examples/",
    "tests/docs/",
    "tests/plugins/test_every_plugin.py",
    "tests/registry/authoring/",
)
"""Files of few tests that take long: first, so that no process waits for another at the end."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long files first."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.fixture
def project(db: None) -> Project:
    return factories.make_project(slug="lab", name="Lab")


@pytest.fixture
def public_project(db: None) -> Project:
    return factories.make_project(slug="open", name="Open", visibility="public")


@pytest.fixture
def owner(project: Project) -> User:
    return factories.make_member(project, "owner", "owner", is_staff=True)


@pytest.fixture
def colleague(project: Project) -> User:
    return factories.make_member(project, "editor", "colleague", is_staff=True)


@pytest.fixture
def viewer(project: Project) -> User:
    return factories.make_member(project, "viewer", "viewer", is_staff=True)


@pytest.fixture
def outsider(db: None) -> User:
    return factories.make_user("outsider", is_staff=True)


@pytest.fixture(scope="session")
def _files_of_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A directory for the files of each test, which need not be made for the many that store none."""
    root = tmp_path_factory.mktemp("files")
    return (root / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def _files_of_their_own(settings: object, _files_of_tests: Iterator[Path]) -> None:
    settings.MEDIA_ROOT = str(next(_files_of_tests))  # type: ignore[attr-defined]
