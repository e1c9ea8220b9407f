"""The environment of the fork server; its replacement is tested with the file reader."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from registry import plugin_loading
from registry.sandbox.plugin_set import load_plugins, python_path
from registry.sandbox.server_process import _environment, _shared_server


def test_secrets_are_not_in_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SECRET_KEY", "DATABASE_URL", "S3_TOKEN", "PGPASSWORD"):
        monkeypatch.setenv(name, "hidden")
    monkeypatch.setenv("REGISTRY_PLUGINS_DIR", "/lab")
    environment = _environment()
    assert "hidden" not in environment.values()
    assert environment["REGISTRY_PLUGINS_DIR"] == "/lab"


def test_plugins_on_pythonpath_are_found_in_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert python_path(Path("/cellar")) == "/cellar"
    monkeypatch.setenv("PYTHONPATH", "/lab:/more")
    assert python_path(Path("/cellar")) == "/cellar:/lab:/more"


def test_plugin_set_is_loaded_by_its_key() -> None:
    plugin_set, plugins = plugin_loading.plugin_set(), plugin_loading.current()
    loaded = load_plugins(plugin_set.key)
    assert (loaded.analyses.keys(), loaded.readers.keys()) == (plugins.analyses.keys(), plugins.readers.keys())
    assert set(plugin_set.plugin_of) == set(plugins.analyses)
    assert set(plugin_set.reader_titles) == set(plugins.readers)


PLUGIN = """from collections.abc import Sequence

from registry.hookspecs import Quantity, hookimpl

CONTRACT_VERSION = 1


@hookimpl
def register_quantities() -> Sequence[Quantity]:
    return (Quantity(slug="colour_nm", name="{name}", unit="nm", unit_label="nm"),)
"""


@pytest.fixture
def directory(settings: LazySettings, tmp_path: Path) -> Iterator[Path]:
    settings.REGISTRY_PLUGINS_DIR = str(tmp_path)
    yield tmp_path
    settings.REGISTRY_PLUGINS_DIR = ""
    plugin_loading.load()


def test_changed_plugins_are_a_new_set_with_a_server_of_its_own(directory: Path) -> None:
    servers = []
    for name in ("Colour", "Colour", "Hue", "Shade"):
        (directory / "colour.py").write_text(PLUGIN.format(name=name))
        plugin_loading.load()
        servers.append(_shared_server(plugin_loading.plugin_set()))
    first, second, third, fourth = servers
    assert first is second
    assert first.process.poll() is not None
    assert third is not fourth
    assert [server.process.poll() for server in (third, fourth)] == [None, None]
