"""Text cleaning on every model, and name comparison by key."""

import contextlib
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from registry.models import Cell, Material, Project
from registry.models.text import CleanText, KeyField
from tests import factories

GENERATED = {"MessageCode", "QuantityDescription", "RawFile", "RefcodeCounter", "SearchDocument"}
"""Models whose text is generated: codes, digests, prefixes, what plugins register, and tokens of cleaned text."""
BAD = {"NUL": "a\0b", "surrogate": "a\ud800b", "control character": "a\x1bb"}
UNTIDY, TIDY = "Mu\u0308\u200bller \ufeffx", "Müller x"


def text_fields(*kinds: type[models.Field]) -> list[Any]:
    return [
        pytest.param(model, field.name, id=f"{model.__name__}.{field.name}")
        for model in apps.get_app_config("registry").get_models()
        if not model.__name__.startswith("Historical") and model.__name__ not in GENERATED
        for field in model._meta.concrete_fields
        if isinstance(field, kinds) and not isinstance(field, KeyField)
    ]


def errors_of(model: type[models.Model], name: str, value: object) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        model(**{name: value}).clean_fields()
    return refused.value.message_dict[name]


def cleaned(model: type[models.Model], name: str, value: object) -> object:
    """Return the value after validation; errors on the other, empty fields are ignored."""
    record = model(**{name: value})
    with contextlib.suppress(ValidationError):
        record.clean_fields()
    return getattr(record, name)


def test_every_model_cleans_its_text() -> None:
    all_models = apps.get_app_config("registry").get_models()
    uncleaned = {model.__name__ for model in all_models if not issubclass(model, CleanText)}
    assert {name for name in uncleaned if not name.startswith("Historical")} == GENERATED


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
@pytest.mark.parametrize(("model", "name"), text_fields(models.CharField, models.TextField))
def test_refuses_text_that_cannot_be_stored(model: type[models.Model], name: str, bad: str) -> None:
    assert errors_of(model, name, bad)[0].startswith("This text contains ")


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
@pytest.mark.parametrize(("model", "name"), text_fields(models.JSONField))
def test_refuses_json_that_cannot_be_stored(model: type[models.Model], name: str, bad: str) -> None:
    for document in ({"key": bad}, {bad: 1}, [1, {"deep": [[bad]]}], bad):
        assert "This text contains " in errors_of(model, name, document)[0]


@pytest.mark.parametrize(("model", "name"), text_fields(models.CharField, models.TextField))
def test_normalizes_text(model: type[models.Model], name: str) -> None:
    assert cleaned(model, name, UNTIDY) == TIDY


@pytest.mark.parametrize(("model", "name"), text_fields(models.JSONField))
def test_normalizes_json(model: type[models.Model], name: str) -> None:
    assert cleaned(model, name, {UNTIDY: [UNTIDY, 1]}) == {TIDY: [TIDY, 1]}


@pytest.mark.parametrize(("model", "name"), text_fields(models.CharField, models.TextField))
def test_only_text_fields_allow_line_breaks(model: type[models.Model], name: str) -> None:
    text = "first\n\tsecond"
    if isinstance(model._meta.get_field(name), models.TextField):
        assert cleaned(model, name, text) == text
    else:
        assert "on one line" in errors_of(model, name, text)[0]


def test_excluded_fields_are_not_cleaned() -> None:
    material = Material(name="a\0b", kind="binder", formula="x\u200b")
    material.clean_fields(exclude=["name", "project"])
    assert (material.name, material.formula) == ("a\0b", "x")


def test_a_name_of_invisible_characters_is_refused(project: Project) -> None:
    with pytest.raises(ValidationError) as refused:
        factories.make_material(project, "\u200b\u2060")
    assert "name" in refused.value.message_dict


EQUIVALENT = [("Müller", "Mu\u0308ller"), ("NCM 01", "NCM\u200b 01"), ("Zelle Ä", "ZELLE ä"), ("Straße", "STRASSE")]
FACTORIES = {
    "cell": lambda project, name: factories.make_cell(project, label=name),
    "material": factories.make_material,
    "formulation": lambda project, name: factories.make_formulation(project, name=name),
    "set-up": lambda project, name: factories.make_setup(project, name=name),
    "column mapping": factories.make_mapping,
}


@pytest.mark.parametrize(("first", "second"), EQUIVALENT)
@pytest.mark.parametrize("make", FACTORIES.values(), ids=FACTORIES)
def test_an_equivalent_name_is_refused(project: Project, make: Any, first: str, second: str) -> None:
    record = make(project, first)
    with pytest.raises(ValidationError, match="already"):
        make(project, second)
    record.full_clean()


@pytest.mark.parametrize("make", FACTORIES.values(), ids=FACTORIES)
def test_the_same_name_is_allowed_in_another_project(project: Project, public_project: Project, make: Any) -> None:
    make(project, "Zelle Ä")
    make(public_project, "Zelle Ä")


def test_the_database_refuses_an_equivalent_name(project: Project) -> None:
    factories.make_cell(project, label="Zelle Ä")
    with pytest.raises(IntegrityError), transaction.atomic():
        Cell(project=project, label="ZELLE ä", format="die").save()


def test_the_key_is_updated_and_has_no_history(project: Project) -> None:
    cell = factories.make_cell(project, label="Zelle Ä")
    cell.label = "Ω-Cell"
    cell.save()
    assert Cell.objects.get(label_key="ω-CELL") == cell
    assert "label_key" not in {field.name for field in Cell.history.model._meta.concrete_fields}
