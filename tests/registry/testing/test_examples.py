import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from analyses.transport.activation_energy import activation_energy
from registry.contract.builtin_vocabulary import BUILTIN_TECHNIQUES
from registry.contract.inputs import REPORTED_KEYS
from registry.models import Layer, Project
from registry.models.condition import condition_slugs
from registry.selectors.analysis_inputs.facts import measurement_facts, measurements_with_inputs
from registry.testing import example_cell, example_forms, example_inputs
from registry.testing.examples import EXAMPLES_VERSION
from registry.testing.golden import differences, extent
from tests import factories

ROOT = Path(__file__).parents[3]
FORMS = [
    (technique, form) for technique in (item.slug for item in BUILTIN_TECHNIQUES) for form in example_forms(technique)
]
EXAMPLES_FILE = Path(__file__).with_name("examples.json")


@pytest.mark.parametrize(("technique", "form"), FORMS)
def test_every_technique_has_complete_inputs(technique: str, form: str) -> None:
    inputs = example_inputs(technique, form=form)
    assert inputs.technique == technique
    assert all(layer.quantity("thickness_um") and layer.quantity("area_cm2") for layer in inputs.layers)
    assert inputs.condition("temperature_degc")
    assert inputs.setup("die_diameter_mm")


@pytest.mark.parametrize(("technique", "form"), FORMS)
def test_columns_are_finite_reproducible_and_of_equal_length(technique: str, form: str) -> None:
    columns = example_inputs(technique, form=form).columns
    again = example_inputs(technique, form=form).columns
    assert len({column.size for column in columns.values()}) <= 1
    for name, column in columns.items():
        assert np.isfinite(column).all()
        assert np.array_equal(column, again[name])


def extents() -> Iterator[tuple[str, object]]:
    for technique, form in FORMS:
        inputs = example_inputs(technique, form=form)
        numbers = {
            path: list(fact) if isinstance(fact, tuple) else getattr(fact, "magnitude", fact)
            for path, fact in inputs.facts.items()
        }
        yield f"{technique}, {form}", numbers | {name: extent(column) for name, column in inputs.columns.items()}


def test_numbers_change_only_with_the_version() -> None:
    """Written by `python -m tests.registry.testing.test_examples`."""
    stored = json.loads(EXAMPLES_FILE.read_text())
    changes = differences(stored["examples"], dict(extents()))
    assert not changes or stored["version"] != EXAMPLES_VERSION, f"raise EXAMPLES_VERSION or undo: {changes[:3]}"
    assert stored["version"] == EXAMPLES_VERSION


def test_refuses_unknown_techniques_and_forms() -> None:
    with pytest.raises(ValueError, match=r"‘impedance’.* eis, "):
        example_inputs("impedance")
    with pytest.raises(ValueError, match=r"eis .*‘arc’.* pellet, "):
        example_inputs("eis", form="arc")


def test_example_cell_is_a_temperature_series_with_known_activation_energy() -> None:
    spectra = example_cell("eis").measurements("eis")
    temperature = [spectrum.condition("temperature_degc") for spectrum in spectra]
    sigma = [spectrum.computed("ionic_conductivity_s_cm") for spectrum in spectra]
    assert [spectrum.refcode for spectrum in spectra] == [f"M-0000{number}" for number in range(1, 6)]
    fit = activation_energy(
        np.array([value.magnitude for value in temperature if value]),
        np.array([value.magnitude for value in sigma if value]),
    )
    assert fit.activation_energy_ev.magnitude == pytest.approx(0.35)


def test_example_cell_can_have_several_techniques() -> None:
    cell = example_cell("cycling", "eis", count=3)
    assert [measurement.refcode for measurement in cell.measurements("eis")] == ["M-00004", "M-00005", "M-00006"]
    assert {layer.role for layer in cell.layers} == {"cathode", "separator", "anode"}


def test_facts_are_those_of_the_registry(project: Project) -> None:
    electrolyte = factories.make_material(project, kind="solid_electrolyte")
    lithium = factories.make_material(project)
    cathode = factories.make_formulation(project, (lithium, "active", "70 wt%"), (electrolyte, "electrolyte", "30 wt%"))
    layers = [
        Layer(position=1, role="cathode", formulation=cathode),
        Layer(position=2, role="separator", material=electrolyte),
        Layer(position=3, role="anode", material=lithium),
    ]
    cell = factories.make_cell(project, layers)
    setup = factories.make_setup(project)
    measurement = factories.make_measurement(cell, technique="cycling", setup=setup)
    factories.report(measurement, "discharge_capacity_mah", "1.32 mAh")
    (fetched,) = measurements_with_inputs([measurement.pk])
    others = ("reported", "computed", "dataset")
    paths = {path for path in example_inputs("cycling").facts if not path.startswith(others)}
    assert set(measurement_facts(fetched)) - {"reported.discharge_capacity_mah", REPORTED_KEYS} == paths
    assert {f"measurement.{slug}" for slug in condition_slugs()} <= paths


def test_does_not_need_django_or_a_database() -> None:
    code = (
        "import sys; from registry.testing import assert_plugin_conforms, run_analysis, example_inputs; "
        "from plugins import energy_density; run_analysis(energy_density, example_inputs('cycling')); "
        "assert 'django' not in sys.modules"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=ROOT, check=True)


if __name__ == "__main__":
    EXAMPLES_FILE.write_text(json.dumps({"version": EXAMPLES_VERSION, "examples": dict(extents())}, indent=1) + "\n")
