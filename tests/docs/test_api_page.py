"""Runs the walk-through of the API: every request of the page, with the output it shows."""

import io
from contextlib import redirect_stdout
from typing import Any

import pytest
import requests
from rest_framework.test import RequestsClient

from registry.services.jobs.background import do_due_work
from tests import factories
from tests.docs.blocks import DOCS, blocks_of, matches

PASSWORD = "a long password"


class SessionWithWorker(RequestsClient):
    """A session that answers from this process, and does what is due after each request, as a worker would."""

    def request(self, *arguments: Any, **options: Any) -> requests.Response:
        response: requests.Response = super().request(*arguments, **options)
        do_due_work()
        return response


def test_every_request_has_the_documented_answer(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.make_user("alice")
    monkeypatch.setenv("CELLAR_PASSWORD", PASSWORD)
    monkeypatch.setattr(requests, "Session", SessionWithWorker)
    names: dict[str, Any] = {}
    printed = ""
    for block in blocks_of(DOCS / "api.md"):
        if block.language == "text":
            assert matches(block.text, printed), f"{printed}\n--- documented as ---\n{block.text}"
            continue
        assert block.language == "python"
        output = io.StringIO()
        with redirect_stdout(output):
            exec(compile(block.text, "docs/api.md", "exec"), names)
        printed = output.getvalue()
