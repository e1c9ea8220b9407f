"""Every text of every record is cleaned or refused, and names are compared by their keys."""

import contextlib
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from registry.models import Cell, Material, Project
from registry.models.text import CleanText, KeyField
from tests import factories

MADE_HERE = {"RawFile", "RefcodeCounter"}
"""Models whose text the program makes itself: digests and prefixes."""
BAD = {"NUL": "a\0b", "surrogate": "a\ud800b", "control character": "a\x1bb"}
UNTIDY, TIDY = "Mu\u0308\u200bller \ufeffx", "Müller x"


def text_fields(*kinds: type[models.Field]) -> list[Any]:
    return [
        pytest.param(model, field.name, id=f"{model.__name__}.{field.name}")
        for model in apps.get_app_config("registry").get_models()
        if not model.__name__.startswith("Historical") and model.__name__ not in MADE_HERE
        for field in model._meta.concrete_fields
        if isinstance(field, kinds) and not isinstance(field, KeyField)
    ]


def errors_of(model: type[models.Model], name: str, value: object) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        model(**{name: value}).clean_fields()
    return refused.value.message_dict[name]


def cleaned(model: type[models.Model], name: str, value: object) -> object:
    """As it is after validation, which refuses other fields, left empty."""
    record = model(**{name: value})
    with contextlib.suppress(ValidationError):
        record.clean_fields()
    return getattr(record, name)


def test_every_model_cleans_its_text() -> None:
    every = apps.get_app_config("registry").get_models()
    without = {model.__name__ for model in every if not issubclass(model, CleanText)}
    assert {name for name in without if not name.startswith("Historical")} == MADE_HERE


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
@pytest.mark.parametrize(("model", "name"), text_fields(models.CharField, models.TextField))
def test_refuses_text_that_cannot_be_stored(model: type[models.Model], name: str, bad: str) -> None:
    assert errors_of(model, name, bad)[0].startswith("This text contains ")


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
@pytest.mark.parametrize(("model", "name"), text_fields(models.JSONField))
def test_refuses_documents_that_cannot_be_stored(model: type[models.Model], name: str, bad: str) -> None:
    for document in ({"key": bad}, {bad: 1}, [1, {"deep": [[bad]]}], bad):
        assert "This text contains " in errors_of(model, name, document)[0]


@pytest.mark.parametrize(("model", "name"), text_fields(models.CharField, models.TextField))
def test_stores_one_form(model: type[models.Model], name: str) -> None:
    assert cleaned(model, name, UNTIDY) == TIDY


@pytest.mark.parametrize(("model", "name"), text_fields(models.JSONField))
def test_stores_one_form_in_documents(model: type[models.Model], name: str) -> None:
    assert cleaned(model, name, {UNTIDY: [UNTIDY, 1]}) == {TIDY: [TIDY, 1]}


@pytest.mark.parametrize(("model", "name"), text_fields(models.CharField, models.TextField))
def test_has_lines_where_the_field_has(model: type[models.Model], name: str) -> None:
    text = "first\n\tsecond"
    if isinstance(model._meta.get_field(name), models.TextField):
        assert cleaned(model, name, text) == text
    else:
        assert "on one line" in errors_of(model, name, text)[0]


def test_text_left_out_of_validation_is_left_alone() -> None:
    material = Material(name="a\0b", kind="binder", formula="x\u200b")
    material.clean_fields(exclude=["name", "project"])
    assert (material.name, material.formula) == ("a\0b", "x")


def test_invisible_characters_make_no_name(project: Project) -> None:
    with pytest.raises(ValidationError) as refused:
        factories.make_material(project, "\u200b\u2060")
    assert "name" in refused.value.message_dict


ALIKE = [("Müller", "Mu\u0308ller"), ("NCM 01", "NCM\u200b 01"), ("Zelle Ä", "ZELLE ä"), ("Straße", "STRASSE")]
MAKERS = {
    "cell": lambda project, name: factories.make_cell(project, label=name),
    "material": factories.make_material,
    "formulation": lambda project, name: factories.make_formulation(project, name=name),
    "set-up": lambda project, name: factories.make_setup(project, name=name),
    "column mapping": factories.make_mapping,
}


@pytest.mark.parametrize(("first", "second"), ALIKE)
@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_a_name_is_taken_however_it_is_spelled(project: Project, make: Any, first: str, second: str) -> None:
    record = make(project, first)
    with pytest.raises(ValidationError, match="already"):
        make(project, second)
    record.full_clean()


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_the_same_name_in_another_project_is_free(project: Project, public_project: Project, make: Any) -> None:
    make(project, "Zelle Ä")
    make(public_project, "Zelle Ä")


def test_the_database_compares_as_the_form_does(project: Project) -> None:
    factories.make_cell(project, label="Zelle Ä")
    with pytest.raises(IntegrityError), transaction.atomic():
        Cell(project=project, label="ZELLE ä", format="die").save()


def test_the_key_follows_the_name_and_has_no_history(project: Project) -> None:
    cell = factories.make_cell(project, label="Zelle Ä")
    cell.label = "Ω-Cell"
    cell.save()
    assert Cell.objects.get(label_key="ω-CELL") == cell
    assert "label_key" not in {field.name for field in Cell.history.model._meta.concrete_fields}
