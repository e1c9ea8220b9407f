"""The environment of the fork server; its replacement is tested with the file reader."""

from pathlib import Path

import pytest

from registry import plugin_loading
from registry.sandbox.plugin_set import load_plugins, python_path
from registry.sandbox.server_process import _environment


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


def test_reloaded_plugins_are_a_new_set() -> None:
    before = plugin_loading.plugin_set()
    plugin_loading.load()
    assert plugin_loading.plugin_set().key != before.key
