"""Search documents follow every change of the records they describe, within its transaction."""

import io

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import transaction

from registry.models import Cell, Dataset, Layer, Material, Measurement, Project, SearchDocument, Synonym
from registry.models.visibility import AnyUser
from registry.selectors.search import find_documents, parse_search_text
from registry.services.cell import save_cell
from registry.services.cell_group import save_group
from registry.services.files.attachment import attach_file
from registry.services.files.dataset import add_file
from registry.services.material import save_material
from registry.services.measurement import save_measurement
from registry.services.record import delete_record, save_formulation, save_record
from registry.services.search.updates import collect_updates, fill_if_empty, rebuild_documents
from tests import factories

CSV = b"cycle,charge capacity (mAh),discharge capacity (mAh)\n1,2,1.9\n2,2,1.8\n"
Row = tuple[object, ...]


def kinds(text: str, user: AnyUser) -> dict[str, int]:
    """How many records of each kind are found."""
    counts: dict[str, int] = {}
    for kind in find_documents(parse_search_text(text), user, simulated=True).values_list("kind", flat=True):
        counts[kind] = counts.get(kind, 0) + 1
    return counts


def rows() -> list[Row]:
    """All documents, without their primary keys."""
    fields = ("kind", "record", "project", "is_simulated", "key", "title", "detail", "target", "tokens")
    return sorted(SearchDocument.objects.values_list(*fields))


@pytest.fixture
def material(project: Project) -> Material:
    return factories.make_material(project, "LPSCl", kind="solid_electrolyte")


@pytest.fixture
def cell(project: Project, material: Material) -> Cell:
    """A cell of a variant in a mixture, with a measurement and its file."""
    variant = factories.make_material(project, "powder", kind="solid_electrolyte", variant_of=material)
    mix = factories.make_formulation(project, (variant, "electrolyte", "100 %"), name="mix")
    cell = factories.make_cell(project, [Layer(position=1, role="separator", formulation=mix)], label="pellet")
    measurement = factories.make_measurement(cell, stack_pressure_mpa="7 MPa")
    add_file(measurement=measurement, file=io.BytesIO(CSV), filename="cycles.csv", by=None)
    attach_file(owner=cell, file=io.BytesIO(b"x"), filename="photo.jpg", by=None)
    return cell


def test_documents_written_by_changes_are_those_of_a_rebuild(cell: Cell, material: Material) -> None:
    save_material(material, ["argyrodite", "LPSC"], by=None)
    factories.make_group(cell.project, cell)
    written = rows()
    rebuild_documents()
    assert rows() == written
    call_command("rebuild_search", verbosity=0)
    assert rows() == written


def test_a_new_synonym_finds_everything_made_of_the_material(cell: Cell, material: Material, viewer: User) -> None:
    made_of_it = {"material": 2, "formulation": 1, "cell": 1, "measurement": 1}
    assert kinds("argyrodite", viewer) == {}
    save_material(material, ["argyrodite"], by=None)
    assert kinds("argyrodite", viewer) == made_of_it
    save_material(material, ["germanate"], by=None)
    assert kinds("argyrodite", viewer) == {}
    assert kinds("germanate", viewer) == made_of_it
    delete_record(Synonym.objects.get(), by=None)
    assert kinds("germanate", viewer) == {}


def test_a_renamed_material_is_found_by_its_new_name_only(cell: Cell, material: Material, viewer: User) -> None:
    material.name = "sulfide"
    save_record(material, by=None)
    assert kinds("lpscl", viewer) == {}
    assert kinds("sulfide", viewer) == {"material": 2, "formulation": 1, "cell": 1, "measurement": 1}


def test_a_variant_takes_the_names_of_its_new_material(cell: Cell, project: Project, viewer: User) -> None:
    variant = Material.objects.get(name="powder")
    variant.variant_of = factories.make_material(project, "halide", kind="solid_electrolyte")
    save_record(variant, by=None)
    assert kinds("lpscl", viewer) == {"material": 1}
    assert kinds("halide", viewer) == {"material": 2, "formulation": 1, "cell": 1, "measurement": 1}


def test_changed_layers_and_ingredients_are_followed(cell: Cell, project: Project, viewer: User) -> None:
    layer = cell.layers.get()
    layer.formulation, layer.material = None, factories.make_material(project, "oxide", kind="solid_electrolyte")
    save_cell(cell, [layer], by=None)
    assert kinds("lpscl", viewer) == {"material": 2, "formulation": 1}
    assert kinds("oxide", viewer) == {"material": 1, "cell": 1, "measurement": 1}
    formulation = project.formulations.get()
    ingredient = formulation.ingredients.get()
    ingredient.material = layer.material
    save_formulation(formulation, [ingredient], by=None)
    assert kinds("lpscl", viewer) == {"material": 2}


def test_a_renamed_cell_is_found_with_its_measurements_and_files(cell: Cell, viewer: User) -> None:
    cell.label = "disc"
    save_record(cell, by=None)
    assert kinds("pellet", viewer) == {}
    assert kinds("disc", viewer) == {"cell": 1, "measurement": 1, "file": 1, "attachment": 1}


def test_changed_conditions_are_followed(cell: Cell, viewer: User) -> None:
    measurement = cell.measurements.get()
    save_measurement(measurement, {"stack_pressure_mpa": "33 MPa"}, by=None)
    assert kinds("7 MPa", viewer) == {}
    assert kinds("33 MPa", viewer) == {"cell": 1, "measurement": 1}
    save_measurement(measurement, {"stack_pressure_mpa": ""}, by=None)
    assert kinds("33 MPa", viewer) == {}


def test_a_renamed_setup_and_publication_are_followed(cell: Cell, project: Project, viewer: User) -> None:
    setup, paper = factories.make_setup(project, name="anvil"), factories.make_publication(project, key="ohm1827")
    measurement = cell.measurements.get()
    measurement.setup, cell.publication = setup, paper
    save_record(measurement, by=None)
    save_record(cell, by=None)
    assert kinds("anvil", viewer) == {"setup": 1, "measurement": 1}
    assert kinds("ohm1827", viewer) == {"publication": 1, "cell": 1, "measurement": 1}
    setup.name, paper.key = "hammer", "volt1800"
    save_record(setup, by=None)
    save_record(paper, by=None)
    assert kinds("anvil", viewer) == kinds("ohm1827", viewer) == {}
    assert kinds("hammer", viewer) == {"setup": 1, "measurement": 1}


def test_a_cell_takes_all_its_documents_to_another_project(cell: Cell, outsider: User) -> None:
    public = factories.make_project(visibility="public")
    cell.layers.all()[0].delete()
    save_cell(cell, [], by=None)
    assert kinds("pellet", outsider) == {}
    cell.project = public
    save_record(cell, by=None)
    assert kinds("pellet", outsider) == {"cell": 1, "measurement": 1, "file": 1, "attachment": 1}


def test_the_visibility_of_a_project_is_that_of_its_documents(cell: Cell, project: Project, outsider: User) -> None:
    assert kinds("pellet", outsider) == {}
    project.visibility = "public"
    save_record(project, by=None)
    assert kinds("pellet", outsider)["cell"] == 1


def test_a_deleted_cell_takes_all_its_documents_with_it(cell: Cell, viewer: User) -> None:
    delete_record(cell, by=None)
    assert kinds("pellet", viewer) == {}
    assert set(SearchDocument.objects.values_list("kind", flat=True)) == {"material", "formulation", "project"}
    assert not Dataset.objects.exists()


def test_a_deleted_measurement_is_gone_from_its_cell(cell: Cell, viewer: User) -> None:
    delete_record(cell.measurements.get(), by=None)
    assert kinds("cycling", viewer) == {}
    assert kinds("pellet", viewer) == {"cell": 1, "attachment": 1}


def test_a_moved_measurement_is_found_with_its_new_cell(cell: Cell, project: Project, viewer: User) -> None:
    measurement = cell.measurements.get()
    measurement.cell = factories.make_cell(project, label="second")
    save_record(measurement, by=None)
    (document,) = find_documents(parse_search_text(measurement.refcode), viewer).filter(kind="cell")
    assert document.record == measurement.cell_id
    assert kinds("pellet", viewer) == {"cell": 1, "attachment": 1}


def test_cells_of_a_group_are_followed(cell: Cell, project: Project, viewer: User) -> None:
    other = factories.make_cell(project, label="second")
    group = factories.make_group(project, cell, other, name="pair")
    assert kinds(other.refcode, viewer) == {"cell": 1, "group": 1}
    save_group(group, [group.members.get(cell=cell)], by=None)
    assert kinds(other.refcode, viewer) == {"cell": 1}
    group.refresh_from_db()
    delete_record(group, by=None)
    assert kinds("pair", viewer) == {}


def test_a_group_is_simulated_once_a_cell_of_it_is(cell: Cell, project: Project) -> None:
    factories.make_group(project, cell, name="pair")
    cell.origin = "simulated"
    save_record(cell, by=None)
    assert SearchDocument.objects.get(kind="group").is_simulated
    assert set(SearchDocument.objects.filter(kind="measurement").values_list("is_simulated", flat=True)) == {True}


def test_a_file_with_several_datasets_is_found_once(project: Project, viewer: User) -> None:
    measurement = factories.make_measurement(factories.make_cell(project))
    (dataset,) = add_file(measurement=measurement, file=io.BytesIO(CSV), filename="two.csv", by=None)
    dataset.pk, dataset.part, dataset._state.adding = None, 1, True
    dataset.save()
    assert kinds("two.csv", viewer) == {"file": 1}
    measurement.datasets.get(part=0).delete()
    assert kinds("two.csv", viewer) == {"file": 1}
    measurement.datasets.get(part=1).delete()
    assert kinds("two.csv", viewer) == {}


def test_a_change_that_fails_leaves_no_trace(cell: Cell, project: Project) -> None:
    before = rows()
    with pytest.raises(ValidationError):
        save_cell(cell, [Layer(position=1, role="separator"), Layer(position=1, role="anode")], by=None)

    def save_and_fail() -> None:
        with transaction.atomic():
            factories.make_cell(project, label="undone")
            raise LookupError

    with pytest.raises(LookupError):
        save_and_fail()
    assert rows() == before


def test_an_error_within_a_block_discards_what_it_collected(project: Project) -> None:
    def save_and_fail() -> None:
        with transaction.atomic(), collect_updates():
            factories.make_cell(project, label="undone")
            raise LookupError

    with pytest.raises(LookupError):
        save_and_fail()
    factories.make_cell(project, label="done")
    assert [row[5] for row in rows() if row[0] == "cell"] == [str(Cell.objects.get())]


def test_documents_are_written_after_a_migration_if_there_are_none(cell: Cell) -> None:
    before = rows()
    SearchDocument.objects.all().delete()
    fill_if_empty()
    assert rows() == before
    Measurement.objects.all()[0].delete()
    fewer = rows()
    fill_if_empty()
    assert rows() == fewer
