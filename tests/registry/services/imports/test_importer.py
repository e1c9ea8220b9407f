"""Entering a worked example: safe to repeat, gentle with what people changed, clear about what is wrong."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User

from registry.models import Cell, Formulation, Layer, Material, Measurement, Project, Synonym, Value
from registry.services.imports.importer import ImportSummary, load_example
from registry.services.imports.toml_files import ImportFileError, example_directory
from registry.services.record import delete_record, save_record
from registry.services.value import report_value, retire_value

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
stack_pressure = "10 MPa"
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


def replaced(directory: Path, file: str, old: str, new: str) -> Path:
    text = (directory / file).read_text(encoding="utf-8")
    assert old in text
    (directory / file).write_text(text.replace(old, new), encoding="utf-8")
    return directory


def histories() -> int:
    models = (Project, Material, Synonym, Formulation, Cell, Layer, Measurement)
    return sum(model.history.count() for model in models)


def test_enters_a_cell_with_its_layers_measurement_and_value(directory: Path) -> None:
    load(directory)
    measurement = Measurement.objects.get(label="First")
    assert measurement.cell.configuration == "Composite"
    assert (measurement.stack_pressure_mpa, measurement.cell.layers.get().thickness_um) == (10, 600)
    value = Value.objects.get()
    assert (value.written, value.magnitude) == ("7.87×10^3 Ω", 7870)
    assert value.publication is not None
    assert value.publication.key == "curie1911"


def test_says_in_the_history_that_it_was_loaded(directory: Path) -> None:
    load(directory)
    assert set(Cell.history.values_list("history_change_reason", flat=True)) == {"load_example small"}


def test_loading_again_writes_nothing(directory: Path) -> None:
    load(directory)
    before = histories(), Value.objects.count()
    again = load(directory)
    assert (histories(), Value.objects.count()) == before
    assert (dict(again.entered), again.changed, again.left) == ({}, [], [])


def test_a_change_in_the_files_is_taken_over(directory: Path) -> None:
    load(directory)
    replaced(directory, "cells/cells.toml", "600 µm", "500 µm")
    assert load(directory).changed == ["cells/cells.toml, cell ‘Pellet’"]
    assert Layer.objects.get().thickness_um == 500


def test_a_changed_value_supersedes_the_old_one(directory: Path) -> None:
    load(directory)
    load(replaced(directory, "cells/cells.toml", "7.87×10^3", "7.88×10^3"))
    assert [(item.magnitude, item.is_latest) for item in Value.objects.order_by("pk")] == [(7870, False), (7880, True)]


def test_what_a_person_changed_is_left_and_named(directory: Path) -> None:
    load(directory)
    layer = Layer.objects.get()
    layer.thickness = "450 µm"
    save_record(layer, by=None, reason="measured again")
    assert load(directory).left == ["cells/cells.toml, cell ‘Pellet’"]
    assert Layer.objects.get().thickness_um == 450


def test_overwrite_sets_back_what_a_person_changed(directory: Path) -> None:
    load(directory)
    layer = Layer.objects.get()
    layer.thickness = "450 µm"
    save_record(layer, by=None, reason="measured again")
    load(directory, overwrite=True)
    assert Layer.objects.get().thickness_um == 600


def test_a_renamed_cell_is_not_entered_twice(directory: Path) -> None:
    load(directory)
    cell = Cell.objects.get()
    cell.label = "Pellet, the good one"
    save_record(cell, by=None)
    assert load(directory).left == ["cells/cells.toml, cell ‘Pellet’"]
    assert Cell.objects.get().label == "Pellet, the good one"


def test_a_deleted_cell_stays_deleted_until_told_to_overwrite(directory: Path) -> None:
    load(directory)
    delete_record(Cell.objects.get(), by=None)
    assert load(directory).left == ["cells/cells.toml, cell ‘Pellet’ (deleted)"]
    assert not Cell.objects.exists()
    load(directory, overwrite=True)
    assert Cell.objects.get().measurements.count() == 1


def test_a_value_a_person_reported_or_retired_is_left(directory: Path, django_user_model: type[User]) -> None:
    load(directory)
    admin = django_user_model.objects.create_superuser("admin", password="a long password")
    by_hand = report_value(measurement=Measurement.objects.get(), quantity="resistance_ohm", written="8 kΩ", by=admin)
    assert load(directory).left == ["cells/cells.toml, cell ‘Pellet’, measurement 1, resistance_ohm"]
    retire_value(by_hand, by=admin)
    load(directory)
    assert not Value.objects.filter(is_latest=True).exists()


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("materials.toml", "kind", "knid", "material ‘LPSCl’: a material has no ‘knid’. Did you mean ‘kind’?"),
        ("cells/cells.toml", "thickness", "thikness", "‘Pellet’, layer 1: a layer has no ‘thikness’. Did you mean"),
        ("cells/cells.toml", "600 µm", "600", "cells/cells.toml, cell ‘Pellet’: "),
        ("cells/cells.toml", '"10 MPa"', '"10 mA"', "cell ‘Pellet’, measurement 1: stack_pressure: ‘10 mA’"),
        ("cells/cells.toml", '"10 MPa"', "10.0", "‘stack_pressure’ is not text: write it in quotation marks"),
        ("cells/cells.toml", "resistance_ohm", "resistence_ohm", "did you mean ‘resistance_ohm’?"),
        ("cells/cells.toml", '"Composite"', '"Composit"', "‘Composit’ before it. Did you mean ‘Composite’?"),
        ("cells/cells.toml", 'setup = "Die"', 'setup = "Dye"', "no setup ‘Dye’ before it."),
        ("cells/cells.toml", 'origin = "own"', "", "cell ‘Pellet’: ‘origin’ is missing"),
        ("cells/cells.toml", "[[cell]]", "[[call]]", "cells/cells.toml: ‘call’ does not belong here"),
        ("formulations.toml", "70 wt%", "71 wt%", "formulation ‘Composite’: The mass fractions add up to 101 %"),
        ("materials.toml", '"NCM"', '"LPSCl"', "this name stands twice in the files"),
        ("publications.bib", "year = {1911}", "year = {soon}", "publications.bib: "),
        ("setups.toml", 'kind = "die"', 'kind = "dye"', "setups.toml, setup ‘Die’: kind: "),
        ("project.toml", '"small"', "small", "project.toml cannot be read"),
    ],
)  # fmt: skip
def test_an_error_names_the_file_and_the_entry_and_saves_nothing(
    directory: Path, file: str, old: str, new: str, said: str
) -> None:
    replaced(directory, file, old, new)
    with pytest.raises(ImportFileError) as refused:
        load(directory)
    assert said in str(refused.value)
    assert not Project.objects.exists()


def test_an_unknown_example_names_those_there_are() -> None:
    with pytest.raises(ImportFileError, match=r"no example ‘wu2052’\. Did you mean ‘wu2025’\?"):
        example_directory("wu2052")


def test_names_in_another_spelling_are_the_same_records(directory: Path) -> None:
    for file in ("materials.toml", "formulations.toml"):
        text = (directory / file).read_text(encoding="utf-8")
        text = text.replace("LPSCl", "Mu\u0308ller\u200b").replace("argyrodite", "a\u0308\ufeff")
        (directory / file).write_text(text, encoding="utf-8")
    load(directory)
    assert Material.objects.filter(name="Müller").count() == 1
    before = histories()
    again = load(directory)
    assert (dict(again.entered), again.changed, again.left) == ({}, [], [])
    assert histories() == before
