"""Fixtures of the service tests: the two analyses of tests/data/plugins/sound.py."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from registry import plugin_loading
from registry.hookspecs import Analysis

PLUGINS = Path(__file__).parent.parent.parent / "data" / "plugins"


@pytest.fixture
def analyses(settings: LazySettings, tmp_path: Path) -> Iterator[dict[str, Analysis]]:
    """Load `doubled-thickness` and `pressure-above-ambient` only."""
    directory = tmp_path / "plugins"
    directory.mkdir()
    shutil.copy(PLUGINS / "sound.py", directory)
    builtin = settings.REGISTRY_BUILTIN_PLUGINS
    settings.REGISTRY_BUILTIN_PLUGINS, settings.REGISTRY_PLUGINS_DIR = "", str(directory)
    yield plugin_loading.load().analyses
    settings.REGISTRY_BUILTIN_PLUGINS, settings.REGISTRY_PLUGINS_DIR = builtin, ""
    plugin_loading.load()
