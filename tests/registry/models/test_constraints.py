"""Database constraints, with services and forms bypassed."""

from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry.models import AnalysisRun, Cell, Condition, Layer, Material, Measurement, Project, Value
from tests import factories


@pytest.fixture
def measurement(project: Project) -> Measurement:
    return factories.make_measurement(factories.make_pellet(project))


def assert_violates(record: models.Model, constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        record.save()


def raw_value(measurement: Measurement, **fields: object) -> Value:
    number = {"quantity": "resistance_ohm", "magnitude": 2.0, "lower": 1.0, "upper": 3.0, "origin": "reported"}
    return Value(cell=measurement.cell, measurement=measurement, **(number | fields))


@pytest.mark.parametrize("text", ["-600 µm", "0 µm", "NaN µm", "600 mg"])
def test_save_refuses_an_invalid_thickness(project: Project, text: str) -> None:
    layer = factories.make_pellet(project).layers.get()
    layer.thickness = text
    with pytest.raises(ValidationError), transaction.atomic():
        layer.save()
    assert Layer.objects.get().thickness == "600 µm"


def test_save_sets_the_magnitude_from_the_text(project: Project) -> None:
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
def test_the_database_refuses_a_negative_magnitude(project: Project, column: str, constraint: str) -> None:
    factories.make_pellet(project)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        models.QuerySet(Layer).update(**{column: -1.0})


def test_a_layer_is_a_material_or_a_formulation(project: Project) -> None:
    cell = factories.make_pellet(project)
    assert_violates(Layer(cell=cell, position=2, role="anode"), "layer_is_material_or_formulation")


def test_positions_of_layers_are_unique_and_start_at_one(project: Project) -> None:
    cell = factories.make_pellet(project)
    material = Material.objects.get()
    duplicate = Layer(cell=cell, position=1, role="anode", material=material)
    with pytest.raises(IntegrityError), transaction.atomic():
        duplicate.save()
    assert_violates(Layer(cell=cell, position=0, role="anode", material=material), "layer_position_from_one")


def test_a_literature_cell_has_a_publication(project: Project) -> None:
    assert_violates(
        Cell(project=project, label="x", format="die", origin="literature"), "cell_from_literature_has_publication"
    )


@pytest.mark.parametrize("fields", [{"magnitude": None}, {"magnitude": 10.0, "missing": "Coin cell"}])
def test_a_condition_is_a_number_or_a_reason(project: Project, fields: dict[str, Any]) -> None:
    measurement = factories.make_measurement(factories.make_cell(project))
    condition = Condition(measurement=measurement, quantity="stack_pressure_mpa", written="10 MPa", **fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        condition.save()


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
def test_an_invalid_value_is_refused(measurement: Measurement, fields: dict[str, object], constraint: str) -> None:
    assert_violates(raw_value(measurement, **fields), constraint)


def test_a_nan_value_is_refused(measurement: Measurement) -> None:
    """SQLite stores NaN as NULL and PostgreSQL sorts it above every number; constraints refuse both."""
    nan = float("nan")
    with pytest.raises(IntegrityError), transaction.atomic():
        raw_value(measurement, magnitude=nan, lower=nan, upper=nan).save()
    assert not Value.objects.exists()


def test_a_quantity_has_one_latest_report_per_measurement(measurement: Measurement) -> None:
    raw_value(measurement).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        raw_value(measurement).save()
    raw_value(measurement, is_latest=False).save()


def test_an_analysis_has_one_latest_run_per_measurement(measurement: Measurement) -> None:
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


def test_a_material_is_not_a_variant_of_itself(project: Project) -> None:
    material = factories.make_material(project)
    material.variant_of = material
    assert_violates(material, "material_not_its_own_variant")
    with pytest.raises(ValidationError, match="variant of"):
        material.full_clean()


def test_a_cycle_of_variants_is_refused(project: Project) -> None:
    first = factories.make_material(project, "First")
    second = factories.make_material(project, "Second", variant_of=first)
    first.variant_of = second
    with pytest.raises(ValidationError, match="variant of"):
        first.full_clean()


def test_constraint_and_index_names_are_unique() -> None:
    named = [
        constraint.name
        for model in apps.get_app_config("registry").get_models()
        for constraint in (*model._meta.constraints, *model._meta.indexes)
    ]
    assert len(named) == len(set(named)) > 40


def test_all_checks_take_one_query_if_they_hold(project: Project) -> None:
    cell = factories.make_cell(project)
    checks = [item for item in Cell._meta.constraints if isinstance(item, models.CheckConstraint)]
    assert len(checks) > 3
    with CaptureQueriesContext(connection) as queries:
        cell.validate_constraints()
    asked = [query for query in queries if "_check" in query["sql"]]
    assert len(asked) == 1


def test_each_check_that_fails_has_its_message(project: Project) -> None:
    cell = factories.make_cell(project)
    cell.footprint_cm2, cell.packaging_mass_mg, cell.origin = -1.0, -1.0, "literature"
    with pytest.raises(ValidationError) as error:
        cell.validate_constraints()
    assert len(error.value.messages) == 3
