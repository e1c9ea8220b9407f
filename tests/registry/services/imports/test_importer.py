"""Importing a worked example: safe to repeat, keeps manual changes, and reports errors with their entry."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User

from registry.models import (
    Cell,
    CellGroup,
    Condition,
    Formulation,
    GroupMember,
    Layer,
    Material,
    Measurement,
    Project,
    Synonym,
    Value,
)
from registry.services.imports.importer import ImportSummary, load_example
from registry.services.imports.toml_files import ImportFileError, example_directory
from registry.services.record import delete_record, save_record
from registry.services.value import report_value, retire_value
from tests import factories

pytestmark = pytest.mark.django_db

FILES = {
    "project.toml": 'slug = "small"\nname = "Small"\nvisibility = "public"\n',
    "publications.bib": "@article{curie1911,\n author = {Curie, M.},\n title = {On cells},\n year = {1911}\n}\n",
    "materials.toml": """
[[material]]
name = "LPSCl"
kind = "solid_electrolyte"
synonyms = ["argyrodite"]

[[material]]
name = "NCM"
kind = "active_material"
""",
    "formulations.toml": """
[[formulation]]
name = "Composite"
ingredients = [
    { material = "NCM", role = "active", mass_fraction = "70 wt%" },
    { material = "LPSCl", role = "electrolyte", mass_fraction = "30 wt%" },
]
""",
    "setups.toml": '[[setup]]\nname = "Die"\nkind = "die"\ndie_diameter = "10 mm (exact)"\n',
    "cells/cells.toml": """
[[cell]]
label = "Pellet"
format = "die"
origin = "own"
publication = "curie1911"
layers = [{ role = "sample", formulation = "Composite", thickness = "600 µm" }]

[[cell.measurements]]
label = "First"
technique = "chronoamperometry"
setup = "Die"
conditions.stack_pressure_mpa = "10 MPa"
reported.resistance_ohm = "7.87×10^3 Ω"
""",
}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "cells").mkdir()
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def load(directory: Path, *, overwrite: bool = False) -> ImportSummary:
    return load_example("small", overwrite=overwrite, directory=directory)


def replace_text(directory: Path, file: str, old: str, new: str) -> Path:
    text = (directory / file).read_text(encoding="utf-8")
    assert old in text
    (directory / file).write_text(text.replace(old, new), encoding="utf-8")
    return directory


def count_history_rows() -> int:
    models = (Project, Material, Synonym, Formulation, Cell, Layer, Measurement, Condition)
    return sum(model.history.count() for model in models)


def test_enters_a_cell_with_its_layers_measurement_and_value(directory: Path) -> None:
    load(directory)
    measurement = Measurement.objects.get(label="First")
    assert measurement.cell.configuration == "Composite"
    assert factories.magnitudes(measurement) == {"stack_pressure_mpa": 10}
    assert measurement.cell.layers.get().thickness_um == 600
    value = Value.objects.get()
    assert (value.written, value.magnitude) == ("7.87×10^3 Ω", 7870)
    assert value.publication is not None
    assert value.publication.key == "curie1911"


def test_history_records_the_import(directory: Path) -> None:
    load(directory)
    assert set(Cell.history.values_list("history_import", "history_change_reason")) == {("small", "load_example small")}
    factories.make_cell(Project.objects.get(), label="By hand")
    assert Cell.history.filter(history_import="").count() == 1


def test_loading_again_changes_nothing(directory: Path) -> None:
    load(directory)
    before = count_history_rows(), Value.objects.count()
    again = load(directory)
    assert (count_history_rows(), Value.objects.count()) == before
    assert (dict(again.entered), again.changed, again.left) == ({}, [], [])


def test_change_in_the_files_is_imported(directory: Path) -> None:
    load(directory)
    replace_text(directory, "cells/cells.toml", "600 µm", "500 µm")
    assert load(directory).changed == ["cells/cells.toml, cell ‘Pellet’"]
    assert Layer.objects.get().thickness_um == 500


def test_changed_value_supersedes_the_old_one(directory: Path) -> None:
    load(directory)
    load(replace_text(directory, "cells/cells.toml", "7.87×10^3", "7.88×10^3"))
    assert [(item.magnitude, item.is_latest) for item in Value.objects.order_by("pk")] == [(7870, False), (7880, True)]


def test_edited_record_is_skipped_and_listed(directory: Path) -> None:
    load(directory)
    layer = Layer.objects.get()
    layer.thickness = "450 µm"
    save_record(layer, by=None, reason="measured again")
    assert load(directory).left == ["cells/cells.toml, cell ‘Pellet’"]
    assert Layer.objects.get().thickness_um == 450


def test_overwrite_resets_edited_records(directory: Path) -> None:
    load(directory)
    layer = Layer.objects.get()
    layer.thickness = "450 µm"
    save_record(layer, by=None, reason="measured again")
    load(directory, overwrite=True)
    assert Layer.objects.get().thickness_um == 600


def test_renamed_cell_is_not_imported_twice(directory: Path) -> None:
    load(directory)
    cell = Cell.objects.get()
    cell.label = "Pellet 2, good"
    save_record(cell, by=None)
    assert load(directory).left == ["cells/cells.toml, cell ‘Pellet’"]
    assert Cell.objects.get().label == "Pellet 2, good"


def test_deleted_cell_is_restored_only_with_overwrite(directory: Path) -> None:
    load(directory)
    delete_record(Cell.objects.get(), by=None)
    assert load(directory).left == ["cells/cells.toml, cell ‘Pellet’ (deleted)"]
    assert not Cell.objects.exists()
    load(directory, overwrite=True)
    assert Cell.objects.get().measurements.count() == 1


def test_value_reported_or_withdrawn_by_a_user_is_skipped(directory: Path, django_user_model: type[User]) -> None:
    load(directory)
    admin = django_user_model.objects.create_superuser("admin", password="a long password")
    manual = report_value(measurement=Measurement.objects.get(), quantity="resistance_ohm", written="8 kΩ", by=admin)
    assert load(directory).left == ["cells/cells.toml, cell ‘Pellet’, measurement 1, resistance_ohm"]
    retire_value(manual, by=admin)
    load(directory)
    assert not Value.objects.filter(is_latest=True).exists()


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("materials.toml", "kind", "knid", "material ‘LPSCl’: unknown key ‘knid’."),
        ("cells/cells.toml", "thickness", "thikness", "‘Pellet’, layer 1: unknown key ‘thikness’."),
        ("cells/cells.toml", "600 µm", "600", "cells/cells.toml, cell ‘Pellet’: "),
        ("cells/cells.toml", '"10 MPa"', '"10 mA"', "measurement 1: conditions.stack_pressure_mpa: ‘10 mA’"),
        ("cells/cells.toml", '"10 MPa"', "10.0", "‘conditions.stack_pressure_mpa’ is not a string"),
        ("cells/cells.toml", "resistance_ohm", "resistence_ohm", "‘resistance_ohm’?"),
        ("cells/cells.toml", '"Composite"', '"Composit"', "‘Composit’"),
        ("cells/cells.toml", 'setup = "Die"', 'setup = "Dye"', "setup ‘Dye’"),
        ("cells/cells.toml", 'origin = "own"', "", "cell ‘Pellet’: ‘origin’ is missing"),
        ("cells/cells.toml", "[[cell]]", "[[call]]", "cells/cells.toml: unexpected key ‘call’"),
        ("formulations.toml", "70 wt%", "71 wt%", "formulation ‘Composite’: "),
        ("materials.toml", '"NCM"', '"LPSCl"', "‘LPSCl’"),
        ("publications.bib", "year = {1911}", "year = {soon}", "publications.bib: "),
        ("setups.toml", 'kind = "die"', 'kind = "dye"', "setups.toml, setup ‘Die’: kind: "),
        ("project.toml", '"small"', "small", "project.toml "),
    ],
)  # fmt: skip
def test_error_names_file_and_entry_and_saves_nothing(
    directory: Path, file: str, old: str, new: str, message: str
) -> None:
    replace_text(directory, file, old, new)
    with pytest.raises(ImportFileError) as error:
        load(directory)
    assert message in str(error.value)
    assert not Project.objects.exists()


def test_unknown_example_suggests_the_known_ones() -> None:
    with pytest.raises(ImportFileError, match=r"‘wu2052’.*‘wu2025’"):
        example_directory("wu2052")


def test_names_are_matched_after_normalisation(directory: Path) -> None:
    for file in ("materials.toml", "formulations.toml"):
        text = (directory / file).read_text(encoding="utf-8")
        text = text.replace("LPSCl", "Mu\u0308ller\u200b").replace("argyrodite", "a\u0308\ufeff")
        (directory / file).write_text(text, encoding="utf-8")
    load(directory)
    assert Material.objects.filter(name="Müller").count() == 1
    before = count_history_rows()
    again = load(directory)
    assert (dict(again.entered), again.changed, again.left) == ({}, [], [])
    assert count_history_rows() == before


def test_values_at_places_are_imported_once_each(directory: Path) -> None:
    old = 'reported.resistance_ohm = "7.87×10^3 Ω"'
    file = next(path.relative_to(directory).as_posix() for path in directory.rglob("*.toml") if old in path.read_text())
    replace_text(directory, file, old, 'reported.resistance_ohm = {"arc:1" = "7 Ω", "arc:2" = "9 Ω"}')
    load(directory)
    load(directory)
    values = Value.objects.filter(quantity="resistance_ohm").order_by("pk")
    assert [(str(value.place), value.magnitude) for value in values] == [("arc:1", 7.0), ("arc:2", 9.0)]
    replace_text(directory, file, "arc:2", "second")
    with pytest.raises(ImportFileError):
        load(directory)


GROUPS = """
[[group]]
slug = "pellets"
name = "Pellets"
kind = "recipe"
over = "sample.mass_fraction_percent.NCM"
members = [{ cell = "Pellet", label = "70 wt%" }]
"""


def test_a_group_is_imported_once(directory: Path) -> None:
    (directory / "groups.toml").write_text(GROUPS, encoding="utf-8")
    assert load(directory).entered["cell group", "cell groups"] == 1
    assert not load(directory).entered
    (member,) = CellGroup.objects.get().members.all()
    assert (member.cell.label, member.label, member.position) == ("Pellet", "70 wt%", 1)
    assert [row.history_import for row in GroupMember.history.all()] == ["small"]


def test_an_edited_group_is_left_unchanged(directory: Path, owner: User) -> None:
    (directory / "groups.toml").write_text(GROUPS, encoding="utf-8")
    load(directory)
    group = CellGroup.objects.get()
    group.name = "Renamed"
    save_record(group, by=None)
    assert load(directory).left == ["groups.toml, group ‘pellets’"]
    load(directory, overwrite=True)
    assert CellGroup.objects.get().name == "Pellets"


def test_a_member_that_is_not_defined_is_named(directory: Path) -> None:
    (directory / "groups.toml").write_text(GROUPS.replace('cell = "Pellet"', 'cell = "Pelet"'), encoding="utf-8")
    with pytest.raises(ImportFileError, match="member 1"):
        load(directory)


STACK = """
[[cell]]
label = "Stack"
format = "pouch"
origin = "own"
repeat_units = 4
tab_mass = "120 mg"
layers = [{ role = "current_collector", material = "NCM", apparent_density = "8.9 g/cm³", coated_sides = 2 }]
"""


def test_a_stack_is_imported_once(directory: Path) -> None:
    (directory / "cells/stack.toml").write_text(STACK)
    load(directory)
    cell = Cell.objects.get(label="Stack")
    assert (cell.repeat_units, cell.tab_mass_mg, cell.layers.get().coated_sides) == (4, 120.0, 2)
    assert load(directory).changed == []


def test_a_number_of_repeat_units_is_a_whole_number(directory: Path) -> None:
    (directory / "cells/stack.toml").write_text(STACK.replace("repeat_units = 4", 'repeat_units = "four"'))
    with pytest.raises(ImportFileError, match="‘repeat_units’ is not a whole number"):
        load(directory)
