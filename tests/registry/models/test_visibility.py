"""Who sees what: the same rule on every model that belongs to a project."""

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone

from registry.models import (
    AnalysisRun,
    Batch,
    Cell,
    Comparison,
    Curve,
    Dataset,
    Layer,
    Membership,
    Project,
    RawFile,
    Synonym,
    Value,
)
from registry.models.project import owning_project
from registry.models.record import Scoped
from registry.services.record import save_record
from tests import factories

MODELS = sorted(
    (model for model in apps.get_app_config("registry").get_models() if issubclass(model, Scoped)),
    key=lambda model: model.__name__,
)


def fill(project: Project) -> None:
    """At least one record of every model."""
    material = factories.make_material(project)
    save_record(Synonym(material=material, name="Other name"), by=None)
    save_record(Batch(material=material, lot="1"), by=None)
    factories.make_formulation(project, (material, "active", "100 %"))
    setup = factories.make_setup(project)
    publication = factories.make_publication(project)
    cell = factories.make_cell(project, [Layer(position=1, role="anode", material=material)], publication=publication)
    measurement = factories.make_measurement(cell, setup=setup)
    factories.report(measurement, "cycle_count", "5")
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
    save_record(Comparison(project=project, slug=project.slug, title="T", definition={"columns": ["label"]}), by=None)


@pytest.fixture
def filled(project: Project, owner: User, public_project: Project) -> Project:
    fill(project)
    fill(public_project)
    save_record(Membership(project=public_project, user=factories.make_user(), role="owner"), by=None)
    return project


def projects_seen(model: type[Scoped], user: User | AnonymousUser) -> set[str]:
    return {owning_project(record).slug for record in model.objects.visible_to(user)}


def test_the_models_named_here_are_all_there_are() -> None:
    assert len(MODELS) == 18


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_each_person_sees_what_their_projects_hold(
    model: type[Scoped], filled: Project, owner: User, viewer: User, outsider: User
) -> None:
    assert projects_seen(model, AnonymousUser()) == {"open"}
    assert projects_seen(model, outsider) == {"open"}
    assert projects_seen(model, viewer) == {"lab", "open"}
    assert projects_seen(model, owner) == {"lab", "open"}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_nobody_changes_what_is_merely_public(
    model: type[Scoped], filled: Project, colleague: User, viewer: User, outsider: User
) -> None:
    assert {owning_project(item).slug for item in model.objects.editable_by(colleague)} == {"lab"}
    for reader in (viewer, outsider, AnonymousUser()):
        assert not model.objects.editable_by(reader).exists()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_project_for_the_signed_in_shows_to_them_alone(model: type[Scoped], filled: Project, outsider: User) -> None:
    filled.visibility = "signed_in"
    save_record(filled, by=None)
    assert projects_seen(model, outsider) == {"lab", "open"}
    assert projects_seen(model, AnonymousUser()) == {"open"}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_superuser_sees_all_until_suspended(model: type[Scoped], filled: Project) -> None:
    admin = factories.make_user(is_superuser=True)
    assert projects_seen(model, admin) == {"lab", "open"}
    admin.is_active = False
    assert "lab" not in projects_seen(model, admin)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_no_record_is_listed_twice(model: type[Scoped], filled: Project, owner: User) -> None:
    seen = list(model.objects.visible_to(owner).values_list("pk", flat=True))
    assert len(seen) == len(set(seen))


def test_a_former_member_sees_nothing(filled: Project, viewer: User) -> None:
    Membership.objects.get(user=viewer).delete()
    assert projects_seen(Layer, viewer) == {"open"}


def make_superseded(project: Project) -> Cell:
    """A cell with two values, runs and curves, of which one each stands."""
    cell = factories.make_cell(project)
    measurement = factories.make_measurement(cell)
    about = {"cell": cell, "measurement": measurement, "analysis": "a", "plugin": "p", "version": "1"}
    now = timezone.now()
    for item in range(2):
        factories.report(measurement, "cycle_count", str(item))
        ended = {"inputs_hash": "0", "status": "done", "started_at": now, "finished_at": now}
        run = AnalysisRun.objects.create(is_latest=item == 1, **about, **ended)
        Curve.objects.create(run=run, name="c", title="C", data={"x": {}})
    return cell


def counts(user: User | AnonymousUser) -> list[int]:
    return [model.objects.visible_to(user).count() for model in (Value, AnalysisRun, Curve)]


def test_what_was_superseded_is_seen_by_all_where_it_was_never_closed(public_project: Project, outsider: User) -> None:
    make_superseded(public_project)
    assert counts(AnonymousUser()) == counts(outsider) == [2, 2, 2]


def test_what_was_superseded_in_a_closed_project_stays_closed_when_its_cell_moves(
    project: Project, public_project: Project, owner: User, outsider: User
) -> None:
    cell = make_superseded(project)
    cell.project = public_project
    save_record(cell, by=None)
    assert counts(AnonymousUser()) == counts(outsider) == [1, 1, 1]
    assert counts(owner) == counts(factories.make_user(is_superuser=True)) == [2, 2, 2]


def test_what_was_superseded_in_a_closed_project_stays_closed_when_it_opens(
    project: Project, owner: User, outsider: User
) -> None:
    make_superseded(project)
    project.visibility = "public"
    save_record(project, by=None)
    assert counts(AnonymousUser()) == counts(outsider) == [1, 1, 1]
    assert counts(owner) == [2, 2, 2]
