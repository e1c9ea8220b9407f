import os
import re
from pathlib import Path

import numpy as np
import pytest

from plugins import cycling_summary, energy_density, ionic_conductivity
from registry.hookspecs import Inputs
from registry.testing import example_cell, example_inputs, run_analysis
from registry.testing.running import observe
from tests.registry.testing import broken


def test_runs_the_only_analysis_of_a_plugin_with_its_defaults() -> None:
    result = run_analysis(energy_density, example_inputs("cycling"))
    assert result.status == "done"
    assert result.values["cell_mass_mg"].magnitude == pytest.approx(117.34 * 0.7854)
    assert "no packaging" in result.text


def test_runs_with_parameters() -> None:
    result = run_analysis(
        ionic_conductivity, example_inputs("eis"), parameters={"resistance_method": "minimum", "circuit": "R0-CPE0"}
    )
    by_default = run_analysis(ionic_conductivity, example_inputs("eis"))
    assert result.values["resistance_ohm"].magnitude != by_default.values["resistance_ohm"].magnitude
    assert result.values["resistance_ohm"].magnitude == result.values["resistance_at_minimum_ohm"].magnitude


def test_runs_an_analysis_that_is_not_in_a_module_of_a_plugin() -> None:
    (analysis,) = broken.plugin_of(broken.valid).register_analyses()
    assert run_analysis(analysis, example_inputs("eis")).status == "done"


def test_runs_an_analysis_whose_module_adds_quantities() -> None:
    (analysis,) = cycling_summary.register_analyses()
    assert "discharge_energy_mwh" in run_analysis(analysis, example_inputs("cycling")).values


def test_reports_refusals_and_failures() -> None:
    refused = run_analysis(energy_density, example_inputs("cycling", {"layers.1.area_cm2": None}))
    assert (refused.status, refused.values) == ("refused", {})
    assert [message.code for message in refused.messages] == ["missing-area"]
    failed = run_analysis(broken.plugin_of(broken.returns_nan), example_inputs("eis"))
    assert failed.status == "failed"
    assert re.match(r"ValueError: .*\bnan\b.*\(broken\.py:\d+\)", failed.text)


def test_selects_an_analysis_by_name() -> None:
    both = broken.plugin_with(
        "register_analyses",
        *broken.plugin_of(broken.valid).register_analyses(),
        *broken.plugin_of(broken.valid, name="another").register_analyses(),
    )
    with pytest.raises(ValueError, match=r"example_plugin .*`name`.* typical-resistance, another"):
        run_analysis(both, example_inputs("eis"))
    assert run_analysis(both, example_inputs("eis"), name="another").status == "done"


def test_does_not_run_an_invalid_plugin() -> None:
    plugin = broken.plugin_of(broken.valid, techniques=("divination",))
    with pytest.raises(ValueError, match=r"register_analyses: .*‘divination’"):
        run_analysis(plugin, example_inputs("eis"))


def test_runs_with_plain_inputs() -> None:
    inputs = Inputs({"layers.count": 0}, parameters={"share": 1.0})
    result = run_analysis(broken.plugin_of(broken.valid), inputs)
    assert [message.code for message in result.messages] == ["missing-spectrum"]
    with pytest.raises(ValueError, match="`parameters`"):
        run_analysis(broken.plugin_of(broken.valid), inputs, parameters={"share": 2.0})


def test_runs_on_the_inputs_of_a_cell() -> None:
    (analysis,) = broken.plugin_of(broken.valid).register_analyses()
    result = observe(analysis, example_cell("eis").for_analysis(analysis)).result
    assert [message.code for message in result.messages] == ["missing-spectrum"]


@pytest.mark.parametrize("run", [broken.changes_directory, broken.sets_the_environment, broken.silences_numpy])
def test_restores_the_process_state(run: object) -> None:
    before = os.getcwd(), dict(os.environ), np.geterr()
    (analysis,) = broken.plugin_of(run).register_analyses()
    assert observe(analysis, example_inputs("eis").for_analysis(analysis)).side_effects
    assert (os.getcwd(), dict(os.environ), np.geterr()) == before


def imports_a_library(inputs: Inputs) -> object:
    __import__("quiet_library")
    return broken.valid(inputs)


def test_a_first_import_may_add_warning_filters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "quiet_library.py").write_text("import warnings\nwarnings.filterwarnings('ignore', 'quiet')\n")
    monkeypatch.syspath_prepend(tmp_path)
    (analysis,) = broken.plugin_of(imports_a_library).register_analyses()
    assert observe(analysis, example_inputs("eis").for_analysis(analysis)).side_effects == ""
