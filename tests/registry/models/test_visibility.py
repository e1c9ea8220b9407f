"""Visibility: the same rules on every model that belongs to a project."""

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone

from registry.models import (
    AnalysisRun,
    Attachment,
    Batch,
    Cell,
    Comparison,
    Curve,
    CycleColumn,
    Dataset,
    GroupCurve,
    GroupRun,
    GroupValue,
    Layer,
    Membership,
    Project,
    RawFile,
    Synonym,
    Value,
)
from registry.models.project import owning_project
from registry.models.record import Scoped
from registry.services.comment import write_comment
from registry.services.record import save_record
from registry.services.tag import save_tags
from tests import factories

MODELS = sorted(
    (model for model in apps.get_app_config("registry").get_models() if issubclass(model, Scoped)),
    key=lambda model: model.__name__,
)


def create_records(project: Project) -> None:
    """Create at least one record of every model."""
    material = factories.make_material(project)
    save_record(Synonym(material=material, name="Other name"), by=None)
    save_record(Batch(material=material, lot="1"), by=None)
    factories.make_formulation(project, (material, "active", "100 %"))
    setup = factories.make_setup(project)
    publication = factories.make_publication(project)
    cell = factories.make_cell(project, [Layer(position=1, role="anode", material=material)], publication=publication)
    measurement = factories.make_measurement(cell, setup=setup, stack_pressure_mpa="10 MPa")
    factories.report(measurement, "cycle_count", "5")
    save_tags(cell, ["dry room"], by=None)
    save_tags(measurement, ["shorted"], by=None)
    write_comment(measurement, "Short?", by=None)
    factories.make_mapping(project)
    raw_file = RawFile.objects.create(sha256=f"{project.pk:064d}", size=1)
    save_record(
        Dataset(
            measurement=measurement,
            raw_file=raw_file,
            filename="a.csv",
            status="parsed",
            columns=["time_s"],
            header={"a": "b"},
            messages=[{"text": "read"}],
            content_sha256="0" * 64,
        ),
        by=None,
    )
    save_record(Attachment(project=project, cell=cell, raw_file=raw_file, filename="a.jpg"), by=None)
    now = timezone.now()
    run = AnalysisRun(
        cell=cell,
        measurement=measurement,
        analysis="a",
        plugin="p",
        version="1",
        inputs_hash="0",
        status="done",
        started_at=now,
        finished_at=now,
    )
    run.save()
    Curve(run=run, name="c", title="C", data={"x": {}}).save()
    CycleColumn(run=run, quantity="voltage_v", first_cycle=1, last_cycle=1, data=b"\0" * 8).save()
    create_group(project, cell)
    save_record(Comparison(project=project, slug=project.slug, title="T", definition={"columns": ["label"]}), by=None)


def create_group(project: Project, cell: Cell) -> None:
    """Create a group of this cell with a run, a value and a curve."""
    group, now = factories.make_group(project, cell), timezone.now()
    run = GroupRun(
        group=group,
        analysis="a",
        plugin="p",
        version="1",
        inputs_hash="0",
        status="done",
        started_at=now,
        finished_at=now,
    )
    run.save()
    GroupValue(run=run, quantity="resistance_ohm", magnitude=1.0, lower=1.0, upper=1.0, qualifier="=").save()
    GroupCurve(run=run, name="c", title="C", data={"x": {}}).save()


@pytest.fixture
def filled(project: Project, owner: User, public_project: Project) -> Project:
    create_records(project)
    create_records(public_project)
    save_record(Membership(project=public_project, user=factories.make_user(), role="owner"), by=None)
    return project


def visible_projects(model: type[Scoped], user: User | AnonymousUser) -> set[str]:
    return {owning_project(record).slug for record in model.objects.visible_to(user)}


def test_all_scoped_models_are_covered() -> None:
    assert len(MODELS) == 29


def test_users_see_their_projects_and_public_ones(filled: Project, owner: User, viewer: User, outsider: User) -> None:
    for model in MODELS:
        assert visible_projects(model, AnonymousUser()) == {"open"}, model
        assert visible_projects(model, outsider) == {"open"}, model
        assert visible_projects(model, viewer) == {"lab", "open"}, model
        assert visible_projects(model, owner) == {"lab", "open"}, model


def test_only_editors_can_edit(filled: Project, colleague: User, viewer: User, outsider: User) -> None:
    for model in MODELS:
        assert {owning_project(item).slug for item in model.objects.editable_by(colleague)} == {"lab"}, model
        for reader in (viewer, outsider, AnonymousUser()):
            assert not model.objects.editable_by(reader).exists(), model


def test_a_signed_in_project_is_not_public(filled: Project, outsider: User) -> None:
    filled.visibility = "signed_in"
    save_record(filled, by=None)
    for model in MODELS:
        assert visible_projects(model, outsider) == {"lab", "open"}, model
        assert visible_projects(model, AnonymousUser()) == {"open"}, model


def test_an_active_superuser_sees_everything(filled: Project) -> None:
    admin = factories.make_user(is_superuser=True)
    former = factories.make_user(is_superuser=True, is_active=False)
    for model in MODELS:
        assert visible_projects(model, admin) == {"lab", "open"}, model
        assert "lab" not in visible_projects(model, former), model


def test_no_record_is_listed_twice(filled: Project, owner: User) -> None:
    for model in MODELS:
        keys = list(model.objects.visible_to(owner).values_list("pk", flat=True))
        assert len(keys) == len(set(keys)), model


def test_a_former_member_sees_nothing(filled: Project, viewer: User) -> None:
    Membership.objects.get(user=viewer).delete()
    assert visible_projects(Layer, viewer) == {"open"}


def make_superseded(project: Project) -> Cell:
    """A cell with a superseded and a current value, run and curve."""
    cell = factories.make_cell(project)
    measurement = factories.make_measurement(cell)
    fields = {"cell": cell, "measurement": measurement, "analysis": "a", "plugin": "p", "version": "1"}
    now = timezone.now()
    for number in range(2):
        factories.report(measurement, "cycle_count", str(number))
        finished = {"inputs_hash": "0", "status": "done", "started_at": now, "finished_at": now}
        run = AnalysisRun.objects.create(is_latest=number == 1, **fields, **finished)
        Curve.objects.create(run=run, name="c", title="C", data={"x": {}})
    return cell


def counts(user: User | AnonymousUser) -> list[int]:
    return [model.objects.visible_to(user).count() for model in (Value, AnalysisRun, Curve)]


def test_superseded_rows_of_an_always_public_project_are_public(public_project: Project, outsider: User) -> None:
    make_superseded(public_project)
    assert counts(AnonymousUser()) == counts(outsider) == [2, 2, 2]


def test_superseded_rows_stay_hidden_when_the_cell_moves_to_a_public_project(
    project: Project, public_project: Project, owner: User, outsider: User
) -> None:
    cell = make_superseded(project)
    cell.project = public_project
    save_record(cell, by=None)
    assert counts(AnonymousUser()) == counts(outsider) == [1, 1, 1]
    assert counts(owner) == counts(factories.make_user(is_superuser=True)) == [2, 2, 2]


def test_superseded_rows_stay_hidden_when_the_project_becomes_public(
    project: Project, owner: User, outsider: User
) -> None:
    make_superseded(project)
    project.visibility = "public"
    save_record(project, by=None)
    assert counts(AnonymousUser()) == counts(outsider) == [1, 1, 1]
    assert counts(owner) == [2, 2, 2]
