from pathlib import Path

from plugins import cycling_summary
from registry.contract.analysis_support import pellet
from registry.numbers import catalogue
from registry.testing.registration import load_plugin, registered

SOUND = Path(__file__).parents[2] / "data" / "plugins" / "sound.py"


def test_a_built_in_plugin_is_taken_in_with_what_it_adds() -> None:
    with registered(cycling_summary) as found:
        assert (found.name, found.problems) == ("plugins.cycling_summary", ())
        assert [analysis.name for analysis in found.analyses] == ["cycling-summary"]
        assert "energy_efficiency_percent" in {quantity.slug for quantity in found.quantities}


def test_a_file_is_taken_in_under_its_own_name() -> None:
    with registered(load_plugin(SOUND)) as found:
        assert (found.name, found.problems) == ("sound", ())
        assert catalogue.source_of("doubled_thickness_um") == "sound"
    assert "doubled_thickness_um" not in catalogue.catalogue


def test_a_module_that_registers_nothing_has_a_problem() -> None:
    with registered(pellet) as found:
        assert "implements no hook" in found.problems[0]
