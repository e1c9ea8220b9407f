"""Sources of plugins: built in, directory, installed packages."""

from pathlib import Path

import pytest

from registry.plugin_loading.sources import BUILT_IN, PluginUnavailable, find, in_directory


def test_built_in_plugins_come_from_their_package() -> None:
    sources = {source.name: source for source in find("plugins", "")}
    assert sources["plugins.energy_density"].origin == BUILT_IN
    assert sources["plugins.energy_density"].content == ""
    assert "plugins" not in sources


def test_a_directory_has_a_source_per_file_identified_by_its_content(tmp_path: Path) -> None:
    (tmp_path / "b.py").write_text("B = 1\n")
    (tmp_path / "a.py").write_text("A = 1\n")
    before = list(in_directory(str(tmp_path)))
    (tmp_path / "a.py").write_text("A = 2\n")
    after = list(in_directory(str(tmp_path)))
    assert [source.name for source in before] == ["a", "b"]
    assert [old.key == new.key for old, new in zip(before, after, strict=True)] == [False, True]


def test_an_unknown_name_to_disable_has_a_hint() -> None:
    (source,) = [source for source in find("plugins", "", ["plugins.energy_densty"]) if "densty" in source.name]
    with pytest.raises(PluginUnavailable, match=r"‘plugins\.energy_density’") as caught:
        source.module()
    assert caught.value.code == "unknown-disabled-plugin"


def test_a_disabled_plugin_is_still_listed() -> None:
    (source,) = [source for source in find("plugins", "", ["plugins.energy_density"]) if source.disabled]
    assert source.name == "plugins.energy_density"
