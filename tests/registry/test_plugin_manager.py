"""What happens to a plugin that is not sound. The plugins are files in tests/data/plugins."""

import shutil
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import override_settings

from registry import plugin_manager
from registry.apps import plugin_problems
from registry.numbers import catalogue
from registry.plugin_manager import Plugin, Plugins
from registry.plugin_sources import Source

Load = Callable[..., Plugins]
BROKEN = Path(__file__).parent.parent / "data" / "plugins"


BROKEN_STEMS = sorted(
    {path.stem for path in BROKEN.glob("*.py")} - {"sound", "fails_when_run", "harms_when_run", "imports_when_run"}
)
FAULTS = [
    ("raises_at_import", "it needs a_library_nobody_installed, which is not installed in Cellar's environment"),
    ("raises_at_import", "No module named 'a_library_nobody_installed' (raises_at_import.py:3)"),
    ("half_typed", "it is no Python, from this line on: SyntaxError: invalid syntax (half_typed.py:7)"),
    ("exits_at_import", 'put what a script does below `if __name__ == "__main__":`'),
    ("exits_at_import", "SystemExit: usage: exits_at_import.py FILE (exits_at_import.py:5)"),
    ("loops_at_import", "was not imported after 3 s and was stopped: let work begin in run(), not at import"),
    ("crashes_at_import", "crashed (SIGSEGV) at crashes_at_import.py:5 when it was imported: is a compiled library at"),
    ("ends_the_process_at_import", "ended the process that imported it (exit code 3): leave out what ends a process"),
    ("kills_its_parent_at_import", "killed the process that started it: leave processes alone that it did not start"),
    ("takes_all_memory_at_import", "needed more than 4 GiB of memory when it was imported: read data in run()"),
    ("prints_at_import", "printed to standard output when it was imported (‘tortuosity 2.1 loaded’): use logging"),
    ("changes_directory_at_import", "it changed the working directory: give open() a whole path instead"),
    ("starts_a_thread_at_import", "it left a thread running: join it"),
    ("replaces_numpy_at_import", "it replaced numpy.mean for all that runs after it: give your own another name"),
    (
        "changes_a_constant_at_import",
        "it changed analyses.cell.geometry.UM_PER_CM, which others use: give your own another",
    ),
    (
        "changes_what_readers_share_at_import",
        "it changed registry.contract.reader_support.column_headers.PREFIXES, which others use: work",
    ),
    (
        "replaces_scipy_at_import",
        "it replaced scipy.special.stdtrit for all that runs after it: give your own another",
    ),
    ("handles_signals_at_import", "it changed how signals are handled: leave them alone"),
    ("misspells_a_hook", "implements register_analysis, which is no hook: did you mean register_analyses?"),
    ("forgets_hookimpl", "defines register_analyses without @hookimpl, so it is not called: put @hookimpl above it"),
    ("implements_nothing", "implements no hook: decorate one of register_quantities,"),
    ("takes_an_argument", "takes cell, and a hook is given nothing: write `def register_analyses():`"),
    ("hook_raises", "register_analyses raised: RuntimeError: the calibration file is gone (hook_raises.py:8)"),
    ("returns_wrong_types", "register_analyses: returned a dict where hookspecs.Analysis belongs"),
    ("returns_wrong_types", "register_readers returned a NoneType: return a list of what it adds"),
    ("unit_contradicts_slug", "contradicts its unit ‘m’: let it end in ‘_m’"),
    ("unit_unknown", "‘smoots’ is not a unit Cellar knows; a unit pint reads is needed"),
    ("unit_label_is_another", "the unit label ‘µm’ of ‘crack_length_mm’ (unit_label_is_another) is not its unit ‘mm’"),
    ("quantity_of_no_name", "the quantity ‘crack_length_mm’ needs a name, as text: it has 7"),
    ("quantity_between_crossed_bounds", "has the minimum 100 above the maximum 0: exchange them"),
    ("quantity_of_cellar", "is already registered by Cellar: choose another slug"),
    (
        "gives_an_unknown_quantity",
        "the analysis ‘tortuosity’ gives ‘tortuosity_factor_of_pores’, which nobody registered: "
        "add it in register_quantities",
    ),
    ("uses_an_unknown_quantity", "which nobody registered: did you mean ‘ionic_conductivity_s_cm’? If not, add it in"),
    ("names_an_unknown_technique", "the analysis ‘guess’ names the technique ‘divination’: there are eis,"),
    ("techniques_in_a_string", "has `techniques` that is no tuple: write ('eis',)"),
    ("version_missing", "the analysis ‘smooth’ needs a version"),
    ("run_takes_nothing", "run takes nothing, which is not what it is given: write `def run(inputs):`"),
    ("run_is_a_coroutine", "write `def run(inputs):` with `return`, and neither async nor yield"),
    ("whole_cell_gives_of_a_measurement", "but ‘resistance_ohm’ is not: register it with per_cell=True"),
    ("parameter_default_of_another_type", "is declared int, but its default 2.5 is not: change either"),
    ("parameter_default_out_of_bounds", "has the default 0 outside its own bounds, 1 to 99: change one"),
    ("parameter_of_no_type", "has a type that cannot be set: there are int, float, str and bool"),
    ("parameter_bounds_of_words", "has the bound '1', which is no number"),
    ("parameter_choice_missing", "has the default 'fit', which is not among mean, median: add it"),
    ("reader_takes_too_little", "recognises takes name, which is not what it is given: write `def recognises(first_"),
    (
        "reader_of_no_functions",
        "recognises is a str, which cannot be called: write `def recognises(first_bytes, name):`",
    ),
    ("format_with_a_dot", "has the extension ‘.rst’: write letters and digits, no dot"),
    ("format_that_cannot_render", "render is a str, which cannot be called: write `def render(table):`"),
    ("declares_a_bad_table", "There is no column ‘stack_presure_mpa’. Did you mean ‘stack_pressure_mpa’?"),
    ("table_of_strings", "has the column 'label': write Column('label')"),
    (
        "table_with_an_unknown_filter",
        "There is no parameter ‘stack_presure_mpa__lte’. Did you mean ‘stack_pressure_mpa",
    ),
    ("table_of_a_broken_address", "needs a slug of letters, digits, - and _, for it stands in an address"),
]


@pytest.fixture(autouse=True, scope="module")
def _all_tried() -> Iterator[None]:
    """Every file is tried apart once for the whole module, all by one process; what was loaded before is back after."""
    with override_settings(REGISTRY_BUILTIN_PLUGINS="", REGISTRY_PLUGINS_DIR=str(BROKEN), LOAD_SECONDS=3):
        plugin_manager.load()
    yield
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


def said_of(plugins: Plugins, name: str) -> str:
    return " / ".join(f"{problem.text}: {problem.detail}" for problem in one(plugins, name).problems)


def test_how_a_plugin_treats_warnings_is_not_how_all_do(load: Load, tmp_path: Path) -> None:
    (tmp_path / "strict.py").write_text("import warnings\nwarnings.simplefilter('error', UnicodeWarning)\n")
    before = list(warnings.filters)
    assert one(load("sound"), "sound").state == "loaded"
    assert list(warnings.filters) == before


def test_a_sound_plugin_is_loaded_with_all_it_adds(load: Load) -> None:
    plugin = one(load("sound"), "sound")
    assert (plugin.state, plugin.problems) == ("loaded", [])
    assert plugin.hooks == ["register_analyses", "register_quantities"]
    assert plugin.adds == [
        "quantity doubled_thickness_um",
        "analysis doubled-thickness",
        "analysis pressure-above-ambient",
    ]
    assert catalogue.source_of("doubled_thickness_um") == "sound"


@pytest.mark.parametrize(("stem", "told"), FAULTS, ids=[stem for stem, _ in FAULTS])
def test_says_what_is_wrong_and_the_others_go_on(load: Load, stem: str, told: str) -> None:
    plugins = load(stem, "sound")
    assert one(plugins, stem).state == "refused"
    assert told in said_of(plugins, stem)
    assert one(plugins, "sound").state == "loaded"
    assert set(plugins.analyses) == {"doubled-thickness", "pressure-above-ambient"}


def test_every_file_that_is_broken_is_tried() -> None:
    assert {stem for stem, _ in FAULTS} | {"waits_for_itself", "sound_by_another_name"} == {*BROKEN_STEMS}


def test_what_is_sound_beside_a_fault_is_kept(load: Load) -> None:
    plugins = load("waits_for_itself", "sound")
    assert one(plugins, "waits_for_itself").state == "loaded in part"
    assert "the analysis ‘eggs’ waits for itself: eggs → hens → eggs" in said_of(plugins, "waits_for_itself")
    assert set(plugins.analyses) == {"hens", "doubled-thickness", "pressure-above-ambient"}


def test_a_name_taken_already_names_who_has_it(load: Load) -> None:
    plugins = load("sound", "sound_by_another_name")
    (problem,) = one(plugins, "sound_by_another_name").problems
    assert "the analysis ‘doubled-thickness’ is provided by sound already: rename one" in problem.text
    assert plugins.analyses["doubled-thickness"].version == "1"


def test_every_broken_plugin_at_once_leaves_the_sound_ones(settings: LazySettings) -> None:
    before = {"plugins." + name for name in ("energy_density", "ionic_conductivity", "paper_tables")}
    settings.REGISTRY_PLUGINS_DIR = str(BROKEN)
    plugins = plugin_manager.load()
    fine = {plugin.name for plugin in plugins.loaded if plugin.state == "loaded"}
    assert {"sound", "fails_when_run", "harms_when_run", *before} <= fine
    assert set(BROKEN_STEMS) == {problem.plugin for problem in plugins.problems}
    assert [warning.id for warning in plugin_problems()] == ["registry.W001"] * len(plugins.problems)


def test_a_directory_that_is_not_there_is_a_problem(settings: LazySettings, tmp_path: Path) -> None:
    settings.REGISTRY_PLUGINS_DIR = str(tmp_path / "nowhere")
    (problem,) = plugin_manager.load().problems
    assert (problem.plugin, problem.text) == (
        "REGISTRY_PLUGINS_DIR",
        "names no directory: make it, or set another. Its plugins are missing",
    )


def test_the_same_plugin_from_two_places_is_registered_once(load: Load) -> None:
    load("sound")
    module = sys.modules["registry_plugin_sound"]
    catalogue.reset()
    plugins = plugin_manager.assemble([Source("sound", "a", lambda: module), Source("other", "b", lambda: module)])
    first, second = plugins.loaded
    assert first.state == "loaded"
    assert "another source has the same module" in second.problems[0].text


def test_of_two_plugins_of_one_name_the_first_is_loaded(load: Load) -> None:
    load("sound")
    module = sys.modules["registry_plugin_sound"]
    catalogue.reset()
    plugins = plugin_manager.assemble([Source("sound", "a", lambda: module), Source("sound", "b", lambda: module)])
    assert [plugin.state for plugin in plugins.loaded] == ["loaded", "refused"]
    assert plugins.problems[0].text == "has the name of the plugin from a: rename one of the two"


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
