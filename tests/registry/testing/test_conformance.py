from pathlib import Path

import pytest

from registry import plugin_loading
from registry.hookspecs import Inputs, Outcome, Quantity
from registry.numbers import catalogue
from registry.testing import Golden, assert_plugin_conforms, example_inputs
from tests.registry.testing import broken
from tests.registry.testing.broken import plugin_of, plugin_with


@pytest.fixture
def kept(tmp_path: Path) -> Golden:
    """A folder in which the sound analysis has its golden file."""
    assert_plugin_conforms(plugin_of(broken.sound), Golden(tmp_path, update=True))
    return Golden(tmp_path)


def told_of(plugin: object, golden: Golden, **given: object) -> str:
    with pytest.raises(AssertionError) as refused:
        assert_plugin_conforms(plugin, golden, **given)
    return str(refused.value)


def test_a_sound_plugin_conforms(kept: Golden) -> None:
    assert_plugin_conforms(plugin_of(broken.sound), kept)


@pytest.mark.parametrize(
    ("run", "told"),
    [
        (broken.prints, "printed to standard output (‘R found’): return a Message for a remark, or use logging"),
        (broken.changes_directory, "changed the working directory: pass open() a full path instead"),
        (broken.sets_the_environment, "changed the environment variable OHM: declare a parameter instead"),
        (broken.silences_numpy, "changed how NumPy treats errors: use `with numpy.errstate(...)`"),
        (
            broken.replaces_a_function_of_numpy,
            "changed numpy.median, which other plugins use: give your own another name",
        ),
        (
            broken.changes_a_constant,
            "changed analyses.cell.geometry.UM_PER_CM, which other plugins use: give your own another name",
        ),
        (broken.leaves_a_thread, "left a thread running: join it before returning"),
        (broken.rolls_dice, "gave something else the second time (resistance_ohm = "),
        (broken.remembers, "gave something else after it had run on other inputs (resistance_ohm = "),
        (broken.writes_into_its_input, "It writes into a column it was given: copy it first, numpy.array("),
        (broken.gives_nan, "failed: ValueError: an estimate must be finite, got nan"),
        (broken.gives_another_quantity, "failed: returned thickness_um, which is not declared in `outputs`"),
        (broken.gives_milliohm, "but these inputs have 1050 Ω: is it in Ω?"),
        (broken.reads_computed_unannounced, "reads the computed resistance_ohm without naming it in `depends_on`"),
        (broken.mumbles, "does not name what is missing: without dataset.sha256 it says ‘something is missing here’"),
        (broken.trips_over_what_is_missing, "fails without layers.1.thickness_um: AttributeError: 'NoneType' object"),
        (broken.trips_over_what_is_odd, "fails on data without rows: IndexError: index 3 is out of bounds"),
        (broken.trips_over_what_is_odd, "fails on data of nothing but NaN: ValueError: an estimate must be finite"),
        (broken.trips_over_its_bounds, "fails with share = 10.0: ZeroDivisionError"),
        (broken.refuses_everything, "was done on none of its example inputs, so that its numbers cannot be looked at"),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_says_which_rule_is_broken_and_how_to_mend_it(run: object, told: str, kept: Golden) -> None:
    broken.SEEN.clear()
    assert told in told_of(plugin_of(run), kept)


def test_says_where(kept: Golden) -> None:
    said = told_of(plugin_of(broken.prints), kept)
    assert said.startswith("typical_resistance does not conform to the contract of plugins:\n1. typical-resistance, on")
    assert "typical-resistance, on the example inputs ‘eis, pellet’, printed" in said


def test_an_analysis_that_cannot_be_sent_to_another_process_is_none(kept: Golden) -> None:
    def within(inputs: Inputs) -> Outcome:
        return broken.sound(inputs)

    assert "its Analysis does not pickle" in told_of(plugin_of(within), kept)


def test_what_the_registry_would_refuse_is_said_first(kept: Golden) -> None:
    assert "‘resistance_in_ohms’, which no plugin registers" in told_of(
        plugin_of(broken.sound, outputs=("resistance_in_ohms",)), kept
    )
    assert "the analysis ‘energy-density’ is already provided by plugins.energy_density: rename one" in told_of(
        plugin_of(broken.sound, name="energy-density"), kept
    )


def test_a_module_without_hooks_is_no_plugin(kept: Golden) -> None:
    assert "implements no hook: decorate one of register_quantities" in told_of(broken, kept)


def test_numbers_that_change_at_the_same_version_are_refused(kept: Golden) -> None:
    dearer = plugin_of(broken.sound, parameters=(broken.Parameter("share", float, 1.1, "More.", "", 0.1, 10.0),))
    said = told_of(dearer, kept)
    assert "Bump the version or undo the change" in said
    assert "eis, pellet, values, resistance_ohm: " in said
    assert "Bump the version or undo the change" in told_of(dearer, Golden(kept.directory, update=True))


def test_numbers_may_change_with_the_version(kept: Golden) -> None:
    later = plugin_of(
        broken.sound, version="2", parameters=(broken.Parameter("share", float, 1.1, "More.", "", 0.1, 10.0),)
    )
    assert "is of typical-resistance 1, this is 2: look at what moved" in told_of(later, kept)
    assert_plugin_conforms(later, Golden(kept.directory, update=True))
    assert_plugin_conforms(later, kept)


def test_takes_inputs_of_the_authors_own(tmp_path: Path) -> None:
    own = {"typical-resistance": [example_inputs("eis", form="pellet with grain boundaries")]}
    assert_plugin_conforms(plugin_of(broken.sound), Golden(tmp_path, update=True), examples=own)
    assert "given, number 1" in (tmp_path / "typical-resistance.json").read_text()


def test_knows_the_quantities_of_plugins_beside_it(tmp_path: Path) -> None:
    other = plugin_with("register_quantities", Quantity("tortuosity", "Tortuosity", "dimensionless"))
    plugin = plugin_of(broken.sound, outputs=("resistance_ohm", "tortuosity"))
    golden = Golden(tmp_path, update=True)
    assert "‘tortuosity’, which no plugin registers" in told_of(plugin, golden)
    assert_plugin_conforms(plugin, golden, beside=[other])


def test_leaves_the_registry_as_it_was(kept: Golden) -> None:
    before = dict(catalogue.catalogue), plugin_loading.current()
    assert_plugin_conforms(plugin_of(broken.sound), kept)
    assert (catalogue.catalogue, plugin_loading.current()) == before
