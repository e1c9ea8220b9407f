"""Formatting validation errors."""

from django.core.exceptions import ValidationError

from registry.services.validation_text import validation_text


def test_each_message_is_preceded_by_its_field() -> None:
    error = ValidationError({"area": "Below 0.", "__all__": ["Give one."]})
    assert validation_text(error) == "area: Below 0. Give one."


def test_messages_without_a_field_are_joined() -> None:
    assert validation_text(ValidationError(["First.", "Second."])) == "First. Second."
