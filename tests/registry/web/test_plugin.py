"""The page of plugins."""

import pytest
from django.test import Client

from registry import plugin_manager
from registry.hookspecs import Parameter
from registry.models import Cell
from registry.plugin_manager import Plugin, Problem
from registry.web.plugin import bounds_of, source_words


def test_shows_every_analysis_with_its_version_needs_parameters_and_runs(cell: Cell, client: Client) -> None:
    text = client.get("/plugins/").content.decode()
    for analysis in plugin_manager.current().analyses.values():
        assert f"{analysis.name} {analysis.version}" in text
        for parameter in analysis.parameters:
            assert f"<code>{parameter.name}</code>" in text
    described = {one.analysis.name: one for one in client.get("/plugins/").context["analyses"]}
    assert described["electronic-conductivity"].runs == {"done": 1}


def test_shows_a_refused_plugin_first_and_why(db: None, client: Client) -> None:
    problem = Problem("broken", "cannot be imported", "ZeroDivisionError: division by zero (broken.py:1)")
    broken = Plugin("broken", "/srv/lab/plugins/broken.py", problems=[problem])
    plugin_manager.current().loaded.append(broken)
    try:
        response = client.get("/plugins/")
    finally:
        plugin_manager.current().loaded.remove(broken)
    text = response.content.decode()
    assert response.context["plugins"][0][0] is broken
    assert "ZeroDivisionError" in text
    assert "/srv/lab" not in text


def test_names_where_a_plugin_comes_from() -> None:
    assert source_words(Plugin("a", "built in")) == "built in"
    assert source_words(Plugin("a", "/srv/lab/plugins/a.py")) == "a.py"


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"minimum": 1, "maximum": 9}, "1 to 9"),
        ({"minimum": 1}, "at least 1"),
        ({"maximum": 9}, "at most 9"),
        ({"choices": ("a", "b")}, "one of a, b"),
        ({}, "any"),
    ],
)
def test_bounds_in_words(limits: dict[str, object], words: str) -> None:
    assert bounds_of(Parameter("p", int, 1, "help", **limits)) == words  # type: ignore[arg-type]
