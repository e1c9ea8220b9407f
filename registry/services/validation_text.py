"""Format validation errors as text."""

from django.core.exceptions import ValidationError


def validation_text(error: ValidationError) -> str:
    """The messages of a ValidationError on one line, each preceded by its field."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    texts = []
    for field, messages in error.message_dict.items():
        prefix = "" if field == "__all__" else f"{field}: "
        texts += [f"{prefix}{message}" for message in messages]
    return " ".join(texts)
