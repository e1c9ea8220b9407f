"""Loading of valid and broken plugins from tests/data/plugins."""

import re
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import override_settings

from registry import plugin_loading
from registry.api.base.filters import PAGING
from registry.api.base.list_query import PARAMETERS
from registry.apps import plugin_problems
from registry.hookspecs import Table
from registry.numbers import catalogue
from registry.plugin_loading import Plugin, Plugins, loading
from registry.plugin_loading.sources import Source
from registry.plugin_loading.vocabulary_check import QUERY_WORDS, RECORD_QUANTITIES, SEARCH_WORDS
from registry.selectors.query import parsing

Load = Callable[..., Plugins]
LOAD_SECONDS = 3
BROKEN = Path(__file__).parents[2] / "data" / "plugins"


BROKEN_STEMS = sorted(
    {path.stem for path in BROKEN.glob("*.py")}
    - {"sound", "open_world", "fails_when_run", "harms_when_run", "remembers_runs"}
)
FAILURES = [
    ("raises_at_import", "it needs a_library_nobody_installed, which is not installed in Cellar's environment"),
    ("contract_of_before", "is written for version 1 of the plugin contract: see the changelog"),
    ("contract_of_later", "is written for version 99 of the plugin contract, which this Cellar does not have"),
    ("contract_as_text", "write `CONTRACT_VERSION = 2`"),
    ("raises_at_import", "No module named 'a_library_nobody_installed' (raises_at_import.py:3)"),
    ("half_typed", "cannot be imported: correct the syntax error: SyntaxError: invalid syntax (half_typed.py:7)"),
    ("exits_at_import", 'move what a script does below `if __name__ == "__main__":`'),
    ("exits_at_import", "SystemExit: usage: exits_at_import.py FILE (exits_at_import.py:5)"),
    ("loops_at_import", "was still importing after 3 s and was stopped: do the work in run(), not at import"),
    ("crashes_at_import", "crashed (SIGSEGV) at crashes_at_import.py:5 when it was imported: check compiled libraries"),
    ("ends_the_process_at_import", "ended the process that imported it (exit code 3): remove what ends a process"),
    ("kills_its_parent_at_import", "killed the process that started it: kill only processes it started itself"),
    (
        "takes_all_memory_at_import",
        "ran out of memory when it was imported (limit 4 GiB): read data in run()",
    ),
    ("prints_at_import", "printed to standard output when it was imported (‘tortuosity 2.1 loaded’): use logging"),
    ("changes_directory_at_import", "it changed the working directory: pass open() a full path instead"),
    ("starts_a_thread_at_import", "it left a thread running: join it"),
    (
        "replaces_numpy_at_import",
        "it changed numpy.mean, which other plugins use: give your own another",
    ),
    (
        "changes_a_constant_at_import",
        "it changed analyses.cell.geometry.UM_PER_CM, which other plugins use: give your own",
    ),
    (
        "changes_what_readers_share_at_import",
        "it changed registry.contract.reader_support.columns.column_units.PREFIXES, which other plugins use: give",
    ),
    (
        "replaces_scipy_at_import",
        "it changed scipy.special.stdtrit, which other plugins use: give your own",
    ),
    ("handles_signals_at_import", "it changed how signals are handled: remove that"),
    ("misspells_a_hook", "implements register_analysis, which is not a known hook: did you mean register_analyses?"),
    ("forgets_hookimpl", "defines register_analyses without @hookimpl, so it is not called: put @hookimpl above it"),
    ("implements_nothing", "implements no hook: decorate one of register_quantities,"),
    ("takes_an_argument", "takes cell, but hooks take no arguments: write `def register_analyses():`"),
    ("hook_raises", "register_analyses raised an error: RuntimeError: the calibration file is gone (hook_raises.py:8)"),
    ("returns_wrong_types", "register_analyses: returned a dict, expected hookspecs.Analysis"),
    ("returns_wrong_types", "register_readers returned a NoneType: return a list of what it adds"),
    ("unit_contradicts_slug", "contradicts its unit ‘m’: let it end in ‘_m’"),
    ("unit_unknown", "‘smoots’ is not a unit Cellar knows; use a unit pint reads"),
    ("unit_label_is_another", "the unit label ‘µm’ of ‘crack_length_mm’ (unit_label_is_another) is not its unit ‘mm’"),
    ("quantity_of_no_name", "the quantity ‘crack_length_mm’ needs a name that is text, not 7"),
    ("quantity_between_crossed_bounds", "has the minimum 100 above the maximum 0: swap them"),
    ("quantity_of_cellar", "is already registered by Cellar: choose another slug"),
    (
        "gives_an_unknown_quantity",
        "the analysis ‘tortuosity’ gives ‘tortuosity_factor_of_pores’, which no plugin registers: "
        "add it in register_quantities",
    ),
    (
        "uses_an_unknown_quantity",
        "which no plugin registers: did you mean ‘ionic_conductivity_s_cm’? If not, add",
    ),
    (
        "names_an_unknown_technique",
        "‘guess’ names the unknown technique ‘divination’: known techniques are eis,",
    ),
    ("techniques_in_a_string", "has `techniques` that is not a tuple: write ('eis',)"),
    ("version_missing", "the analysis ‘smooth’ needs a version"),
    ("run_takes_nothing", "run takes nothing: write `def run(inputs):`"),
    ("run_is_a_coroutine", "write `def run(inputs):`, without async or yield"),
    ("whole_cell_gives_of_a_measurement", "but ‘resistance_ohm’ is not: register it with per_cell=True"),
    ("parameter_default_of_another_type", "is declared int, but its default 2.5 is not: change one of them"),
    ("parameter_default_out_of_bounds", "has the default 0 outside its own bounds, 1 to 99: change either"),
    ("parameter_of_no_type", "has an unsupported type: use int, float, str or bool"),
    ("parameter_bounds_of_words", "has the bound '1', which is not a number"),
    ("parameter_choice_missing", "has the default 'fit', which is not among mean, median: add it"),
    ("reader_takes_too_little", "recognises takes name: write `def recognises(first_"),
    (
        "reader_of_no_functions",
        "recognises is a str, which cannot be called: write `def recognises(first_bytes, name):`",
    ),
    ("format_with_a_dot", "has the extension ‘.rst’: use letters and digits, no dot"),
    ("format_that_cannot_render", "render is a str, which cannot be called: write `def render(table):`"),
    ("declares_a_bad_table", "Unknown column ‘stack_presure_mpa’. Did you mean ‘stack_pressure_mpa’?"),
    ("table_of_strings", "has the column 'label': write Column('label')"),
    (
        "table_with_an_unknown_filter",
        "Unknown parameter ‘stack_presure_mpa__lte’. Did you mean ‘stack_pressure_mpa",
    ),
    ("technique_of_cellar", "the technique ‘eis’ is already provided by Cellar: rename one of them"),
    ("technique_of_capitals", "the technique ‘GITT’ may contain only lower-case letters, digits and single"),
    (
        "technique_columns_in_a_set",
        "‘raman’ has the columns 'raman_shift_per_cm': write each alternative set as a tuple",
    ),
    ("technique_with_a_role_of_cellar", "declares the dataset role ‘main’, which every measurement has"),
    ("role_of_cellar", "the layer role ‘anode’ is already provided by Cellar"),
    ("role_of_an_unknown_search", "has the search ‘liquid’: use cathode, electrolyte, anode or catholyte"),
    ("role_searched_by_a_parameter", "the search ‘label’, which is another parameter of queries: rename it"),
    ("condition_of_cellar", "the condition ‘temperature_degc’ is already provided by Cellar"),
    ("condition_of_an_unknown_quantity", "no plugin registers: did you mean ‘overpotential_v’? If not, add it"),
    ("condition_of_the_cell", "‘cell_mass_mg’ is of a quantity of the cell (per_cell=True)"),
    ("condition_of_another_record", "‘thickness_um’ is a field of another record: register a quantity of its own"),
    ("condition_with_another_unit", "the condition ‘overpotential_v’ has the example ‘3 MPa’"),
    ("condition_with_a_bad_quantity", "‘humidity_percent’ of condition_with_a_bad_quantity contradicts its unit ‘g/L’"),
    ("table_of_a_broken_address", "needs a slug of letters, digits, - and _, because it is part of a web address"),
]


@pytest.fixture(autouse=True, scope="module")
def _all_checked() -> Iterator[None]:
    """Check every file once for the module, and reload the previous plugins afterwards."""
    with override_settings(REGISTRY_BUILTIN_PLUGINS="", REGISTRY_PLUGINS_DIR=str(BROKEN), LOAD_SECONDS=LOAD_SECONDS):
        plugin_loading.load()
    yield
    plugin_loading.load()


@pytest.fixture
def load(settings: LazySettings, tmp_path: Path) -> Load:
    """Load the named files, and nothing else, from a plugin directory."""

    def _load(*stems: str) -> Plugins:
        for stem in stems:
            shutil.copy(BROKEN / f"{stem}.py", tmp_path)
        settings.REGISTRY_BUILTIN_PLUGINS = ""
        settings.REGISTRY_PLUGINS_DIR, settings.LOAD_SECONDS = str(tmp_path), LOAD_SECONDS
        return plugin_loading.load()

    return _load


def plugin_named(plugins: Plugins, name: str) -> Plugin:
    return next(plugin for plugin in plugins.loaded if plugin.name == name)


def problems_of(plugins: Plugins, name: str) -> str:
    return " / ".join(
        f"{problem.code}: {problem.text}: {problem.detail}" for problem in plugin_named(plugins, name).problems
    )


def test_warning_filters_of_a_plugin_do_not_leak(load: Load, tmp_path: Path) -> None:
    (tmp_path / "strict.py").write_text("import warnings\nwarnings.simplefilter('error', UnicodeWarning)\n")
    before = list(warnings.filters)
    assert plugin_named(load("sound"), "sound").state == "loaded"
    assert list(warnings.filters) == before


def test_a_valid_plugin_is_loaded_with_everything_it_adds(load: Load) -> None:
    plugin = plugin_named(load("sound"), "sound")
    assert (plugin.state, plugin.problems) == ("loaded", [])
    assert plugin.hooks == ["register_analyses", "register_quantities"]
    assert plugin.adds == [
        ("quantity", "doubled_thickness_um"),
        ("analysis", "doubled-thickness"),
        ("analysis", "pressure-above-ambient"),
    ]
    assert catalogue.source_of("doubled_thickness_um") == "sound"


@pytest.mark.parametrize(("stem", "message"), FAILURES, ids=[stem for stem, _ in FAILURES])
def test_reports_the_problem_and_loads_the_other_plugins(load: Load, stem: str, message: str) -> None:
    plugins = load(stem, "sound")
    assert plugin_named(plugins, stem).state == "refused"
    assert message in problems_of(plugins, stem)
    assert plugin_named(plugins, "sound").state == "loaded"
    assert set(plugins.analyses) == {"doubled-thickness", "pressure-above-ambient"}


def test_every_broken_file_is_covered() -> None:
    assert {stem for stem, _ in FAILURES} | {"waits_for_itself", "sound_by_another_name"} == {*BROKEN_STEMS}


def test_the_valid_parts_of_a_broken_plugin_are_loaded(load: Load) -> None:
    plugins = load("waits_for_itself", "sound")
    assert plugin_named(plugins, "waits_for_itself").state == "loaded in part"
    (problem,) = plugin_named(plugins, "waits_for_itself").problems
    assert problem.code == "circular-dependency"
    assert "eggs → hens → eggs" in problem.text
    assert set(plugins.analyses) == {"hens", "doubled-thickness", "pressure-above-ambient"}


def test_a_duplicate_name_reports_its_provider(load: Load) -> None:
    plugins = load("sound", "sound_by_another_name")
    (problem,) = plugin_named(plugins, "sound_by_another_name").problems
    assert problem.code == "name-in-use"
    assert re.search(r"‘doubled-thickness’.* sound:", problem.text)
    assert plugins.analyses["doubled-thickness"].version == "1"


def test_broken_plugins_do_not_affect_valid_ones(settings: LazySettings) -> None:
    before = {"plugins." + name for name in ("energy_density", "ionic_conductivity", "paper_tables")}
    settings.REGISTRY_PLUGINS_DIR, settings.LOAD_SECONDS = str(BROKEN), LOAD_SECONDS
    plugins = plugin_loading.load()
    loaded = {plugin.name for plugin in plugins.loaded if plugin.state == "loaded"}
    assert {"sound", "fails_when_run", "harms_when_run", *before} <= loaded
    assert set(BROKEN_STEMS) == {problem.plugin for problem in plugins.problems}
    assert [warning.id for warning in plugin_problems()] == ["registry.W001"] * len(plugins.problems)


def test_a_missing_directory_is_a_problem(settings: LazySettings, tmp_path: Path) -> None:
    settings.REGISTRY_PLUGINS_DIR = str(tmp_path / "nowhere")
    (problem,) = plugin_loading.load().problems
    assert (problem.plugin, problem.code) == ("REGISTRY_PLUGINS_DIR", "not-a-directory")


def test_a_plugin_from_two_sources_is_registered_once(load: Load) -> None:
    load("sound")
    module = sys.modules["registry_plugin_sound"]
    catalogue.reset()
    plugins = plugin_loading.assemble([Source("sound", "a", lambda: module), Source("other", "b", lambda: module)])
    first, second = plugins.loaded
    assert first.state == "loaded"
    assert [problem.code for problem in second.problems] == ["same-module"]


def test_the_first_of_two_plugins_with_the_same_name_is_loaded(load: Load) -> None:
    load("sound")
    module = sys.modules["registry_plugin_sound"]
    catalogue.reset()
    plugins = plugin_loading.assemble([Source("sound", "a", lambda: module), Source("sound", "b", lambda: module)])
    assert [plugin.state for plugin in plugins.loaded] == ["loaded", "refused"]
    assert [(problem.plugin, problem.code) for problem in plugins.problems] == [("sound", "same-name")]


def test_techniques_roles_and_conditions_of_a_plugin_follow_the_built_in_ones(load: Load) -> None:
    plugins = load("open_world")
    assert list(plugins.techniques)[-3:] == ["photograph", "gitt", "raman"]
    assert list(plugins.layer_roles)[-2:] == ["sample", "catholyte"]
    assert list(plugins.conditions)[-2:] == ["cycle_number", "relative_humidity_percent"]
    assert ("quantity", "relative_humidity_percent") in plugin_named(plugins, "open_world").adds
    assert plugins.plugin_of("technique", "eis") == "Cellar"
    assert plugins.plugin_of("condition", "relative_humidity_percent") == "open_world"


def test_a_second_plugin_with_the_same_technique_names_the_first(load: Load, tmp_path: Path) -> None:
    text = (BROKEN / "open_world.py").read_text()
    (tmp_path / "z_other.py").write_text(text)
    problems = problems_of(load("open_world"), "z_other")
    for kind in ("technique ‘gitt’", "layer role ‘catholyte’", "condition ‘relative_humidity_percent’"):
        assert re.search(rf"name-in-use: [^/]*{kind}[^/]* open_world\b", problems)


def test_words_of_queries_cannot_be_roles() -> None:
    assert {*PARAMETERS, "ordering", *PAGING, parsing.ANY_LAYER} == QUERY_WORDS
    assert set(SEARCH_WORDS) | {parsing.ANY_LAYER} == set(parsing.parts())
    assert {*parsing.LAYER_NUMBERS, *parsing.CELL_NUMBERS} <= RECORD_QUANTITIES


def test_built_in_plugins_have_no_problems() -> None:
    plugins = plugin_loading.load()
    assert plugins.problems == []
    assert {"energy-density", "capacity-retention"} <= set(plugins.analyses)


def test_access_before_loading_raises_an_error() -> None:
    before, loading._current = loading._current, None
    try:
        with pytest.raises(RuntimeError, match=r"plugin_loading\.load\(\)"):
            plugin_loading.current()
    finally:
        loading._current = before


def test_later_loads_reuse_the_table_check(load: Load) -> None:
    def refuse(table: Table) -> None:
        raise ValueError(f"no table ‘{table.slug}’ here")

    before = plugin_loading.table_check()
    try:
        plugin_loading.load(table_check=refuse)
        problems = load("table_with_an_unknown_filter").problems
    finally:
        plugin_loading.load(table_check=before)
    assert [problem.text for problem in problems] == ["register_tables: no table ‘pressures’ here"]


def test_a_hook_function_may_have_another_name(load: Load, tmp_path: Path) -> None:
    (tmp_path / "renamed.py").write_text(
        "from registry.hookspecs import hookimpl, Quantity\n"
        "@hookimpl(specname='register_quantities')\n"
        "def lengths():\n    return [Quantity(slug='crack_length_mm', name='Crack length', unit='mm')]\n"
    )
    plugin = plugin_named(load("sound"), "renamed")
    assert (plugin.hooks, plugin.adds) == (["register_quantities"], [("quantity", "crack_length_mm")])
