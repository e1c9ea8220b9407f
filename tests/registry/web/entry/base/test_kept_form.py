"""The fields of a form as one text."""

import pytest
from django.test import RequestFactory

from registry.web.entry.base.kept_form import keep_form, load_kept_form


def test_what_is_written_is_read(rf: RequestFactory) -> None:
    data = {"typed_by": "7", "action": "save", "csrfmiddlewaretoken": "t", "layers": ["0", "1"], "notes": "Ä\n\"'</b>"}
    kept = keep_form(rf.post("/cells/new/?like=C-00001", data))
    assert kept is not None
    assert load_kept_form(kept.dump()) == kept
    assert kept.path == "/cells/new/"
    assert kept.pairs == [
        ("layers", "0"),
        ("layers", "1"),
        ("notes", "Ä\n\"'</b>"),
        ("typed_by", "7"),
        ("action", "restore"),
    ]


@pytest.mark.parametrize(
    "text", ["", "{", "[" * 100_000, "7", '{"path": "//example.org/", "user": "7", "fields": {}, "has_files": false}']
)
def test_anything_else_is_no_form(text: str) -> None:
    assert load_kept_form(text) is None
