"""What becomes of numbers that were entered when only their magnitude was stored."""

from typing import Any

import pytest
from django.utils import timezone

from tests.registry.migrations.conftest import Schema

pytestmark = pytest.mark.slow  # replaced by a squashed migration, so it does not change any more

BEFORE = "0023_lists_of_refcodes"
AFTER = "0026_bounds_of_values_checked"


def make_cell(apps: Any) -> Any:
    project = apps.get_model("registry", "Project").objects.create(slug="lab", name="Lab")
    cell = apps.get_model("registry", "Cell").objects.create(
        refcode="C-00001", label="a", label_key="a", format="die", project=project,
        fabrication_pressure="≥360 MPa", fabrication_pressure_mpa=360.0,
    )  # fmt: skip
    material = apps.get_model("registry", "Material").objects.create(
        project=project, name="LPSCl", name_key="lpscl", kind="solid_electrolyte",
        density="1.64 g/cm³ (inferred)", density_g_cm3=1.64,
    )  # fmt: skip
    apps.get_model("registry", "Layer").objects.create(
        cell=cell, position=1, role="sample", material=material, thickness="<600 µm", thickness_um=600.0,
        area="not reported", mass_loading="~12 mg/cm²", mass_loading_mg_cm2=12.0,
    )  # fmt: skip
    return cell


def add_value(apps: Any, measurement: Any, quantity: str, qualifier: str, written: str, *numbers: float) -> None:
    for name in ("Value", "HistoricalValue"):
        history = {"id": 1, "history_date": timezone.now(), "history_type": "-"} if name != "Value" else {}
        apps.get_model("registry", name).objects.create(
            cell_id=measurement.cell_id, measurement_id=measurement.pk, quantity=quantity, qualifier=qualifier,
            written=written, magnitude=numbers[1], lower=numbers[0], upper=numbers[2], origin="reported",
            created_at=timezone.now(), **history,
        )  # fmt: skip


def add_run(apps: Any, measurement: Any, analysis: str, inputs: dict[str, Any]) -> None:
    now = timezone.now()
    apps.get_model("registry", "AnalysisRun").objects.create(
        cell_id=measurement.cell_id, measurement_id=measurement.pk, analysis=analysis, plugin="p", version="1",
        inputs=inputs, inputs_hash="0", status="done", started_at=now, finished_at=now,
    )  # fmt: skip


REPORTED = [
    ("ionic_conductivity_s_cm", "<", "<1E-10 S/cm", 5e-11, 1e-10, 1.5e-10),
    ("capacity_retention_percent", ">", "at least 80 %", 79.5, 80.0, 80.5),
    ("overpotential_v", "<", "≤4 V", 3.5, 4.0, 4.5),
    ("resistance_ohm", "~", "~100 Ω", 99.5, 100.0, 100.5),
    ("areal_capacity_mah_cm2", "=", "2 mAh/cm²", 1.5, 2.0, 2.5),
    ("of_a_plugin_that_is_gone", ">", "≥ 3 V", 2.5, 3.0, 3.5),
]
BOUNDS = {
    "ionic_conductivity_s_cm": ("<", 0.0, 1e-10),
    "capacity_retention_percent": ("≥", 80.0, None),
    "overpotential_v": ("≤", None, 4.0),
    "resistance_ohm": ("~", None, None),
    "areal_capacity_mah_cm2": ("=", 1.5, 2.5),
    "of_a_plugin_that_is_gone": ("≥", 3.0, None),
}


def test_old_numbers_get_bounds_and_qualifiers_and_runs_that_read_a_bound_are_due(before: Any, schema: Schema) -> None:
    cell = make_cell(before)
    measurement = before.get_model("registry", "Measurement").objects.create(
        refcode="M-00001", cell=cell, technique="eis", temperature="RT", temperature_degc=25.0,
        stack_pressure="less than 10 MPa", stack_pressure_mpa=10.0,
    )  # fmt: skip
    for number in REPORTED:
        add_value(before, measurement, *number)
    add_run(before, measurement, "of-a-bound", {"layers.1.thickness_um": [600.0, 599.5, 600.5, 0.0, False]})
    add_run(before, measurement, "of-a-number", {"layers.1.thickness_um": [50.0, 49.5, 50.5, 0.0, False]})

    after = schema.migrate(AFTER)

    def columns(model: str, slug: str) -> tuple[Any, ...]:
        names = [slug, *(f"{slug}_{name}" for name in ("qualifier", "lower", "upper", "inferred"))]
        return tuple(after.get_model("registry", model).objects.values_list(*names).get())

    assert columns("Cell", "fabrication_pressure_mpa") == (360.0, "≥", 360.0, None, False)
    assert columns("Layer", "thickness_um") == (600.0, "<", 0.0, 600.0, False)
    assert columns("Layer", "area_cm2") == (None, "=", None, None, False)
    assert columns("Layer", "mass_loading_mg_cm2") == (12.0, "~", None, None, False)
    assert columns("Material", "density_g_cm3") == (1.64, "=", 1.635, 1.645, True)
    assert columns("Measurement", "temperature_degc") == (25.0, "~", 20.0, 30.0, False)
    assert columns("Measurement", "stack_pressure_mpa") == (10.0, "<", 0.0, 10.0, False)
    for name in ("Value", "HistoricalValue"):
        values = after.get_model("registry", name).objects.values_list("quantity", "qualifier", "lower", "upper")
        assert {slug: rest for slug, *rest in values} == {slug: list(rest) for slug, rest in BOUNDS.items()}
    stale = after.get_model("registry", "AnalysisRun").objects.exclude(stale_since=None)
    assert list(stale.values_list("analysis", flat=True)) == ["of-a-bound"]


def test_the_way_back_gives_values_their_rounding_bounds(before: Any, schema: Schema) -> None:
    measurement = before.get_model("registry", "Measurement").objects.create(
        refcode="M-00001", cell=make_cell(before), technique="eis"
    )
    for number in REPORTED[:5]:
        add_value(before, measurement, *number)
    schema.migrate(AFTER)
    values = schema.migrate(BEFORE).get_model("registry", "Value").objects
    rows = values.order_by("pk").values_list("quantity", "qualifier", "written", "lower", "magnitude", "upper")
    assert list(rows) == REPORTED[:5]
