"""The plugins of the how-tos can be loaded, and their tests pass."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from registry import plugin_loading
from tests.docs.blocks import DOCS, blocks_of

HOW_TOS = sorted((DOCS / "plugins" / "how-to").glob("*.md"))


@pytest.fixture
def directory(tmp_path: Path, settings: LazySettings) -> Iterator[Path]:
    """A directory with every plugin of the how-tos and its tests."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "conftest.py").write_text('pytest_plugins = ["registry.testing.pytest_plugin"]\n')
    for page in HOW_TOS:
        for block in blocks_of(page):
            (tmp_path / block.file).write_text(block.text)
    yield tmp_path
    settings.REGISTRY_PLUGINS_DIR = ""
    plugin_loading.load()


@pytest.mark.parametrize("page", HOW_TOS, ids=lambda page: page.stem)
def test_each_how_to_has_a_plugin_and_its_test(page: Path) -> None:
    plugin, test = blocks_of(page)
    assert test.file == f"tests/test_{plugin.file}"


def test_plugins_load_and_their_tests_pass(directory: Path, settings: LazySettings) -> None:
    settings.REGISTRY_PLUGINS_DIR = str(directory)
    plugins = plugin_loading.load()
    assert plugins.problems == []
    assert {"areal-energy", "conductivity-span", "voltage-gap"} <= set(plugins.analyses)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--update-golden", str(directory)]
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    result = subprocess.run(command, cwd=DOCS.parent, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "28 passed" in result.stdout
