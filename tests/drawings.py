"""Runs of an analysis that draws every kind of plot."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.test import override_settings

from registry import plugin_loading
from registry.models import AnalysisRun, Project
from registry.services.runs.analysis import run_analysis
from tests import factories
from tests.plugin_directory import directory_with

PLUGIN = Path(__file__).parent / "data" / "plots" / "draws_every_kind.py"


@contextmanager
def drawing_plugin() -> Iterator[None]:
    """Load the plugin from a directory of its own."""
    with override_settings(REGISTRY_BUILTIN_PLUGINS="", REGISTRY_PLUGINS_DIR=str(directory_with(PLUGIN))):
        plugin_loading.load()
        yield
    plugin_loading.load()


def draw_every_kind(project: Project, *, times: int = 1) -> list[AnalysisRun]:
    """Run it on measurements of one cell, in the sandbox."""
    cell = factories.make_pellet(project)
    analysis = plugin_loading.current().analyses["every-kind"]
    measurements = [factories.make_measurement(cell, technique="eis", label=f"{n}") for n in range(times)]
    return [run_analysis(measurement=measurement, analysis=analysis, by=None) for measurement in measurements]
