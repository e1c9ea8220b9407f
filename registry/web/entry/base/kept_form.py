"""A form that a browser without scripts sends after the session has ended: the sign-in page carries what was typed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from django.http import HttpRequest
from django.urls import Resolver404, resolve

TYPED_BY = "typed_by"
"""Field of a form that can be shown again as it was typed: the primary key of the user it was opened by."""
RESTORE = "restore"
"""Action that shows such a form again; nothing is saved."""
LIKE = "like"
"""Field of a form: the record that can be copied into it."""
LEFT_OUT = (TYPED_BY, "csrfmiddlewaretoken", "action", LIKE)
MOST_CHARACTERS = 500_000


@dataclass(frozen=True)
class KeptForm:
    """The fields of a form, and who typed them."""

    path: str
    user: str
    fields: Mapping[str, Sequence[str]]
    has_files: bool = False
    """Whether files were sent too, which have to be chosen again."""

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Name and text of each field, for hidden fields."""
        pairs = [(name, text) for name, texts in self.fields.items() for text in texts]
        return [*pairs, (TYPED_BY, self.user), ("action", RESTORE)]

    def dump(self) -> str:
        """Return it as the text of one hidden field."""
        return json.dumps(asdict(self), ensure_ascii=False)


def keep_form(request: HttpRequest) -> KeptForm | None:
    """Return the form that was sent; None if it cannot be shown again, or is too long."""
    user = request.POST.get(TYPED_BY, "")
    fields = {name: texts for name, texts in request.POST.lists() if name not in LEFT_OUT}
    if not user or sum(len(name) + sum(map(len, texts)) for name, texts in fields.items()) > MOST_CHARACTERS:
        return None
    return KeptForm(request.path, user, fields, has_files=bool(request.FILES))


def load_kept_form(text: str) -> KeptForm | None:
    """Read the text of the hidden field; None if it is not one that `dump` has written."""
    try:
        data = json.loads(text[: 3 * MOST_CHARACTERS])
        kept = KeptForm(str(data["path"]), str(data["user"]), dict(data["fields"]), bool(data["has_files"]))
        resolve(kept.path)
    except (ValueError, TypeError, KeyError, RecursionError, Resolver404):
        return None
    is_text = all(
        isinstance(texts, list) and all(isinstance(item, str) for item in texts) for texts in kept.fields.values()
    )
    return kept if is_text else None
