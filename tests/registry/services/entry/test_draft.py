"""Drafts: one of each kind for a user."""

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from registry.models import Draft
from registry.services.entry.draft import MAX_CHARACTERS, discard_draft, get_draft, save_draft


def test_a_draft_replaces_the_one_before(owner: User, colleague: User) -> None:
    save_draft(user=owner, kind="cell", content={"fields": {"label": "A"}})
    save_draft(user=owner, kind="cell", content={"fields": {"label": "B"}})
    save_draft(user=colleague, kind="cell", content={"fields": {"label": "C"}})
    draft = get_draft(owner, "cell")
    assert draft is not None
    assert draft.content == {"fields": {"label": "B"}}
    assert Draft.objects.count() == 2
    discard_draft(user=owner, kind="cell")
    assert get_draft(owner, "cell") is None
    assert get_draft(colleague, "cell") is not None


@pytest.mark.parametrize("text", ["a\x00b", "x" * MAX_CHARACTERS])
def test_what_cannot_be_stored_is_refused(owner: User, text: str) -> None:
    with pytest.raises(ValidationError):
        save_draft(user=owner, kind="cell", content={"fields": {"label": text}})
    assert get_draft(owner, "cell") is None
