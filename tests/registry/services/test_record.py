"""Saving and deleting records: permissions, history, and links to less visible records."""

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from registry.models import Cell, Formulation, Ingredient, Layer, Material, Membership, Project
from registry.models.record import HistoryBypassedError
from registry.services.cell import save_cell
from registry.services.record import delete_record, save_formulation, save_record
from registry.services.value import report_value
from tests import factories
from tests.coded import invalid


def test_history_records_user_time_and_change(project: Project, colleague: User) -> None:
    before = timezone.now()
    material = factories.make_material(project, "NCM90")
    material.density = "4.7 g/cm³"
    save_record(material, by=colleague, reason="weighed")
    newest, first = material.history.order_by("-history_id")
    assert (newest.history_user, newest.history_change_reason, newest.density) == (colleague, "weighed", "4.7 g/cm³")
    assert (first.history_user, first.density_g_cm3) == (None, None)
    assert newest.density_g_cm3 == 4.7
    assert before <= first.history_date <= newest.history_date <= timezone.now()
    assert [change.field for change in newest.diff_against(first).changes] == ["density"]


def test_deleted_record_keeps_its_history(project: Project, colleague: User) -> None:
    material = factories.make_material(project, "Gone")
    pk = material.pk
    delete_record(material, by=colleague, reason="entered twice")
    last = Material.history.filter(id=pk).latest()
    assert (last.history_type, last.history_user, last.history_change_reason) == ("-", colleague, "entered twice")


@pytest.mark.parametrize("method", ["update", "bulk_create", "bulk_update"])
def test_bulk_writes_without_history_are_refused(project: Project, method: str) -> None:
    material = factories.make_material(project)
    calls = {
        "update": lambda: Material.objects.update(name="Silent"),
        "bulk_create": lambda: Material.objects.bulk_create([Material(project=project, name="Silent")]),
        "bulk_update": lambda: Material.objects.bulk_update([material], ["name"]),
    }
    with pytest.raises(HistoryBypassedError):
        calls[method]()
    assert Material.objects.get().name == material.name


@pytest.mark.parametrize("queryset", ["filter", "visible_to", "related"])
def test_every_queryset_refuses_bulk_writes(project: Project, owner: User, queryset: str) -> None:
    material = factories.make_material(project)
    querysets = {
        "filter": lambda: Material.objects.filter(pk=material.pk),
        "visible_to": lambda: Material.objects.visible_to(owner),
        "related": project.materials.all,
    }
    with pytest.raises(HistoryBypassedError):
        querysets[queryset]().update(name="Silent")


@pytest.mark.parametrize("role", ["viewer", "outsider"])
def test_only_editors_can_write(project: Project, request: pytest.FixtureRequest, role: str) -> None:
    user = request.getfixturevalue(role)
    with pytest.raises(PermissionDenied, match="‘Lab’"):
        save_record(Material(project=project, name="X", kind="coating"), by=user)
    existing = factories.make_material(project)
    with pytest.raises(PermissionDenied):
        delete_record(existing, by=user)
    assert Material.objects.count() == 1


def test_inactive_editor_cannot_write(project: Project, colleague: User) -> None:
    colleague.is_active = False
    colleague.save()
    with pytest.raises(PermissionDenied):
        save_record(Material(project=project, name="X", kind="coating"), by=colleague)


def test_only_an_owner_can_change_members(project: Project, colleague: User, owner: User, outsider: User) -> None:
    with pytest.raises(PermissionDenied, match="owner"):
        save_record(Membership(project=project, user=outsider, role="owner"), by=colleague)
    assert save_record(Membership(project=project, user=outsider, role="viewer"), by=owner).pk


def test_moving_a_record_needs_a_role_in_both_projects(project: Project, colleague: User) -> None:
    other_project = factories.make_project()
    material = factories.make_material(other_project)
    material.project = project
    with pytest.raises(PermissionDenied, match=str(other_project)):
        save_record(material, by=colleague)
    material.refresh_from_db()
    assert material.project == other_project


def test_record_in_use_cannot_be_deleted(project: Project) -> None:
    cell = factories.make_pellet(project)
    material = Material.objects.get()
    with invalid("in_use", "", f"layer 1 of {cell.refcode}"):
        delete_record(material, by=None)
    assert cell.layers.count() == 1


def test_link_to_a_less_visible_record_is_refused(project: Project, public_project: Project) -> None:
    secret = factories.make_material(project, "Secret electrolyte")
    with invalid("less-visible-link", "material", "‘Open’"):
        factories.make_cell(public_project, [Layer(position=1, role="separator", material=secret)])
    assert not Cell.objects.exists()


@pytest.mark.parametrize("link", ["publication", "setup", "variant_of", "ingredient", "publication of a value"])
def test_every_kind_of_link_is_checked(project: Project, public_project: Project, link: str) -> None:
    secret = factories.make_material(project, "Secret")
    attempts = {
        "publication": lambda: factories.make_cell(
            public_project, publication=factories.make_publication(project), origin="literature"
        ),
        "setup": lambda: factories.make_measurement(
            factories.make_cell(public_project), setup=factories.make_setup(project)
        ),
        "variant_of": lambda: factories.make_material(public_project, variant_of=secret),
        "publication of a value": lambda: report_value(
            cell=factories.make_cell(public_project),
            quantity="cell_mass_mg",
            written="3 mg",
            publication=factories.make_publication(project),
            by=None,
        ),
        "ingredient": lambda: factories.make_formulation(public_project, (secret, "active", "100 %")),
    }
    with pytest.raises(ValidationError, match="fewer people"):
        attempts[link]()


def test_private_project_can_use_public_records(project: Project, public_project: Project) -> None:
    shared = factories.make_material(public_project)
    cell = factories.make_cell(project, [Layer(position=1, role="anode", material=shared)])
    assert cell.layers.get().material == shared


def test_two_private_projects_do_not_share(project: Project) -> None:
    other = factories.make_project()
    with pytest.raises(ValidationError, match="fewer people"):
        factories.make_material(project, variant_of=factories.make_material(other))


def test_project_used_by_others_cannot_become_private(project: Project, public_project: Project) -> None:
    shared = factories.make_material(public_project)
    factories.make_cell(project, [Layer(position=1, role="anode", material=shared)])
    public_project.visibility = "private"
    with invalid("used-by-more-visible", "visibility", "‘Lab’"):
        save_record(public_project, by=None)
    public_project.refresh_from_db()
    assert public_project.visibility == "public"


def test_project_with_a_cited_publication_cannot_become_private(project: Project, public_project: Project) -> None:
    publication = factories.make_publication(public_project)
    cell = factories.make_cell(project)
    report_value(cell=cell, quantity="cell_mass_mg", written="3 mg", publication=publication, by=None)
    public_project.visibility = "private"
    with invalid("used-by-more-visible", "visibility", "‘Lab’"):
        save_record(public_project, by=None)


def test_unused_project_can_become_private(public_project: Project) -> None:
    factories.make_material(public_project)
    public_project.visibility = "private"
    assert save_record(public_project, by=None).visibility == "private"


def test_fractions_that_add_up_to_101_percent_are_refused(project: Project) -> None:
    materials = [factories.make_material(project) for _ in range(3)]
    with invalid("fractions", "", "101 %", "36 % + 60 % + 5 %"):
        factories.make_formulation(
            project,
            (materials[0], "active", "36 %"),
            (materials[1], "electrolyte", "60 %"),
            (materials[2], "conductive", "5 %"),
        )
    assert not Formulation.objects.exists()
    assert not Ingredient.objects.exists()


def test_fractions_that_add_up_within_rounding_are_accepted(project: Project) -> None:
    thirds = [(factories.make_material(project), "active", "33.3 %") for _ in range(3)]
    assert factories.make_formulation(project, *thirds).ingredients.count() == 3


def test_missing_fractions_are_accepted(project: Project) -> None:
    stated, missing = factories.make_material(project), factories.make_material(project)
    formulation = factories.make_formulation(project, (stated, "conductive", "2 wt%"), (missing, "active", ""))
    assert [ingredient.mass_fraction_percent for ingredient in formulation.ingredients.all()] == [2.0, None]


def test_duplicate_ingredient_position_is_refused_and_nothing_saved(project: Project, colleague: User) -> None:
    materials = [factories.make_material(project) for _ in range(2)]
    duplicates = [Ingredient(position=1, material=item, role="active", mass_fraction="50 %") for item in materials]
    with invalid("position", "", "1"):
        save_formulation(Formulation(project=project, name="Twice"), duplicates, by=colleague)
    assert not Formulation.objects.exists()


def test_saving_an_unchanged_cell_writes_no_layer_history(project: Project, colleague: User) -> None:
    cell = factories.make_pellet(project)
    layer = cell.layers.get()
    save_cell(cell, [layer], by=colleague)
    assert layer.history.count() == 1
