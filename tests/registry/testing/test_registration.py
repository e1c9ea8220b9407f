from pathlib import Path

from plugins import cycling_summary
from registry.contract.analysis_support.cell import pellet
from registry.numbers import catalogue
from registry.testing.registration import load_plugin, registered

SOUND = Path(__file__).parents[2] / "data" / "plugins" / "sound.py"


def test_registers_a_built_in_plugin() -> None:
    with registered(cycling_summary) as loaded:
        assert (loaded.name, loaded.problems) == ("plugins.cycling_summary", ())
        assert [analysis.name for analysis in loaded.analyses] == ["cycling-summary"]
        assert "first_cycle_efficiency_percent" in {quantity.slug for quantity in loaded.quantities}


def test_registers_a_file_under_its_name() -> None:
    with registered(load_plugin(SOUND)) as loaded:
        assert (loaded.name, loaded.problems) == ("sound", ())
        assert catalogue.source_of("doubled_thickness_um") == "sound"
    assert "doubled_thickness_um" not in catalogue.catalogue


def test_a_module_without_hooks_has_a_problem() -> None:
    with registered(pellet) as loaded:
        assert "implements no hook" in loaded.problems[0]
