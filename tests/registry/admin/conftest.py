"""A signed-in browser that submits admin forms with the values shown, some of them changed."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client


class Browser:
    """A test client with helpers for admin pages."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)

    def get(self, url: str) -> Any:
        return self.client.get(url)

    def form_data(self, url: str) -> dict[str, Any]:
        """Return the data the form at `url` would submit unchanged."""
        context = self.get(url).context
        data = _values(context["adminform"].form)
        for inline in context["inline_admin_formsets"]:
            formset = inline.formset
            data |= _values(formset.management_form)
            for form in formset.forms:
                data |= _values(form)
        return data

    def fill(
        self,
        url: str,
        changes: dict[str, Any] | None = None,
        rows: dict[str, list[dict[str, Any]]] | None = None,
    ) -> Any:
        """Submit the form at `url` with fields changed and rows appended."""
        data = self.form_data(url) | (changes or {})
        for prefix, added in (rows or {}).items():
            first = int(data[f"{prefix}-INITIAL_FORMS"])
            for number, row in enumerate(added, start=first):
                data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
            data[f"{prefix}-TOTAL_FORMS"] = max(int(data[f"{prefix}-TOTAL_FORMS"]), first + len(added))
        return self.client.post(url, data)

    @staticmethod
    def errors(response: HttpResponse) -> dict[str, list[str]]:
        """Return the form errors by field: `layers-0-thickness` for a row, `layers` for a formset."""
        if response.status_code == 302:
            return {}
        context: Any = response.context  # type: ignore[attr-defined]
        errors = {name: list(messages) for name, messages in context["adminform"].form.errors.items()}
        for inline in context["inline_admin_formsets"]:
            formset = inline.formset
            if formset.non_form_errors():
                errors[formset.prefix] = list(formset.non_form_errors())
            for form in formset.forms:
                errors |= {f"{form.prefix}-{name}": list(messages) for name, messages in form.errors.items()}
        return errors

    @staticmethod
    def messages(response: HttpResponse) -> list[str]:
        """Return the messages at the top of the page."""
        return [str(message) for message in get_messages(response.wsgi_request)]  # type: ignore[attr-defined]


def _values(form: Any) -> dict[str, Any]:
    values = {bound.html_name: bound.value() for bound in form}
    return {name: "" if value is None else value for name, value in values.items() if value is not False}


@pytest.fixture
def browser(colleague: User) -> Browser:
    return Browser(colleague)


@pytest.fixture
def owner_browser(owner: User) -> Browser:
    return Browser(owner)


@pytest.fixture
def make_browser() -> type[Browser]:
    return Browser
