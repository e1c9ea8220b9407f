"""Analyses of a plugin over its own technique, condition and quantities run in their own process as here.

The plugins are those of tests/data/raman.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from registry import plugin_loading
from registry.hookspecs import Analysis
from registry.models import AnalysisRun, Cell, Measurement, Project
from registry.sandbox.plugin_set import load_plugins
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.services.runs.analysis import analysis_batch, run_jobs
from tests import factories

PLUGINS = Path(__file__).parent.parent / "data" / "raman"
ANALYSES = ["raman-peak", "raman-power-shift", "raman-power-shift-cell", "laser-damage"]


@pytest.fixture
def use_plugins(settings: LazySettings, tmp_path: Path) -> Iterator[Callable[[bool], None]]:
    """Load the plugins, or remove them."""
    directory = tmp_path / "plugins"
    shutil.copytree(PLUGINS, directory, ignore=shutil.ignore_patterns("__pycache__"))

    def use(is_present: bool) -> None:
        settings.REGISTRY_PLUGINS_DIR = str(directory) if is_present else ""
        assert plugin_loading.load().problems == []

    use(True)
    yield use
    use(False)


@pytest.fixture
def cell(use_plugins: Callable[[bool], None], public_project: Project) -> Cell:
    """A cell with a peak at 250, 249 and 248 cm⁻¹ at 1, 2 and 3 mW."""
    cell = factories.make_cell(public_project)
    for power in (1, 2, 3):
        factories.make_measurement(cell, technique="raman", laser_power_mw=f"{power} mW")
    run_jobs(list_due_jobs(Measurement.objects.all(), names=ANALYSES), by=None)
    return cell


@pytest.mark.usefixtures("use_plugins")
def test_the_process_of_runs_knows_what_this_one_does() -> None:
    plugins = plugin_loading.current()
    loaded = load_plugins(plugin_loading.plugin_set().key)
    for kind in ("analyses", "readers", "techniques", "layer_roles", "conditions"):
        assert getattr(loaded, kind).keys() == getattr(plugins, kind).keys()


def test_an_analysis_over_the_condition_of_another_plugin_runs(cell: Cell) -> None:
    run = AnalysisRun.objects.get(cell=cell, is_latest=True, analysis="laser-damage")
    assert (run.status, run.messages) == ("done", [])
    assert [(value.quantity, value.magnitude) for value in run.values.all()] == [("raman_power_shift_per_cm_mw", 1)]
    curve = run.curves.get()
    assert (curve.x_quantity, curve.y_quantity) == ("laser_power_mw", "raman_peak_position_per_cm")


def test_an_analysis_over_the_condition_of_its_own_plugin_runs(cell: Cell) -> None:
    run = AnalysisRun.objects.get(cell=cell, is_latest=True, analysis="raman-power-shift")
    assert [message["code"] for message in run.messages] == ["too-few-positions"]


def test_an_analysis_its_process_does_not_have_is_reported_as_such(cell: Cell) -> None:
    def run(inputs: object) -> None: ...

    unknown = Analysis(
        name="of-no-plugin", version="1", title="Unknown", description="", techniques=("eis",), outputs=(), run=run
    )
    with analysis_batch() as batch:
        result = batch.run(unknown, {}, {})
    assert (result.status, [message.code for message in result.messages]) == ("failed", ["analysis-not-loaded"])
