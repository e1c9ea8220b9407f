"""A number that is only a bound never reaches an analysis as if it were the number."""

from typing import Any

import pytest

from analyses.uncertainty import Estimate
from registry.models import AnalysisRun, Layer, Measurement, Project
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.selectors.analysis_inputs.facts import Facts, measurement_facts, measurements_with_inputs
from registry.services.runs.analysis import run_jobs
from tests import factories

CONDUCTIVITY = "electronic_conductivity_s_cm"


def facts_of(measurement: Measurement) -> Facts:
    (loaded,) = measurements_with_inputs([measurement.pk])
    return measurement_facts(loaded)


def make_measurement(project: Project, setup: dict[str, str] | None = None, **layer: str) -> Measurement:
    """A pellet of 600 µm and 10 mm with a reported resistance of 1000 Ω."""
    cell = factories.make_pellet(project, **layer)
    hardware = factories.make_setup(project, blocks="ions", **(setup or {}))
    measurement = factories.make_measurement(cell, technique="chronoamperometry", setup=hardware)
    factories.report(measurement, "resistance_ohm", "1000 Ω")
    return measurement


def run_all(measurement: Measurement) -> AnalysisRun:
    run_jobs(list_due_jobs(Measurement.objects.filter(pk=measurement.pk)), by=None)
    return AnalysisRun.objects.get(measurement=measurement, analysis="electronic-conductivity", is_latest=True)


@pytest.mark.parametrize("sign", ["<", "≤", ">", "≥"])
def test_facts_hold_a_bound_as_its_text(project: Project, sign: str) -> None:
    material = factories.make_material(project, density=f"{sign}2 g/cm³", theoretical_capacity=f"{sign}200 mAh/g")
    layer = Layer(
        position=1, role="cathode", material=material, thickness=f"{sign}50 µm", area=f"{sign}1 cm²",
        mass_loading=f"{sign}10 mg/cm²", apparent_density=f"{sign}1.5 g/cm³",
    )  # fmt: skip
    cell = factories.make_cell(project, [layer], fabrication_pressure=f"{sign}300 MPa", footprint=f"{sign}20 cm²")
    setup = factories.make_setup(project, die_diameter=f"{sign}10 mm")
    measurement = factories.make_measurement(
        cell, setup=setup, temperature_degc=f"{sign}60 °C", stack_pressure_mpa=f"{sign}5 MPa", cycle_number="20"
    )
    factories.report(measurement, "capacity_retention_percent", f"{sign}80 %")
    facts = facts_of(measurement)
    bounds = {path: fact for path, fact in facts.items() if isinstance(fact, str) and fact.startswith(sign)}
    assert bounds == {
        "cell.fabrication_pressure_mpa": f"{sign}300 MPa",
        "cell.footprint_cm2": f"{sign}20 cm²",
        "measurement.temperature_degc": f"{sign}60 °C",
        "measurement.stack_pressure_mpa": f"{sign}5 MPa",
        "setup.die_diameter_mm": f"{sign}10 mm",
        "reported.capacity_retention_percent": f"{sign}80 %",
        "layers.1.thickness_um": f"{sign}50 µm",
        "layers.1.area_cm2": f"{sign}1 cm²",
        "layers.1.mass_loading_mg_cm2": f"{sign}10 mg/cm²",
        "layers.1.apparent_density_g_cm3": f"{sign}1.5 g/cm³",
        "layers.1.density_g_cm3": f"{sign}2 g/cm³",
        "layers.1.theoretical_capacity_mah_g": f"{sign}200 mAh/g",
    }


def test_an_approximate_number_is_computed_with_and_has_the_rounding_of_its_digits(project: Project) -> None:
    measurement = make_measurement(project, thickness="~600 µm")
    factories.report(measurement, "overpotential_v", "~0.10 V")
    facts = facts_of(measurement)
    assert facts["layers.1.thickness_um"] == Estimate(600.0, 599.5, 600.5)
    assert facts["reported.overpotential_v"] == Estimate(0.1, 0.095, 0.105)


@pytest.mark.parametrize(
    ("fractions", "expected"),
    [
        (("60 %", "20 %"), Estimate(80.0, 79.0, 81.0)),
        (("60 %", "<20 %"), "60 + <20 %"),
        (("<80 %",), "<80 %"),
        (("60 %", ""), None),
    ],
)
def test_a_sum_of_mass_fractions_with_a_bound_is_only_a_bound(
    project: Project, fractions: tuple[str, ...], expected: Any
) -> None:
    ingredients = [(factories.make_material(project), "active", fraction) for fraction in fractions]
    rest = (factories.make_material(project, kind="binder"), "binder", "")
    mix = factories.make_formulation(project, *ingredients, rest)
    cell = factories.make_cell(project, [Layer(position=1, role="cathode", formulation=mix)])
    assert facts_of(factories.make_measurement(cell))["layers.1.active_fraction_percent"] == expected


@pytest.mark.parametrize(
    ("setup", "layer", "read"),
    [
        ({}, {"thickness": "<600 µm"}, "layers.1.thickness_um"),
        ({}, {"area": "≥0.7 cm²"}, "layers.1.area_cm2"),
        ({"die_diameter": "<10 mm"}, {}, "setup.die_diameter_mm"),
    ],
)
def test_no_conductivity_of_a_bound(project: Project, setup: dict[str, str], layer: dict[str, str], read: str) -> None:
    run = run_all(make_measurement(project, setup, **layer))
    assert (run.status, run.messages[0]["code"]) == ("refused", "only-a-bound")
    assert isinstance(run.inputs[read], str)
    assert not run.values.filter(is_latest=True, magnitude__isnull=False).exists()


def test_the_conductivity_of_numbers_is_computed(project: Project) -> None:
    assert run_all(make_measurement(project)).values.get(quantity=CONDUCTIVITY).magnitude > 0
