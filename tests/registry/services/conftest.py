"""Fixtures of the service tests: the two analyses of tests/data/plugins/sound.py."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from registry import plugin_loading
from registry.hookspecs import Analysis
from tests.plugin_directory import directory_with

PLUGINS = Path(__file__).parent.parent.parent / "data" / "plugins"


@pytest.fixture
def analyses(settings: LazySettings) -> Iterator[dict[str, Analysis]]:
    """Load `doubled-thickness` and `pressure-above-ambient` only."""
    builtin = settings.REGISTRY_BUILTIN_PLUGINS
    settings.REGISTRY_BUILTIN_PLUGINS, settings.REGISTRY_PLUGINS_DIR = "", str(directory_with(PLUGINS / "sound.py"))
    yield plugin_loading.load().analyses
    settings.REGISTRY_BUILTIN_PLUGINS, settings.REGISTRY_PLUGINS_DIR = builtin, ""
    plugin_loading.load()
