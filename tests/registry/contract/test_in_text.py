"""Sentences name quantities, techniques and recipe numbers in words; parameters keep the slugs."""

import json

import pytest

from registry.contract.in_text import (
    number_in_text,
    quantity_in_text,
    recipe_number_in_text,
    technique_in_text,
    with_unit,
)
from registry.hookspecs import Message


def test_a_message_prints_the_name_and_keeps_the_slug() -> None:
    message = Message("too-few", "{quantity} lacks numbers.", quantity=quantity_in_text("resistance_ohm", begins=True))
    assert message.text.split()[0] == "Resistance"
    assert json.loads(json.dumps(message.parameters)) == {"quantity": "resistance_ohm"}


def test_what_is_not_registered_is_printed_as_its_slug() -> None:
    assert f"{quantity_in_text('unheard_of_s')}" == "unheard_of_s"
    assert number_in_text("unheard_of_s", "3") == "unheard_of_s 3"
    assert technique_in_text("unheard-of") == "unheard-of"


@pytest.mark.parametrize(
    ("slug", "number", "words"),
    [("stack_pressure_mpa", "<0.1", "stack pressure <0.1 MPa"), ("cycle_number", "3", "cycle number 3")],
)
def test_a_number_has_its_unit(slug: str, number: str, words: str) -> None:
    assert number_in_text(slug, number) == words
    assert words.endswith(with_unit(slug, number))


def test_a_technique_has_its_short_name() -> None:
    assert technique_in_text("eis") == "EIS"


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("sample.mass_fraction_percent.VGCF", ("mass fraction", "VGCF", "sample")),
        ("electrolyte.thickness_um", ("thickness", "electrolyte")),
        ("current_collector.thickness_um", ("thickness", "current collector")),
        ("", ()),
    ],
)
def test_a_recipe_number_is_named_by_quantity_material_and_layer(key: str, words: tuple[str, ...]) -> None:
    number = recipe_number_in_text(key)
    assert number == key
    assert all(word in f"{number}" for word in words)
    assert bool(f"{number}") == bool(words)
