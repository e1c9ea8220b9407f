"""`manage.py plugins`."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import call_command

from registry import plugin_manager


def plugins() -> str:
    said = StringIO()
    call_command("plugins", stdout=said)
    return said.getvalue()


@pytest.fixture
def _a_broken_plugin(settings: LazySettings, tmp_path: Path) -> Iterator[None]:
    (tmp_path / "broken.py").write_text("raise ValueError('no electrolyte left')\n")
    settings.REGISTRY_PLUGINS_DIR = str(tmp_path)
    plugin_manager.load()
    yield
    settings.REGISTRY_PLUGINS_DIR = ""
    plugin_manager.load()


def test_lists_what_each_plugin_adds() -> None:
    said = plugins()
    assert "plugins.paper_tables (built in) loaded: table electronic-conductivity-vgcf" in said
    assert ", 0 with problems." in said


@pytest.mark.usefixtures("_a_broken_plugin")
def test_says_why_a_plugin_is_refused() -> None:
    said = plugins()
    assert "refused" in said
    assert "no electrolyte left" in said
    assert ", 1 with problems." in said
