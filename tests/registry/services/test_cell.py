"""Cells with their layers: order, refcodes and copies."""

import threading

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from registry.models import Cell, Layer, Project, RefcodeCounter
from registry.services.cell import copy_cell, save_cell
from registry.services.record import delete_record, save_record
from tests import factories
from tests.coded import invalid


def stack(project: Project, *names: str) -> list[Layer]:
    roles = ("cathode", "separator", "anode")
    return [
        Layer(position=position, role=role, material=factories.make_material(project, name))
        for position, (role, name) in enumerate(zip(roles, names, strict=True), start=1)
    ]


def test_configuration_is_built_from_the_layers(project: Project) -> None:
    layers = stack(project, "NCM90", "LPSCl", "Li")
    layers[0].as_written = "NCM@Li-PEVA"
    foil = Layer(position=4, role="current_collector", material=factories.make_material(project, "Cu"))
    assert factories.make_cell(project, [*layers, foil]).configuration == "NCM@Li-PEVA/LPSCl/Li"


def test_layers_can_be_reordered(project: Project) -> None:
    cell = factories.make_cell(project, stack(project, "A", "B", "C"))
    first, second, third = cell.layers.order_by("position")
    first.position, third.position = 3, 1
    save_cell(cell, [first, second, third], by=None)
    assert [layer.name for layer in cell.layers.order_by("position")] == ["C", "B", "A"]
    assert cell.configuration == "C/B/A"


def test_omitted_layer_is_deleted(project: Project) -> None:
    cell = factories.make_cell(project, stack(project, "A", "B", "C"))
    save_cell(cell, list(cell.layers.order_by("position"))[:2], by=None)
    assert cell.configuration == "A/B"
    assert cell.layers.count() == 2


def test_duplicate_layer_position_is_refused(project: Project) -> None:
    layers = stack(project, "A", "B", "C")
    layers[2].position = 2
    with invalid("position", "", "2"):
        factories.make_cell(project, layers)
    assert not Cell.objects.exists()


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("thickness", "-50 µm", " 0"),
        ("thickness", "0 µm", " 0"),
        ("thickness", "50", "has no unit"),
        ("thickness", "50 mg", "is a mass"),
        ("area", "nan cm²", "not a finite number"),
        ("mass_loading", "11,2 mg/cm²", "11,2"),
    ],
)
def test_invalid_layer_is_refused(project: Project, field: str, text: str, message: str) -> None:
    layer = Layer(position=1, role="cathode", material=factories.make_material(project), **{field: text})
    with pytest.raises(ValidationError, match=message) as error:
        factories.make_cell(project, [layer])
    assert set(error.value.message_dict) == {field}
    assert not Cell.objects.exists()


def test_layer_needs_either_a_material_or_a_formulation(project: Project) -> None:
    with invalid("material-or-formulation", "material"):
        factories.make_cell(project, [Layer(position=1, role="anode")])
    both = Layer(
        position=1,
        role="anode",
        material=factories.make_material(project),
        formulation=factories.make_formulation(project, (factories.make_material(project), "active", "100 %")),
    )
    with invalid("material-or-formulation", "material"):
        factories.make_cell(project, [both])


def test_literature_cell_needs_a_publication(project: Project) -> None:
    with invalid("publication-required", "publication"):
        factories.make_cell(project, origin="literature")


def test_refcode_cannot_be_changed(project: Project) -> None:
    cell = factories.make_cell(project)
    cell.refcode = "C-99999"
    with invalid("refcode-fixed", "refcode"):
        save_record(cell, by=None)


def test_refcode_is_never_reused(project: Project) -> None:
    first = factories.make_cell(project)
    code = first.refcode
    delete_record(first, by=None)
    assert factories.make_cell(project).refcode != code


@pytest.mark.django_db(transaction=True)
def test_simultaneous_refcodes_differ() -> None:
    refcodes = [RefcodeCounter.next("T") for _ in range(8)] if connection.vendor == "sqlite" else _in_threads(8)
    assert sorted(refcodes) == [f"T-{number:05d}" for number in range(1, 9)]


def _in_threads(count: int) -> list[str]:
    """Create refcodes simultaneously; not on SQLite, where the test database is limited to one thread."""
    refcodes: list[str] = []
    start = threading.Barrier(count)

    def create() -> None:
        start.wait()
        try:
            with transaction.atomic():
                refcodes.append(RefcodeCounter.next("T"))
        finally:
            connection.close()

    threads = [threading.Thread(target=create) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refcodes


def test_copied_cell_is_new_and_has_the_same_layers(project: Project, colleague: User) -> None:
    original = factories.make_cell(project, stack(project, "A", "B", "C"), fabrication_pressure="360 MPa")
    copy, layers = copy_cell(original)
    copy.label = "The second"
    save_cell(copy, layers, by=colleague)
    assert (copy.configuration, copy.fabrication_pressure_mpa) == ("A/B/C", 360.0)
    assert copy.refcode != original.refcode
    assert original.layers.count() == copy.layers.count() == 3


def test_label_is_unique_in_a_project_ignoring_case(project: Project) -> None:
    factories.make_cell(project, label="Cell A")
    with pytest.raises(ValidationError, match="label"):
        factories.make_cell(project, label="cell a")
    assert factories.make_cell(factories.make_project(), label="cell a").pk
