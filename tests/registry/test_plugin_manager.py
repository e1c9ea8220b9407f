"""What happens to a plugin that is not sound. The plugins are files in tests/data/plugins."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from registry import plugin_manager, quantities
from registry.apart.executing import execute
from registry.apps import plugin_problems
from registry.hookspecs import Inputs
from registry.models import RunStatus
from registry.plugin_manager import Plugin, Plugins
from registry.plugin_sources import Source

Load = Callable[..., Plugins]
BROKEN = Path(__file__).parent.parent / "data" / "plugins"


@pytest.fixture(autouse=True)
def _plugins_as_before(settings: LazySettings) -> Iterator[None]:
    before = settings.REGISTRY_BUILTIN_PLUGINS, settings.REGISTRY_PLUGINS_DIR
    yield
    settings.REGISTRY_BUILTIN_PLUGINS, settings.REGISTRY_PLUGINS_DIR = before
    plugin_manager.load()


@pytest.fixture
def load(settings: LazySettings, tmp_path: Path) -> Load:
    """Load the named files, and nothing else, from a plugin directory."""

    def _load(*stems: str) -> Plugins:
        for stem in stems:
            shutil.copy(BROKEN / f"{stem}.py", tmp_path)
        settings.REGISTRY_BUILTIN_PLUGINS = ""
        settings.REGISTRY_PLUGINS_DIR = str(tmp_path)
        return plugin_manager.load()

    return _load


def one(plugins: Plugins, name: str) -> Plugin:
    return next(plugin for plugin in plugins.loaded if plugin.name == name)


def test_a_sound_plugin_is_loaded_with_all_it_adds(load: Load) -> None:
    plugin = one(load("sound"), "sound")
    assert (plugin.state, plugin.problems) == ("loaded", [])
    assert plugin.hooks == ["register_analyses", "register_quantities"]
    assert plugin.adds == [
        "quantity doubled_thickness_um",
        "analysis doubled-thickness",
        "analysis pressure-above-ambient",
    ]
    assert quantities.source_of("doubled_thickness_um") == "sound"


@pytest.mark.parametrize(
    ("stem", "told"),
    [
        ("raises_at_import", "No module named 'a_library_nobody_installed' (raises_at_import.py:3)"),
        ("exits_at_import", "SystemExit: usage: exits_at_import.py FILE (exits_at_import.py:5)"),
        ("misspells_a_hook", "implements register_analysis, which is no hook: did you mean register_analyses?"),
        ("forgets_hookimpl", "defines register_analyses without @hookimpl, so it is not called"),
        ("implements_nothing", "implements no hook: decorate one of register_quantities,"),
        ("takes_an_argument", "cannot be registered"),
        ("hook_raises", "register_analyses raised RuntimeError: the calibration file is gone (hook_raises.py:8)"),
        ("returns_wrong_types", "register_analyses: returned a dict where hookspecs.Analysis belongs"),
        ("returns_wrong_types", "register_readers raised TypeError: 'NoneType' object is not iterable"),
        (
            "gives_an_unknown_quantity",
            "the analysis ‘tortuosity’ gives ‘tortuosity_factor_of_pores’, which nobody registered: "
            "add it in register_quantities",
        ),
        ("names_an_unknown_technique", "the analysis ‘guess’ names the technique ‘divination’: there are eis,"),
        (
            "unit_contradicts_slug",
            "the slug ‘crack_length_mm’ of unit_contradicts_slug contradicts its unit ‘m’: let it end in ‘_m’",
        ),
        ("declares_a_bad_table", "There is no column ‘stack_presure_mpa’. Did you mean ‘stack_pressure_mpa’?"),
    ],
)
def test_says_what_is_wrong_and_the_others_go_on(load: Load, stem: str, told: str) -> None:
    plugins = load(stem, "sound")
    refused = one(plugins, stem)
    assert refused.state == "refused"
    assert any(told in f"{problem.text} {problem.detail}" for problem in refused.problems)
    assert one(plugins, "sound").state == "loaded"
    assert set(plugins.analyses) == {"doubled-thickness", "pressure-above-ambient"}


def test_a_file_that_does_not_parse_is_named_with_its_line(load: Load, tmp_path: Path) -> None:
    (tmp_path / "half_typed.py").write_text("x = 1\ndef register_analyses(:\n")
    plugins = load("sound")
    assert "half_typed.py:2" in one(plugins, "half_typed").problems[0].detail
    assert one(plugins, "sound").state == "loaded"


def test_a_name_taken_already_names_who_has_it(load: Load) -> None:
    plugins = load("sound", "sound_by_another_name")
    (problem,) = one(plugins, "sound_by_another_name").problems
    assert "the analysis ‘doubled-thickness’ is provided by sound already: rename one" in problem.text
    assert plugins.analyses["doubled-thickness"].version == "1"


def test_every_broken_plugin_at_once_leaves_the_sound_one(settings: LazySettings) -> None:
    settings.REGISTRY_PLUGINS_DIR = str(BROKEN)
    plugins = plugin_manager.load()
    fine = {plugin.name for plugin in plugins.loaded if plugin.state == "loaded"}
    assert {"sound", "fails_when_run"} <= fine
    in_directory = {path.stem for path in BROKEN.glob("*.py")}
    assert in_directory - fine == {problem.plugin for problem in plugins.problems}
    assert [warning.id for warning in plugin_problems()] == ["registry.W001"] * len(plugins.problems)


def test_a_directory_that_is_not_there_is_a_problem(settings: LazySettings, tmp_path: Path) -> None:
    settings.REGISTRY_PLUGINS_DIR = str(tmp_path / "nowhere")
    problems = plugin_manager.load().problems
    assert [f"{tmp_path}/nowhere is not a directory" in problem.detail for problem in problems] == [True]


def test_the_same_plugin_from_two_places_is_registered_once(load: Load) -> None:
    load("sound")
    module = sys.modules["registry_plugin_sound"]
    quantities.reset()
    plugins = plugin_manager.assemble([Source("sound", "a", lambda: module), Source("sound", "b", lambda: module)])
    first, second = plugins.loaded
    assert first.state == "loaded"
    assert "cannot be registered" in second.problems[0].text


def test_the_shipped_plugins_have_no_problem() -> None:
    plugins = plugin_manager.load()
    assert plugins.problems == []
    assert {"energy-density", "capacity-retention"} <= set(plugins.analyses)


def test_before_loading_says_what_to_call() -> None:
    before, plugin_manager._current = plugin_manager._current, None
    try:
        with pytest.raises(RuntimeError, match=r"call plugin_manager\.load\(\) first"):
            plugin_manager.current()
    finally:
        plugin_manager._current = before


@pytest.mark.parametrize(
    ("analysis", "told"),
    [
        ("raises", "ZeroDivisionError: division by zero (fails_when_run.py:"),
        ("exits", "SystemExit: no licence found (fails_when_run.py:"),
        ("returns-nothing", "run() returned a NoneType: the contract asks for Outcome"),
        ("returns-numbers", "values hold a float: the contract asks for Result"),
        ("gives-a-bare-number", "the estimate of resistance_ohm is a float: the contract asks for Estimate"),
        ("gives-nan", "an estimate must be finite, got nan"),
        ("gives-too-much", "gave resistance_ohm = 1e+305, too large a number to keep"),
        ("gives-a-negative-resistance", "gave resistance_ohm = -3: resistance must be above 0 Ω"),
        (
            "gives-what-it-does-not-declare",
            "gave ionic_conductivity_s_cm, which is not among the quantities it declares in `gives`",
        ),
        ("gives-a-quantity-twice", "gave a quantity twice: one run gives each quantity once"),
        ("speaks-in-strings", "messages hold a str: the contract asks for Message"),
        ("draws-a-lopsided-curve", "the series ‘data’ of the curve ‘fit’ has x and y of unequal length"),
    ],
)
def test_a_fault_at_run_time_ends_as_failed(load: Load, analysis: str, told: str) -> None:
    plugins = load("fails_when_run")
    ended = execute(plugins.analyses[analysis], Inputs({"cell.format": "die"}))
    assert ended.status == RunStatus.FAILED
    assert told in ended.messages[0].text
    assert ended.outcome.values == ()


def test_a_failed_run_keeps_what_it_read(load: Load) -> None:
    ended = execute(load("fails_when_run").analyses["returns-nothing"], Inputs({"cell.format": "die"}))
    assert ended.reads == {"cell.format": "die"}


def test_a_refusal_is_no_failure(load: Load) -> None:
    ended = execute(load("sound").analyses["pressure-above-ambient"], Inputs({}))
    assert ended.status == RunStatus.REFUSED
    assert ended.messages[0].text == "needs the stack pressure: the measurement has none"
