"""What the database itself refuses, when a save goes past every service and form."""

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from registry.models import AnalysisRun, Cell, Layer, Material, Measurement, Project, Value
from tests import factories


@pytest.fixture
def measurement(project: Project) -> Measurement:
    return factories.make_measurement(factories.make_pellet(project))


def refuses(record: models.Model, constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        record.save()


def raw_value(measurement: Measurement, **fields: object) -> Value:
    number = {"quantity": "resistance_ohm", "magnitude": 2.0, "lower": 1.0, "upper": 3.0, "origin": "reported"}
    return Value(cell=measurement.cell, measurement=measurement, **(number | fields))


@pytest.mark.parametrize("text", ["-600 µm", "0 µm", "NaN µm", "600 mg"])
def test_a_text_that_means_no_thickness_is_not_stored_even_by_save(project: Project, text: str) -> None:
    layer = factories.make_pellet(project).layers.get()
    layer.thickness = text
    with pytest.raises(ValidationError), transaction.atomic():
        layer.save()
    assert Layer.objects.get().thickness == "600 µm"


def test_the_magnitude_follows_the_text_on_every_save(project: Project) -> None:
    layer = factories.make_pellet(project).layers.get()
    layer.thickness_um = -5.0
    layer.save()
    assert Layer.objects.get().thickness_um == 600.0


@pytest.mark.parametrize(
    ("column", "constraint"),
    [
        ("thickness_um", "layer_thickness_um_positive"),
        ("area_cm2", "layer_area_cm2_positive"),
        ("mass_loading_mg_cm2", "layer_mass_loading_mg_cm2_positive"),
    ],
)
def test_a_negative_magnitude_is_refused_below_the_models(project: Project, column: str, constraint: str) -> None:
    factories.make_pellet(project)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        models.QuerySet(Layer).update(**{column: -1.0})


def test_a_layer_is_a_material_or_a_formulation(project: Project) -> None:
    cell = factories.make_pellet(project)
    refuses(Layer(cell=cell, position=2, role="anode"), "layer_is_material_or_formulation")


def test_positions_of_layers_are_unique_and_start_at_one(project: Project) -> None:
    cell = factories.make_pellet(project)
    material = Material.objects.get()
    twice = Layer(cell=cell, position=1, role="anode", material=material)
    with pytest.raises(IntegrityError), transaction.atomic():
        twice.save()
    refuses(Layer(cell=cell, position=0, role="anode", material=material), "layer_position_from_one")


def test_a_literature_cell_has_a_publication(project: Project) -> None:
    refuses(Cell(project=project, label="x", format="die", origin="literature"), "cell_from_literature_has_publication")


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"technique": "divination"}, "measurement_technique_known"),
        ({"voltage_lower": "4.3 V", "voltage_upper": "2.5 V"}, "measurement_voltage_window_ordered"),
    ],
)
def test_a_measurement_that_cannot_be_is_refused(project: Project, fields: dict[str, str], constraint: str) -> None:
    cell = factories.make_cell(project)
    refuses(Measurement(**({"cell": cell, "technique": "cycling"} | fields)), constraint)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"magnitude": float("inf"), "upper": float("inf")}, "value_finite_within_bounds"),
        ({"magnitude": 5.0}, "value_finite_within_bounds"),
        ({"magnitude": None, "lower": None, "upper": None}, "value_number_or_reason"),
        ({"missing": "Coin cell"}, "value_number_or_reason"),
        ({"standard_uncertainty": -1.0}, "value_uncertainty_finite"),
        ({"origin": "computed"}, "value_computed_by_a_run"),
        ({"origin": "guessed"}, "value_(origin_known|computed_by_a_run)"),
    ],
)
def test_a_value_that_cannot_be_is_refused(
    measurement: Measurement, fields: dict[str, object], constraint: str
) -> None:
    refuses(raw_value(measurement, **fields), constraint)


def test_a_value_that_is_not_a_number_is_refused(measurement: Measurement) -> None:
    """SQLite turns NaN into NULL, PostgreSQL holds it above every number: a constraint refuses it on both."""
    nan = float("nan")
    with pytest.raises(IntegrityError), transaction.atomic():
        raw_value(measurement, magnitude=nan, lower=nan, upper=nan).save()
    assert not Value.objects.exists()


def test_one_latest_report_of_a_quantity_on_a_measurement(measurement: Measurement) -> None:
    raw_value(measurement).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        raw_value(measurement).save()
    raw_value(measurement, is_latest=False).save()


def test_one_latest_run_of_an_analysis_on_a_measurement(measurement: Measurement) -> None:
    now = timezone.now()
    fields = {
        "cell": measurement.cell,
        "measurement": measurement,
        "analysis": "a",
        "plugin": "p",
        "version": "1",
        "inputs_hash": "0",
        "status": "done",
        "started_at": now,
        "finished_at": now,
    }
    AnalysisRun(**fields).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        AnalysisRun(**fields).save()


def test_a_material_is_no_variant_of_itself(project: Project) -> None:
    material = factories.make_material(project)
    material.variant_of = material
    refuses(material, "material_not_its_own_variant")
    with pytest.raises(ValidationError, match="is itself a variant"):
        material.full_clean()


def test_a_ring_of_variants_is_refused(project: Project) -> None:
    first = factories.make_material(project, "First")
    second = factories.make_material(project, "Second", variant_of=first)
    first.variant_of = second
    with pytest.raises(ValidationError, match="is itself a variant of"):
        first.full_clean()


def test_every_constraint_and_index_has_a_name_of_its_own() -> None:
    named = [
        constraint.name
        for model in apps.get_app_config("registry").get_models()
        for constraint in (*model._meta.constraints, *model._meta.indexes)
    ]
    assert len(named) == len(set(named)) > 40
