"""A change marks exactly the results whose inputs it changed."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from registry.contract.estimate_encoding import fact_to_json
from registry.hookspecs import Analysis
from registry.models import AnalysisRun, Cell, Ingredient, Layer, Measurement, Project, Value
from registry.models.record import Record
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.selectors.analysis_inputs.facts import measurement_facts, measurements_with_inputs
from registry.services.cell import save_cell
from registry.services.record import save_formulation, save_record
from registry.services.runs.analysis import run_jobs
from tests import factories

Analyses = dict[str, Analysis]


@pytest.fixture
def cell(project: Project, analyses: Analyses) -> Cell:
    """Two analyses have run on it: one read the thickness, the other the stack pressure."""
    cell = factories.make_pellet(project)
    factories.make_measurement(cell, technique="eis", stack_pressure="10 MPa")
    run_all()
    return cell


def run_all() -> list[AnalysisRun]:
    return run_jobs(list_due_jobs(Measurement.objects.all()), by=None)


def stale() -> list[str]:
    marked = AnalysisRun.objects.filter(is_latest=True, stale_since__isnull=False)
    return sorted(marked.values_list("analysis", flat=True))


def set_layer(cell: Cell, **fields: str) -> None:
    layer = cell.layers.get()
    for name, text in fields.items():
        setattr(layer, name, text)
    save_record(layer, by=None)


def test_a_thickness_marks_what_read_it_and_nothing_else(cell: Cell) -> None:
    set_layer(cell, thickness="610 µm")
    assert stale() == ["doubled-thickness"]


def test_the_same_through_the_whole_cell(cell: Cell) -> None:
    layer = cell.layers.get()
    layer.thickness = "610 µm"
    save_cell(cell, [layer], by=None)
    assert stale() == ["doubled-thickness"]


def test_restoring_the_thickness_takes_the_mark_off(cell: Cell) -> None:
    set_layer(cell, thickness="610 µm")
    set_layer(cell, thickness="0.600 mm")
    assert stale() == []


def test_more_digits_of_the_same_number_are_another_input(cell: Cell) -> None:
    set_layer(cell, thickness="600.0 µm")
    assert stale() == ["doubled-thickness"]


@pytest.mark.parametrize("field", ["area", "mass_loading"])
def test_a_fact_nobody_read_marks_nothing(cell: Cell, field: str) -> None:
    set_layer(cell, **{field: {"area": "0.785 cm²", "mass_loading": "12 mg/cm²"}[field]})
    assert stale() == []


def test_a_label_marks_nothing(cell: Cell) -> None:
    cell.label = "Renamed"
    save_record(cell, by=None)
    assert stale() == []


def test_a_condition_marks_what_read_it(cell: Cell) -> None:
    measurement = cell.measurements.get()
    measurement.stack_pressure = "12 MPa"
    save_record(measurement, by=None)
    assert stale() == ["pressure-above-ambient"]


def test_another_technique_takes_what_is_not_for_it_out_of_use(cell: Cell) -> None:
    measurement = cell.measurements.get()
    measurement.technique = "cycling"
    save_record(measurement, by=None)
    assert not AnalysisRun.objects.filter(is_latest=True).exists()
    assert not Value.objects.filter(is_latest=True).exists()
    assert AnalysisRun.objects.count() == 2
    measurement.technique = "eis"
    save_record(measurement, by=None)
    assert stale() == []


def test_a_condition_of_another_measurement_marks_nothing(cell: Cell) -> None:
    other = factories.make_measurement(cell, technique="eis", stack_pressure="20 MPa")
    other.stack_pressure = "21 MPa"
    save_record(other, by=None)
    assert stale() == []


def test_a_change_on_one_cell_leaves_another_alone(cell: Cell, project: Project) -> None:
    other = factories.make_pellet(project)
    factories.make_measurement(other, technique="eis", stack_pressure="5 MPa")
    run_all()
    set_layer(other, thickness="500 µm")
    assert [run.cell for run in AnalysisRun.objects.filter(stale_since__isnull=False)] == [other]


def test_only_what_is_stale_runs_again_and_the_old_run_stays(cell: Cell) -> None:
    set_layer(cell, thickness="610 µm")
    (run,) = run_all()
    assert (run.analysis, run.values.get().magnitude) == ("doubled-thickness", 1220.0)
    assert stale() == []
    old = AnalysisRun.objects.get(analysis="doubled-thickness", is_latest=False)
    assert old.inputs["layers.1.thickness_um"][0] == 600.0
    assert old.values.get().magnitude == 1200.0


def test_a_refusal_is_retried_once_its_input_is_there(project: Project, analyses: Analyses) -> None:
    pellet = factories.make_pellet(project, thickness="")
    factories.make_measurement(pellet, technique="eis")
    run_all()
    set_layer(pellet, thickness="600 µm")
    assert stale() == ["doubled-thickness"]
    (run,) = run_all()
    assert run.status == "done"


def test_removing_the_layer_marks_what_read_it(cell: Cell) -> None:
    save_cell(cell, [], by=None)
    assert stale() == ["doubled-thickness"]


def test_a_second_layer_marks_what_counted_them(cell: Cell, project: Project) -> None:
    second = Layer(position=2, role="anode", material=factories.make_material(project))
    save_cell(cell, [*cell.layers.all(), second], by=None)
    assert stale() == ["doubled-thickness"]


@pytest.mark.parametrize("change", ["material", "ingredient", "setup"])
def test_a_record_far_from_the_cell_reaches_its_runs(project: Project, change: str) -> None:
    """The capacity of the active material, its fraction and the die's diameter are facts of the measurement."""
    active = factories.make_material(project, theoretical_capacity="275 mAh/g")
    rest = factories.make_material(project, kind="solid_electrolyte")
    composite = factories.make_formulation(project, (active, "active", "80 %"), (rest, "electrolyte", ""))
    setup = factories.make_setup(project)
    layer = Layer(position=1, role="cathode", formulation=composite, mass_loading="11.2 mg/cm²", area="9.0 cm²")
    measurement = factories.make_measurement(factories.make_cell(project, [layer]), setup=setup)
    reads = {
        "material": "layers.1.theoretical_capacity_mah_g",
        "ingredient": "layers.1.active_fraction_percent",
        "setup": "setup.die_diameter_mm",
    }
    run = _a_run_that_read(measurement, *reads.values())
    changes: dict[str, Callable[[], object]] = {
        "material": lambda: _set(active, theoretical_capacity="280 mAh/g"),
        "ingredient": lambda: save_formulation(
            composite, [_changed(ingredient, active="90 %") for ingredient in composite.ingredients.all()], by=None
        ),
        "setup": lambda: _set(setup, die_diameter="13 mm (exact)"),
    }
    changes[change]()
    run.refresh_from_db()
    assert run.stale_since is not None


def _a_run_that_read(measurement: Measurement, *paths: str) -> AnalysisRun:
    facts = measurement_facts(measurements_with_inputs([measurement.pk])[0])
    now = timezone.now()
    run = AnalysisRun(
        cell=measurement.cell,
        measurement=measurement,
        analysis="reader",
        plugin="test",
        version="1",
        inputs={path: fact_to_json(facts[path]) for path in paths},
        inputs_hash="0",
        status="done",
        started_at=now,
        finished_at=now,
    )
    run.save()
    return run


def _changed(ingredient: Ingredient, *, active: str) -> Ingredient:
    if ingredient.role == "active":
        ingredient.mass_fraction = active
    return ingredient


def _set(record: Record, **fields: str) -> None:
    for name, text in fields.items():
        setattr(record, name, text)
    save_record(record, by=None)
