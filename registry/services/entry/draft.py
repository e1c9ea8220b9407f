"""Keep what a user typed in a form until it is saved."""

import json
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from registry.models import Draft
from registry.text.cleaning import TextError, clean_json

MAX_CHARACTERS = 200_000


def save_draft(*, user: User, kind: str, content: dict[str, Any]) -> Draft:
    """Replace the draft of this kind."""
    try:
        cleaned = clean_json(content)
    except TextError as error:
        raise ValidationError(str(error), code="text") from error
    if len(json.dumps(cleaned)) > MAX_CHARACTERS:
        raise ValidationError("This form is too large to be kept as a draft: save it.", code="draft-too-large")
    draft, _ = Draft.objects.update_or_create(user=user, kind=kind, defaults={"content": cleaned})
    return draft


def get_draft(user: User, kind: str) -> Draft | None:
    """Return the draft of this kind."""
    return Draft.objects.filter(user=user, kind=kind).first()


def discard_draft(*, user: User, kind: str) -> None:
    """Delete the draft of this kind."""
    Draft.objects.filter(user=user, kind=kind).delete()
