"""Inputs for numbers: what was understood, and its errors."""

import pytest
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.test import Client

from registry.web.entry.base.quantity_field import QuantityField


def field(**settings: str) -> QuantityField:
    return QuantityField(name="p", label="Stack pressure", **({"quantity": "stack_pressure_mpa"} | settings))


@pytest.mark.parametrize(
    ("text", "kind", "shown_as"), [("10 MPa", "number", ""), ("Coin cell", "words", "warn"), ("10", "error", "bad")]
)
def test_what_was_understood_has_a_kind_and_a_class(text: str, kind: str, shown_as: str) -> None:
    assert (field(text=text).echo.kind, field(text=text).echo_class) == (kind, shown_as)


def test_an_error_of_the_form_takes_the_place_of_the_echo() -> None:
    assert field(text="10 MPa", error="Too high.").echo == ("Too high.", "error", ())


def test_the_input_is_labelled_described_and_escaped() -> None:
    html = render_to_string("web/entry/_field.html", {"field": field(text='"><script>')})
    assert "<script>" not in html
    assert 'for="f-p"' in html
    assert 'aria-describedby="f-p-echo"' in html
    assert 'aria-invalid="true"' in html


def test_a_text_is_interpreted_while_it_is_typed(client: Client, viewer: User) -> None:
    client.force_login(viewer)
    answer = client.get("/read-as/", {"quantity": "stack_pressure_mpa", "written": "10 MPa"}).json()
    assert answer["kind"] == "number"
    assert "9.5 to 10.5" in answer["text"]


def test_only_for_those_who_are_signed_in(client: Client, db: None) -> None:
    assert client.get("/read-as/", {"quantity": "stack_pressure_mpa", "written": "10 MPa"}).status_code == 403
