"""A change marks exactly the results whose inputs changed."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from registry.contract.estimate_encoding import fact_to_json
from registry.hookspecs import Analysis
from registry.models import AnalysisRun, Cell, Ingredient, Layer, Measurement, Project, Value
from registry.models.analysis_run import StaleCause
from registry.models.record import Record
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.selectors.analysis_inputs.facts import measurement_facts, measurements_with_inputs
from registry.services.cell import save_cell
from registry.services.measurement import save_measurement
from registry.services.record import save_formulation, save_record
from registry.services.runs.analysis import run_jobs
from registry.services.staleness.staleness import get_input_cause
from tests import factories

Analyses = dict[str, Analysis]


@pytest.fixture
def cell(project: Project, analyses: Analyses) -> Cell:
    """A cell with two finished runs: one read the thickness, the other the stack pressure."""
    cell = factories.make_pellet(project)
    factories.make_measurement(cell, technique="eis", stack_pressure_mpa="10 MPa")
    run_all()
    return cell


def run_all() -> list[AnalysisRun]:
    return run_jobs(list_due_jobs(Measurement.objects.all()), by=None)


def list_stale() -> list[str]:
    marked = AnalysisRun.objects.filter(is_latest=True, stale_since__isnull=False)
    return sorted(marked.values_list("analysis", flat=True))


def set_layer(cell: Cell, **fields: str) -> None:
    layer = cell.layers.get()
    for name, text in fields.items():
        setattr(layer, name, text)
    save_record(layer, by=None)


def test_changed_thickness_marks_only_the_runs_that_read_it(cell: Cell) -> None:
    set_layer(cell, thickness="610 µm")
    assert list_stale() == ["doubled-thickness"]


def test_saving_the_cell_marks_the_same_runs(cell: Cell) -> None:
    layer = cell.layers.get()
    layer.thickness = "610 µm"
    save_cell(cell, [layer], by=None)
    assert list_stale() == ["doubled-thickness"]


def test_restoring_the_thickness_clears_staleness(cell: Cell) -> None:
    set_layer(cell, thickness="610 µm")
    set_layer(cell, thickness="0.600 mm")
    assert list_stale() == []


def test_more_digits_of_the_same_number_are_a_changed_input(cell: Cell) -> None:
    set_layer(cell, thickness="600.0 µm")
    assert list_stale() == ["doubled-thickness"]


@pytest.mark.parametrize("field", ["area", "mass_loading"])
def test_unread_fact_marks_nothing(cell: Cell, field: str) -> None:
    set_layer(cell, **{field: {"area": "0.785 cm²", "mass_loading": "12 mg/cm²"}[field]})
    assert list_stale() == []


def test_changed_label_marks_nothing(cell: Cell) -> None:
    cell.label = "Renamed"
    save_record(cell, by=None)
    assert list_stale() == []


def test_changed_condition_marks_the_runs_that_read_it(cell: Cell) -> None:
    save_measurement(cell.measurements.get(), {"stack_pressure_mpa": "12 MPa"}, by=None)
    assert list_stale() == ["pressure-above-ambient"]


def test_changing_the_technique_retires_results_that_no_longer_apply(cell: Cell) -> None:
    measurement = cell.measurements.get()
    measurement.technique = "cycling"
    save_record(measurement, by=None)
    assert not AnalysisRun.objects.filter(is_latest=True).exists()
    assert not Value.objects.filter(is_latest=True).exists()
    assert AnalysisRun.objects.count() == 2
    measurement.technique = "eis"
    save_record(measurement, by=None)
    assert list_stale() == []


def test_condition_of_another_measurement_marks_nothing(cell: Cell) -> None:
    other = factories.make_measurement(cell, technique="eis", stack_pressure_mpa="20 MPa")
    save_measurement(other, {"stack_pressure_mpa": "21 MPa"}, by=None)
    assert list_stale() == []


def test_change_of_one_cell_does_not_affect_another(cell: Cell, project: Project) -> None:
    other = factories.make_pellet(project)
    factories.make_measurement(other, technique="eis", stack_pressure_mpa="5 MPa")
    run_all()
    set_layer(other, thickness="500 µm")
    assert [run.cell for run in AnalysisRun.objects.filter(stale_since__isnull=False)] == [other]


def test_only_stale_analyses_run_again_and_old_runs_are_kept(cell: Cell) -> None:
    set_layer(cell, thickness="610 µm")
    (run,) = run_all()
    assert (run.analysis, run.values.get().magnitude) == ("doubled-thickness", 1220.0)
    assert list_stale() == []
    old = AnalysisRun.objects.get(analysis="doubled-thickness", is_latest=False)
    assert old.inputs["layers.1.thickness_um"][0] == 600.0
    assert old.values.get().magnitude == 1200.0


def test_refused_run_is_repeated_after_its_input_is_entered(project: Project, analyses: Analyses) -> None:
    pellet = factories.make_pellet(project, thickness="")
    factories.make_measurement(pellet, technique="eis")
    run_all()
    set_layer(pellet, thickness="600 µm")
    assert list_stale() == ["doubled-thickness"]
    (run,) = run_all()
    assert run.status == "done"


def test_removing_a_layer_marks_the_runs_that_read_it(cell: Cell) -> None:
    save_cell(cell, [], by=None)
    assert list_stale() == ["doubled-thickness"]


def test_second_layer_marks_runs_that_read_the_layer_count(cell: Cell, project: Project) -> None:
    second = Layer(position=2, role="anode", material=factories.make_material(project))
    save_cell(cell, [*cell.layers.all(), second], by=None)
    assert list_stale() == ["doubled-thickness"]


@pytest.mark.parametrize("change", ["material", "ingredient", "setup"])
def test_change_of_an_indirectly_used_record_marks_the_run(project: Project, change: str) -> None:
    """Capacity and fraction of the active material and the die diameter are inputs of the measurement."""
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
    run = _make_run(measurement, *reads.values())
    changes: dict[str, Callable[[], object]] = {
        "material": lambda: _update(active, theoretical_capacity="280 mAh/g"),
        "ingredient": lambda: save_formulation(
            composite,
            [_with_active_fraction(ingredient, "90 %") for ingredient in composite.ingredients.all()],
            by=None,
        ),
        "setup": lambda: _update(setup, die_diameter="13 mm (exact)"),
    }
    changes[change]()
    run.refresh_from_db()
    assert run.stale_since is not None


def _make_run(measurement: Measurement, *paths: str) -> AnalysisRun:
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


def _with_active_fraction(ingredient: Ingredient, fraction: str) -> Ingredient:
    if ingredient.role == "active":
        ingredient.mass_fraction = fraction
    return ingredient


def _update(record: Record, **fields: str) -> None:
    for name, text in fields.items():
        setattr(record, name, text)
    save_record(record, by=None)


def test_what_changed_is_recorded_and_cleared(cell: Cell) -> None:
    set_layer(cell, thickness="610 µm")
    assert set(AnalysisRun.objects.values_list("analysis", "stale_because")) == {
        ("doubled-thickness", StaleCause.ENTERED),
        ("pressure-above-ambient", ""),
    }
    set_layer(cell, thickness="0.600 mm")
    assert set(AnalysisRun.objects.values_list("stale_because", "stale_since")) == {("", None)}


@pytest.mark.parametrize(
    ("path", "cause"),
    [
        ("dataset.columns", StaleCause.DATA),
        ("measurements.M-00001.datasets.pressure.count", StaleCause.DATA),
        ("computed.ionic_conductivity_s_cm", StaleCause.RESULT),
        ("members.C-00001.values.resistance_ohm.1", StaleCause.RESULT),
        ("reported.resistance_ohm", StaleCause.ENTERED),
        ("layers.1.thickness_um", StaleCause.ENTERED),
    ],
)
def test_the_path_of_an_input_says_what_changed(path: str, cause: StaleCause) -> None:
    assert get_input_cause(path) == cause
