import os
from pathlib import Path

import numpy as np
import pytest

from plugins import cycling_summary, energy_density, ionic_conductivity
from registry.hookspecs import Inputs
from registry.testing import example_cell, example_inputs, run_analysis
from registry.testing.running import observe
from tests.registry.testing import broken


def test_runs_the_only_analysis_of_a_plugin_with_its_defaults() -> None:
    ended = run_analysis(energy_density, example_inputs("cycling"))
    assert ended.status == "done"
    assert ended.values["cell_mass_mg"].magnitude == pytest.approx(117.34 * 0.7854)
    assert "no packaging" in ended.text


def test_runs_with_other_parameters() -> None:
    ended = run_analysis(
        ionic_conductivity, example_inputs("eis"), parameters={"resistance_method": "minimum", "circuit": "R0-CPE0"}
    )
    assert "R from the method minimum" in ended.text


def test_runs_an_analysis_that_is_not_in_a_module_of_a_plugin() -> None:
    (analysis,) = broken.plugin_of(broken.sound).register_analyses()
    assert run_analysis(analysis, example_inputs("eis")).status == "done"


def test_runs_an_analysis_whose_module_adds_quantities() -> None:
    (analysis,) = cycling_summary.register_analyses()
    assert "discharge_energy_mwh" in run_analysis(analysis, example_inputs("cycling")).values


def test_says_what_was_refused_and_what_failed() -> None:
    refused = run_analysis(energy_density, example_inputs("cycling", {"layers.1.area_cm2": None}))
    assert (refused.status, refused.values) == ("refused", {})
    assert refused.text == "needs the area: layer 1 (cathode, NCM811 composite) has none"
    failed = run_analysis(broken.plugin_of(broken.gives_nan), example_inputs("eis"))
    assert failed.status == "failed"
    assert "an estimate must be finite, got nan" in failed.text


def test_several_analyses_are_told_apart_by_name() -> None:
    both = broken.plugin_with(
        "register_analyses",
        *broken.plugin_of(broken.sound).register_analyses(),
        *broken.plugin_of(broken.sound, name="another").register_analyses(),
    )
    with pytest.raises(ValueError, match="say which analysis of described by `name`: there are typical-resistance, an"):
        run_analysis(both, example_inputs("eis"))
    assert run_analysis(both, example_inputs("eis"), name="another").status == "done"


def test_a_plugin_the_registry_would_refuse_is_not_run() -> None:
    plugin = broken.plugin_of(broken.sound, techniques=("divination",))
    with pytest.raises(ValueError, match="is not sound: register_analyses: the analysis"):
        run_analysis(plugin, example_inputs("eis"))


def test_takes_inputs_made_by_hand() -> None:
    inputs = Inputs({"layers.count": 0}, parameters={"share": 1.0})
    assert run_analysis(broken.plugin_of(broken.sound), inputs).text == "needs a spectrum: no data are attached"
    with pytest.raises(ValueError, match="parameters go with example inputs"):
        run_analysis(broken.plugin_of(broken.sound), inputs, parameters={"share": 2.0})


def test_reads_the_measurements_of_a_whole_cell() -> None:
    (analysis,) = broken.plugin_of(broken.sound).register_analyses()
    ended = observe(analysis, example_cell("eis").for_analysis(analysis)).ended
    assert ended.text == "needs a spectrum: no data are attached"


@pytest.mark.parametrize("run", [broken.changes_directory, broken.sets_the_environment, broken.silences_numpy])
def test_what_an_analysis_changed_is_put_back(run: object) -> None:
    before = os.getcwd(), dict(os.environ), np.geterr()
    (analysis,) = broken.plugin_of(run).register_analyses()
    assert observe(analysis, example_inputs("eis").for_analysis(analysis)).fault
    assert (os.getcwd(), dict(os.environ), np.geterr()) == before


def imports_a_library(inputs: Inputs) -> object:
    __import__("quiet_library")
    return broken.sound(inputs)


def test_a_library_imported_for_the_first_time_may_add_filters_of_warnings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "quiet_library.py").write_text("import warnings\nwarnings.filterwarnings('ignore', 'quiet')\n")
    monkeypatch.syspath_prepend(tmp_path)
    (analysis,) = broken.plugin_of(imports_a_library).register_analyses()
    assert observe(analysis, example_inputs("eis").for_analysis(analysis)).fault == ""
