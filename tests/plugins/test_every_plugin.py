"""Every built-in plugin passes the conformance kit, as external plugins must."""

import json
import pkgutil
from collections.abc import Mapping
from pathlib import Path

import pytest

import plugins
from registry import plugin_loading
from registry.plugin_loading.sources import BUILT_IN
from registry.testing import Golden, assert_plugin_conforms
from tests.plugins.plugin_examples import EXAMPLES
from tests.plugins.readers.samples import SAMPLES

GOLDEN = Path(__file__).parent / "golden"
WITHOUT_SAMPLES = ("biologic-mpr-unread", "neware-nda")
"""Readers without a sample: one only names the package to install, the others have no redistributable files."""


def built_in() -> list[str]:
    return [plugin.name for plugin in plugin_loading.current().loaded if plugin.source == BUILT_IN]


def samples() -> Mapping[str, Mapping[str, bytes]]:
    by_reader: dict[str, dict[str, bytes]] = {}
    for what, (reader, content) in SAMPLES.items():
        by_reader.setdefault(reader, {})[what] = content
    return by_reader | {name: {} for name in WITHOUT_SAMPLES}


@pytest.mark.parametrize(
    "name", [module.name for module in pkgutil.walk_packages(plugins.__path__, "plugins.") if not module.ispkg]
)
def test_every_module_in_plugins_implements_a_hook(name: str) -> None:
    plugin = next(plugin for plugin in plugin_loading.current().loaded if plugin.name == name)
    assert plugin.hooks


@pytest.mark.parametrize("name", built_in())
def test_conforms_to_the_contract(name: str, golden: Golden) -> None:
    plugin = __import__(name, fromlist=["run"])
    assert_plugin_conforms(plugin, golden, samples=samples(), examples=EXAMPLES)


def test_every_golden_file_is_of_an_analysis_or_reader_there_is() -> None:
    current = plugin_loading.current()
    kept = {json.loads(path.read_text())["name"] for path in GOLDEN.glob("*.json")}
    readers = {f"reader-{name}" for name in current.readers if name not in WITHOUT_SAMPLES}
    assert kept == set(current.analyses) | readers
