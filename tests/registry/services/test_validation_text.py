"""What a refused save says."""

from django.core.exceptions import ValidationError

from registry.services.validation_text import validation_text


def test_names_each_field_before_its_sentence() -> None:
    error = ValidationError({"area": "Too small.", "__all__": ["Give one of the two."]})
    assert validation_text(error) == "area: Too small. Give one of the two."


def test_joins_sentences_that_belong_to_no_field() -> None:
    assert validation_text(ValidationError(["One.", "Two."])) == "One. Two."
