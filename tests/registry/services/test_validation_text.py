"""Formatting validation errors."""

import pytest
from django.core.exceptions import ValidationError

from registry.models import Tag
from registry.services.validation_text import TOO_LONG, plain_messages, validation_text


def test_each_message_is_preceded_by_its_field() -> None:
    error = ValidationError({"area": "Below 0.", "__all__": ["Give one."]})
    assert validation_text(error) == "area: Below 0. Give one."


def test_what_is_too_long_is_said_with_both_lengths() -> None:
    with pytest.raises(ValidationError) as caught:
        Tag(name="x" * 41).clean_fields(exclude=["cell"])
    assert plain_messages(caught.value) == [TOO_LONG % {"limit_value": 40, "show_value": 41}]


def test_messages_without_a_field_are_joined() -> None:
    assert validation_text(ValidationError(["First.", "Second."])) == "First. Second."
