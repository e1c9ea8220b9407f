import re
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from registry import plugin_loading
from registry.hookspecs import Inputs, Outcome, Quantity
from registry.numbers import catalogue
from registry.testing import (
    Example,
    Golden,
    assert_plugin_conforms,
    example_cell,
    example_inputs,
    example_series,
    load_plugin,
    sandboxed,
)
from tests.registry.testing import broken
from tests.registry.testing.broken import plugin_of, plugin_with


@pytest.fixture(scope="module")
def of_valid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the golden file of the valid analysis."""
    directory = tmp_path_factory.mktemp("golden")
    assert_plugin_conforms(plugin_of(broken.valid), Golden(directory, update=True))
    return directory


@pytest.fixture
def golden(of_valid: Path, tmp_path: Path) -> Golden:
    """A copy of the directory for the test."""
    shutil.copytree(of_valid, tmp_path, dirs_exist_ok=True)
    return Golden(tmp_path)


def error_of(plugin: object, golden: Golden, **options: object) -> str:
    with pytest.raises(AssertionError) as error:
        assert_plugin_conforms(plugin, golden, **options)
    return str(error.value)


def test_a_valid_plugin_conforms(golden: Golden) -> None:
    assert_plugin_conforms(plugin_of(broken.valid), golden)


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (broken.prints, "(‘R found’)"),
        (broken.changes_directory, "working directory"),
        (broken.sets_the_environment, " OHM:"),
        (broken.silences_numpy, "numpy.errstate"),
        (
            broken.replaces_a_function_of_numpy,
            "changed numpy.median,",
        ),
        (
            broken.changes_a_constant,
            "changed analyses.cell.geometry.UM_PER_CM,",
        ),
        (broken.leaves_a_thread, "thread"),
        (broken.returns_random_values, "second time (resistance_ohm = "),
        (broken.keeps_state, "other inputs (resistance_ohm = "),
        (broken.writes_to_its_input, "numpy.array("),
        (broken.returns_nan, " nan"),
        (broken.returns_nan_by_a_method, "‘fit’ as nan"),
        (broken.returns_an_undeclared_quantity, " thickness_um, "),
        (broken.returns_milliohm, " 1050 Ω"),
        (broken.reads_undeclared_computed, "`depends_on`"),
        (broken.refuses_vaguely, " dataset.sha256 "),
        (broken.fails_on_missing_input, " layers.1.thickness_um: AttributeError: "),
        (broken.fails_on_malformed_data, "without rows: IndexError: "),
        (broken.fails_on_malformed_data, "all NaN: ValueError: "),
        (broken.fails_at_its_bounds, "share = 10.0: ZeroDivisionError"),
        (broken.refuses_everything, "on none "),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_names_the_broken_rule_and_how_to_fix_it(run: object, expected: str, golden: Golden) -> None:
    broken.HISTORY.clear()
    assert expected in error_of(plugin_of(run), golden)


def test_names_the_analysis_and_the_example(golden: Golden) -> None:
    message = error_of(plugin_of(broken.prints), golden)
    first, second, *_ = message.splitlines()
    assert first.startswith("typical_resistance ")
    assert second.startswith("1. typical-resistance, ")
    assert " ‘eis, pellet’, printed" in second


def test_an_analysis_must_be_picklable(golden: Golden) -> None:
    def nested(inputs: Inputs) -> Outcome:
        return broken.valid(inputs)

    assert " pickle" in error_of(plugin_of(nested), golden)


def test_includes_problems_of_loading(golden: Golden) -> None:
    unknown = error_of(plugin_of(broken.valid, outputs=("resistance_in_ohms",)), golden)
    assert re.search(r"‘resistance_in_ohms’.*\(unregistered-quantity\)", unknown)
    taken = error_of(plugin_of(broken.valid, name="energy-density"), golden)
    assert re.search(r"‘energy-density’.* plugins\.energy_density:.*\(name-in-use\)", taken)


def test_refuses_a_module_without_hooks(golden: Golden) -> None:
    assert "(no-hooks)" in error_of(broken, golden)


def test_refuses_changed_numbers_at_the_same_version(golden: Golden) -> None:
    changed = plugin_of(
        broken.valid,
        parameters=(
            broken.Parameter(name="share", type=float, default=1.1, help="More.", unit="", minimum=0.1, maximum=10.0),
        ),
    )
    message = error_of(changed, golden)
    assert "eis, pellet, values, resistance_ohm: " in message
    assert error_of(changed, Golden(golden.directory, update=True)) == message


def test_numbers_may_change_with_the_version(golden: Golden) -> None:
    later = plugin_of(
        broken.valid,
        version="2",
        parameters=(
            broken.Parameter(name="share", type=float, default=1.1, help="More.", unit="", minimum=0.1, maximum=10.0),
        ),
    )
    assert " typical-resistance 1, not 2:" in error_of(later, golden)
    assert_plugin_conforms(later, Golden(golden.directory, update=True))
    assert_plugin_conforms(later, golden)


def test_uses_custom_examples(tmp_path: Path) -> None:
    examples = {"typical-resistance": [example_inputs("eis", form="pellet with grain boundaries")]}
    assert_plugin_conforms(plugin_of(broken.valid), Golden(tmp_path, update=True), examples=examples)
    assert "example 1" in (tmp_path / "typical-resistance.json").read_text()


def test_knows_the_quantities_of_other_plugins(tmp_path: Path) -> None:
    other = plugin_with("register_quantities", Quantity(slug="tortuosity", name="Tortuosity", unit="dimensionless"))
    plugin = plugin_of(broken.valid, outputs=("resistance_ohm", "tortuosity"))
    new_golden = Golden(tmp_path, update=True)
    assert re.search(r"‘tortuosity’.*\(unregistered-quantity\)", error_of(plugin, new_golden))
    assert_plugin_conforms(plugin, new_golden, other_plugins=[other])


def test_leaves_the_registry_unchanged(golden: Golden) -> None:
    before = dict(catalogue.catalogue), plugin_loading.current()
    assert_plugin_conforms(plugin_of(broken.valid), golden)
    assert (catalogue.catalogue, plugin_loading.current()) == before


PLUGINS = Path(__file__).parents[2] / "data" / "raman"


@pytest.fixture
def raman() -> ModuleType:
    """Imported anew: other tests load it from a directory, and pickling takes the module imported last."""
    return load_plugin(PLUGINS / "raman.py")


def raman_examples(raman: ModuleType) -> dict[str, list[Example]]:
    """Examples of a technique of a plugin, its condition and quantities."""
    columns = {raman.SHIFT: [240.0, 250.0, 260.0], raman.COUNTS: [1.0, 5.0, 2.0], "two_theta_degree": None}
    positions = {f"measurements.M-0000{n}.computed.{raman.POSITION}@peak:1": 250.0 - n for n in (1, 2)}
    powers = {f"measurements.M-0000{n}.{raman.POWER}": float(n) for n in (1, 2)}
    spectrum = example_inputs(
        "raman", {f"measurement.{raman.POWER}": 1.0}, like="xrd", form="diffractogram", columns=columns
    )
    return {
        "raman-peak": [spectrum],
        "raman-power-shift": [example_series("raman", over=raman.POWER, count=2, like="xrd", changes=positions)],
        "raman-power-shift-cell": [example_cell("raman", count=2, like="xrd", changes=positions | powers)],
    }


def test_a_technique_and_condition_of_the_plugin_conform(raman: ModuleType, tmp_path: Path) -> None:
    assert_plugin_conforms(raman, Golden(tmp_path, update=True), examples=raman_examples(raman))
    assert_plugin_conforms(
        load_plugin(PLUGINS / "laser_damage.py"), Golden(tmp_path, update=True), other_plugins=[raman]
    )


def test_every_analysis_runs_in_a_process_as_the_registry_makes_it(
    raman: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that lacks what the plugin registers fails, whatever the run here gave."""
    known = tuple(hook for hook in sandboxed.SANDBOX_HOOKS if hook != "register_conditions")
    monkeypatch.setattr(sandboxed, "SANDBOX_HOOKS", known)
    message = error_of(raman, Golden(tmp_path, update=True), examples=raman_examples(raman))
    assert re.search(r"raman-power-shift, .*\(analysis-not-loaded\)", message)
    assert re.search(r"raman-power-shift-cell, .*\(contract-violation\)", message)


def test_examples_of_a_technique_without_built_in_columns_are_asked_for(raman: ModuleType, tmp_path: Path) -> None:
    message = error_of(raman, Golden(tmp_path, update=True))
    for name in raman_examples(raman):
        assert re.search(rf"\b{name} .* none .*\bexample", message)


def test_an_example_with_an_unregistered_condition_is_a_problem(raman: ModuleType, tmp_path: Path) -> None:
    examples = raman_examples(raman)
    examples["raman-peak"] = [examples["raman-peak"][0].changed({"measurement.laser_powr_mw": 1.0})]
    message = error_of(raman, Golden(tmp_path, update=True), examples=examples)
    assert "‘laser_powr_mw’" in message
    assert "‘laser_power_mw’" in message
