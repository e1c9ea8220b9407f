"""Rules of all templates, each with its own test."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from registry.models import Project
from tests import factories

TEMPLATES = Path(__file__).parent.parent.parent / "templates"
FORM = re.compile(r"<form\b(?P<tag>(?:{%.*?%}|{{.*?}}|[^>])*)>(?P<body>.*?)(?:</form>|\Z)", re.DOTALL)
TOKEN_FIELD = re.compile(r"{%\s*csrf_token\s*%}|<input[^>]*csrfmiddlewaretoken")
"""A field whose value is sent by every button of its form."""


def contents(path: Path) -> str:
    """The template with the templates of this project that it includes by name."""

    def include(match: re.Match[str]) -> str:
        included = TEMPLATES / match[1]
        return contents(included) if included.exists() else ""

    return re.sub(r'{%\s*include\s+"([^"]+)".*?%}', include, path.read_text())


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_form_puts_its_token_into_an_address(path: Path) -> None:
    """A form with a token is sent by POST alone; a button of a GET form may carry the token for its own POST."""
    for form in FORM.finditer(contents(path)):
        if TOKEN_FIELD.search(form["body"]):
            assert 'method="post"' in form["tag"].lower(), form["tag"]
            assert 'formmethod="get"' not in form["body"].lower(), form["tag"]
    for button in re.finditer(r"<button[^>]*csrfmiddlewaretoken[^>]*>", path.read_text()):
        assert 'formmethod="post"' in button[0], button[0]


@pytest.mark.django_db
def test_cells_are_compared_without_a_token_and_grouped_with_that_of_the_button() -> None:
    project: Project = factories.make_project(slug="lab", name="Lab")
    editor: User = factories.make_member(project, "editor", "mara")
    cells = [factories.make_cell(project, label=label) for label in "ab"]
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    page = client.get("/cells/").content.decode()
    form = next(form for form in FORM.finditer(page) if "data-selection" in form["tag"])
    assert 'method="get"' in form["tag"]
    assert not re.search(r"<input[^>]*csrfmiddlewaretoken", form["body"])
    pattern = r'formmethod="post" formaction="([^"]+)" name="csrfmiddlewaretoken" value="([^"]+)"'
    button = re.search(pattern, form["body"])
    assert button is not None
    refcodes = [cell.refcode for cell in cells]
    assert client.post(button[1], {"cell": refcodes}).status_code == 403
    sent = client.post(button[1], {"cell": refcodes, "csrfmiddlewaretoken": button[2]})
    assert sent.status_code == 302
    assert project.cellgroups.get().members.count() == 2
