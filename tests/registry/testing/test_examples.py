import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from analyses.transport.activation_energy import activation_energy
from registry.hookspecs import TECHNIQUES
from registry.models import Layer, Project
from registry.selectors.analysis_inputs.facts import CONDITION_FIELDS, measurement_facts, measurements_with_inputs
from registry.testing import example_cell, example_forms, example_inputs
from registry.testing.examples import EXAMPLES_VERSION
from registry.testing.golden import differences, extent
from tests import factories

ROOT = Path(__file__).parents[3]
FORMS = [(technique, form) for technique in TECHNIQUES for form in example_forms(technique)]
KEPT = Path(__file__).with_name("examples.json")


@pytest.mark.parametrize(("technique", "form"), FORMS)
def test_every_technique_has_complete_inputs(technique: str, form: str) -> None:
    inputs = example_inputs(technique, form=form)
    assert inputs.technique == technique
    assert all(layer.quantity("thickness_um") and layer.quantity("area_cm2") for layer in inputs.layers)
    assert inputs.condition("temperature_degc")
    assert inputs.setup("die_diameter_mm")


@pytest.mark.parametrize(("technique", "form"), FORMS)
def test_columns_are_of_one_length_finite_and_the_same_again(technique: str, form: str) -> None:
    columns = example_inputs(technique, form=form).columns
    again = example_inputs(technique, form=form).columns
    assert len({column.size for column in columns.values()}) <= 1
    for name, column in columns.items():
        assert np.isfinite(column).all()
        assert np.array_equal(column, again[name])


def extents() -> Iterator[tuple[str, object]]:
    for technique, form in FORMS:
        inputs = example_inputs(technique, form=form)
        numbers = {path: getattr(fact, "magnitude", fact) for path, fact in inputs.facts.items()}
        yield f"{technique}, {form}", numbers | {name: extent(column) for name, column in inputs.columns.items()}


def test_the_numbers_change_with_the_version_alone() -> None:
    """Written by `python -m tests.registry.testing.test_examples`."""
    kept = json.loads(KEPT.read_text())
    moved = differences(kept["examples"], dict(extents()))
    assert not moved or kept["version"] != EXAMPLES_VERSION, f"raise EXAMPLES_VERSION or undo: {moved[:3]}"
    assert kept["version"] == EXAMPLES_VERSION


def test_an_unknown_technique_and_an_unknown_form_are_named_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="there is no technique ‘impedance’: there are eis, "):
        example_inputs("impedance")
    with pytest.raises(ValueError, match="eis has no form ‘arc’: there are pellet, "):
        example_inputs("eis", form="arc")


def test_a_whole_cell_is_a_temperature_series_with_the_activation_energy_it_was_made_with() -> None:
    spectra = example_cell("eis").measurements("eis")
    temperature = [item.condition("temperature_degc") for item in spectra]
    sigma = [entry.computed("ionic_conductivity_s_cm") for entry in spectra]
    assert [element.refcode for element in spectra] == [f"M-0000{number}" for number in range(1, 6)]
    found = activation_energy(
        np.array([member.magnitude for member in temperature if member]),
        np.array([each.magnitude for each in sigma if each]),
    )
    assert found.activation_energy_ev.magnitude == pytest.approx(0.35)


def test_a_whole_cell_may_have_several_techniques() -> None:
    cell = example_cell("cycling", "eis", count=3)
    assert [measurement.refcode for measurement in cell.measurements("eis")] == ["M-00004", "M-00005", "M-00006"]
    assert {layer.role for layer in cell.layers} == {"cathode", "separator", "anode"}


def test_has_the_facts_the_registry_gives_and_no_others(project: Project) -> None:
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
    made = {path for path in example_inputs("cycling").facts if not path.startswith(("reported", "computed"))}
    assert set(measurement_facts(fetched)) - {"reported.discharge_capacity_mah"} == made - {"dataset.sha256"}
    assert {f"measurement.{slug}" for slug in CONDITION_FIELDS} <= made


def test_needs_neither_django_nor_a_database() -> None:
    code = (
        "import sys; from registry.testing import assert_plugin_conforms, run_analysis, example_inputs; "
        "from plugins import energy_density; run_analysis(energy_density, example_inputs('cycling')); "
        "assert 'django' not in sys.modules"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=ROOT, check=True)


if __name__ == "__main__":
    KEPT.write_text(json.dumps({"version": EXAMPLES_VERSION, "examples": dict(extents())}, indent=1) + "\n")
