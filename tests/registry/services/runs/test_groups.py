"""Runs on groups of cells: one result each, stale exactly when what it read of a cell changed."""

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry import plugin_loading
from registry.models import Cell, CellGroup, GroupMember, GroupRun, GroupValue, Measurement, Project, Value
from registry.models.message_code import MessageCode
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.selectors.analysis_inputs.group_due import list_due_group_jobs
from registry.selectors.analysis_inputs.group_targets import get_group_targets
from registry.services.cell_group import save_group
from registry.services.measurement import save_measurement
from registry.services.record import delete_record, save_record
from registry.services.run_requests import request_group_run
from registry.services.runs.analysis import run_jobs
from registry.services.runs.groups import run_group_analysis, run_group_jobs
from registry.services.runs.queue import do_due_runs
from tests import factories

SIGMA = "ionic_conductivity_s_cm"
NAME = "replicate-statistics"
NUMBERS = ("9 mS/cm (exact)", "10 mS/cm (exact)", "11 mS/cm (exact)")


def make_cell(project: Project, written: str, **conditions: str) -> Cell:
    cell = factories.make_pellet(project)
    conditions = {"temperature_degc": "25 °C", "stack_pressure_mpa": "10 MPa"} | conditions
    factories.report(factories.make_measurement(cell, technique="eis", **conditions), SIGMA, written)
    return cell


@pytest.fixture
def cells(project: Project) -> list[Cell]:
    return [make_cell(project, written) for written in NUMBERS]


@pytest.fixture
def group(project: Project, cells: list[Cell]) -> CellGroup:
    return factories.make_group(project, *cells)


def run(group: CellGroup, name: str = NAME) -> GroupRun:
    return run_group_analysis(group=group, analysis=plugin_loading.current().analyses[name], by=None)


def sigma_of(cell: Cell) -> Measurement:
    measurement: Measurement = cell.measurements.get()
    return measurement


def stale(group: CellGroup) -> bool:
    return GroupRun.objects.get(group=group, analysis=NAME, is_latest=True).stale_since is not None


def test_the_mean_of_replicates_is_stored_with_its_conditions(group: CellGroup) -> None:
    done = run(group)
    (value,) = done.values.all()
    assert (done.status, value.quantity) == ("done", SIGMA)
    assert value.magnitude == pytest.approx(0.010)
    assert value.standard_uncertainty == pytest.approx(0.001 / 3**0.5)
    assert value.degrees_of_freedom == 2
    assert value.conditions == {"technique": "eis", "temperature_degc": "25", "stack_pressure_mpa": "10"}
    assert done.curves.count() == 1
    assert set(MessageCode.objects.filter(group_run=done).values_list("code", flat=True)) == {"scatter-between-cells"}


def test_no_value_of_a_cell_comes_from_its_group(group: CellGroup) -> None:
    run(group)
    assert Value.objects.filter(is_latest=True).count() == len(NUMBERS)


def test_values_of_other_conditions_are_not_mixed(project: Project, cells: list[Cell]) -> None:
    warm = make_cell(project, "30 mS/cm", temperature_degc="60 °C")
    (value,) = run(factories.make_group(project, *cells, warm)).values.all()
    assert value.magnitude == pytest.approx(0.010)
    assert value.conditions["temperature_degc"] == "25"


def test_each_set_of_conditions_has_a_mean_of_its_own(group: CellGroup, cells: list[Cell]) -> None:
    for cell in cells[:2]:
        warm = factories.make_measurement(cell, technique="eis", temperature_degc="60 °C", stack_pressure_mpa="10 MPa")
        factories.report(warm, SIGMA, "30 mS/cm")
    values = {value.conditions["temperature_degc"]: value.magnitude for value in run(group).values.all()}
    assert values == {"25": pytest.approx(0.010), "60": pytest.approx(0.030)}


def test_two_values_under_equal_conditions_are_not_averaged(group: CellGroup, cells: list[Cell]) -> None:
    again = factories.make_measurement(cells[0], technique="eis", temperature_degc="25 °C", stack_pressure_mpa="10 MPa")
    factories.report(again, SIGMA, "20 mS/cm")
    done = run(group)
    assert set(MessageCode.objects.filter(group_run=done).values_list("code", flat=True)) == {"several-values"}
    assert [value.magnitude for value in done.values.all()] == [None]
    group.parameters = {NAME: {"excluded": again.refcode}}
    save_record(group, by=None)
    assert stale(group)
    assert [value.magnitude for value in run(group).values.all()] == [pytest.approx(0.010)]


def test_a_bound_is_neither_averaged_nor_dropped_silently(project: Project, cells: list[Cell]) -> None:
    group = factories.make_group(project, *cells, make_cell(project, ">1 S/cm"))
    done = run(group)
    assert [value.magnitude for value in done.values.all()] == [None]
    assert set(MessageCode.objects.filter(group_run=done).values_list("code", flat=True)) == {
        "only-bounds-of-some-cells"
    }


def test_a_changed_value_of_a_member_makes_the_results_stale(group: CellGroup, cells: list[Cell]) -> None:
    run(group)
    factories.report(sigma_of(cells[0]), SIGMA, "12 mS/cm")
    assert stale(group)
    due = list_due_group_jobs(CellGroup.objects.all())
    assert [job.reason for job in due if job.analysis.name == NAME] == ["stale"]


def test_a_changed_condition_of_a_member_makes_the_results_stale(group: CellGroup, cells: list[Cell]) -> None:
    run(group)
    save_measurement(sigma_of(cells[0]), {"temperature_degc": "60 °C"}, by=None)
    assert stale(group)


def test_a_value_of_another_cell_leaves_them_fresh(project: Project, group: CellGroup) -> None:
    run(group)
    make_cell(project, "12 mS/cm")
    assert not stale(group)


def test_a_changed_membership_makes_the_results_stale(group: CellGroup) -> None:
    run(group)
    save_group(group, list(group.members.all())[:2], by=None)
    assert stale(group)


def test_a_name_that_changed_leaves_them_fresh(group: CellGroup) -> None:
    run(group)
    group.name = "Pellets of May"
    save_record(group, by=None)
    assert not stale(group)


def test_a_group_with_too_few_members_has_no_latest_result(group: CellGroup) -> None:
    done = run(group)
    save_group(group, list(group.members.all())[:1], by=None)
    done.refresh_from_db()
    assert not done.is_latest


def test_a_worker_runs_what_a_change_made_due(group: CellGroup, cells: list[Cell], owner: User) -> None:
    sigma = sigma_of(cells[0])
    sigma.label = "first"
    save_record(sigma, by=owner)
    do_due_runs()
    (done,) = GroupRun.objects.filter(group=group, analysis=NAME, is_latest=True)
    assert (done.status, done.started_by) == ("done", owner)


def test_a_run_waits_for_the_analyses_of_its_cells(group: CellGroup, cells: list[Cell], owner: User) -> None:
    sigma = sigma_of(cells[0])
    sigma.label = "first"
    save_record(sigma, by=owner)
    first = GroupRun.objects.get(analysis=NAME)
    do_due_runs()
    first.refresh_from_db()
    of_cells = [item.finished_at for cell in cells for item in cell.runs.all() if item.finished_at]
    assert of_cells
    assert all(first.started_at >= finished for finished in of_cells)


def test_who_may_not_edit_may_not_run(group: CellGroup) -> None:
    analysis = plugin_loading.current().analyses[NAME]
    with pytest.raises(PermissionDenied):
        request_group_run(group=group, analysis=analysis, by=factories.make_member(group.project, "viewer"))


def test_an_analysis_of_another_kind_is_refused(group: CellGroup) -> None:
    with pytest.raises(ValidationError):
        request_group_run(group=group, analysis=plugin_loading.current().analyses["recipe-dependence"], by=None)


def test_outsiders_see_no_results_of_a_private_group(group: CellGroup, owner: User) -> None:
    run(group)
    for model in (CellGroup, GroupMember, GroupRun, GroupValue):
        assert model.objects.visible_to(owner).exists()
        assert not model.objects.visible_to(AnonymousUser()).exists()
        assert not model.objects.visible_to(factories.make_user()).exists()


def test_a_superseded_result_stays_hidden_when_the_project_opens(group: CellGroup) -> None:
    run(group)
    run(group)
    group.project.visibility = "public"
    save_record(group.project, by=None)
    assert GroupRun.objects.visible_to(AnonymousUser()).count() == 1
    assert GroupRun.objects.count() == 2


def test_a_cell_of_a_more_private_project_cannot_be_a_member(cells: list[Cell]) -> None:
    public = factories.make_project(visibility="public")
    with pytest.raises(ValidationError):
        factories.make_group(public, *cells)


def test_a_member_cannot_move_to_a_more_private_project(group: CellGroup, cells: list[Cell]) -> None:
    cells[0].project = factories.make_project()
    with pytest.raises(ValidationError):
        save_record(cells[0], by=None)


def test_a_member_cannot_be_deleted(group: CellGroup, cells: list[Cell]) -> None:
    with pytest.raises(ValidationError) as refused:
        delete_record(cells[0], by=None)
    assert refused.value.code == "in_use"


def test_members_have_a_history(group: CellGroup) -> None:
    member = group.members.first()
    member.label = "first"
    save_group(group, [member, *group.members.all()[1:]], by=None)
    assert [item.label for item in GroupMember.history.filter(id=member.pk)] == ["first", ""]


def test_targets_take_a_constant_number_of_queries(project: Project, group: CellGroup, cells: list[Cell]) -> None:
    with CaptureQueriesContext(
        connection,
    ) as few:
        get_group_targets([group.pk])
    many = factories.make_group(project, *cells, *(make_cell(project, "9 mS/cm") for _ in range(4)))
    with CaptureQueriesContext(connection) as more:
        get_group_targets([group.pk, many.pk])
    assert len(more) == len(few)


def test_jobs_of_several_groups_run_at_once(project: Project, group: CellGroup, cells: list[Cell]) -> None:
    factories.make_group(project, *cells[:2])
    runs = run_group_jobs(list_due_group_jobs(CellGroup.objects.all()), by=None)
    assert [item.status for item in runs if item.analysis == NAME] == ["done", "done"]
    assert list_due_group_jobs(CellGroup.objects.all()) == []


def test_a_quantity_that_is_not_registered_is_left_out(group: CellGroup, cells: list[Cell]) -> None:
    for cell in cells:
        Value.objects.create(
            cell=cell, quantity="of_a_plugin_mm", written="1 mm", magnitude=1, lower=1, upper=1, origin="reported"
        )
    done = run(group)
    assert [value.quantity for value in done.values.all()] == [SIGMA]


def test_a_stale_result_of_a_cell_makes_the_results_stale(project: Project) -> None:
    cells = []
    for ohm in ("100 Ω", "110 Ω"):
        cells.append(factories.make_pellet(project, area="1 cm² (exact)"))
        factories.report(factories.make_measurement(cells[-1], technique="chronoamperometry"), "resistance_ohm", ohm)
    run_jobs(list_due_jobs(Measurement.objects.all(), names=["electronic-conductivity"]), by=None)
    group = factories.make_group(project, *cells)
    done = run(group)
    assert "electronic_conductivity_s_cm" in {value.quantity for value in done.values.all()}
    layer = cells[0].layers.get()
    layer.thickness = "500 µm"
    save_record(layer, by=None)
    assert stale(group)
    run_jobs(list_due_jobs(Measurement.objects.all()), by=None)
    run(group)
    assert not stale(group)


def test_shared_causes_of_the_cells_keep_their_name(project: Project) -> None:
    """Both pellets have the thickness of their own layer: nothing is shared, and the mean has one component."""
    cells = [make_cell(project, written) for written in NUMBERS[:2]]
    (value,) = run(factories.make_group(project, *cells)).values.all()
    assert [component[0] for component in value.components] == ["between cells"]


def test_the_project_of_a_member_stays_as_open_as_the_group(public_project: Project) -> None:
    elsewhere = factories.make_project(visibility="public")
    group = factories.make_group(elsewhere, *(make_cell(public_project, written) for written in NUMBERS))
    assert run(group).status == "done"
    public_project.visibility = "private"
    with pytest.raises(ValidationError):
        save_record(public_project, by=None)


def test_a_change_of_the_parameters_of_the_project_makes_the_results_stale(group: CellGroup) -> None:
    run(group)
    group.project.parameters = {NAME: {"preferred_origin": "reported"}}
    save_record(group.project, by=None)
    assert stale(group)


def test_an_analysis_of_a_technique_is_due_where_enough_cells_have_it(group: CellGroup, cells: list[Cell]) -> None:
    """Two cells must have a symmetric-cell test."""

    def is_due() -> bool:
        return "time-to-short-circuit" in {job.analysis.name for job in list_due_group_jobs(CellGroup.objects.all())}

    assert not is_due()
    factories.make_measurement(cells[0], technique="symmetric_cycling")
    assert not is_due()
    factories.make_measurement(cells[1], technique="symmetric_cycling")
    assert is_due()
