"""Format validation errors as text."""

from django.core.exceptions import ValidationError

TOO_LONG = "At most %(limit_value)d characters, not %(show_value)d: shorten it."


def validation_text(error: ValidationError) -> str:
    """The messages of a ValidationError on one line, each preceded by its field."""
    if not hasattr(error, "error_dict"):
        return " ".join(plain_messages(error))
    texts = []
    for field, errors in error.error_dict.items():
        prefix = "" if field == "__all__" else f"{field}: "
        texts += [f"{prefix}{message}" for message in plain_messages(ValidationError(errors))]
    return " ".join(texts)


def plain_messages(error: ValidationError) -> list[str]:
    """The messages of a ValidationError without the fields, in plain words."""
    if hasattr(error, "error_dict"):
        return [text for errors in error.error_dict.values() for text in plain_messages(ValidationError(errors))]
    return [text for item in error.error_list for text in _plain(item)]


def _plain(item: ValidationError) -> list[str]:
    is_too_long = item.code == "max_length" and item.params and {"limit_value", "show_value"} <= set(item.params)
    return [TOO_LONG % item.params] if is_too_long else list(item.messages)
