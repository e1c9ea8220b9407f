"""What a refused save says, as text."""

from django.core.exceptions import ValidationError


def validation_text(error: ValidationError) -> str:
    """The sentences of a ValidationError on one line, each with its field."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    sentences = []
    for field, messages in error.message_dict.items():
        words = "" if field == "__all__" else f"{field}: "
        sentences += [f"{words}{message}" for message in messages]
    return " ".join(sentences)
