"""Saving tables."""

import pytest
from django.core.exceptions import ValidationError

from registry import plugin_loading
from registry.hookspecs import Column, Table
from registry.models import Comparison, Project
from registry.services.comparison import save_comparison


def test_refuses_the_slug_of_a_declared_table(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    plugins = plugin_loading.current()
    monkeypatch.setitem(plugins.tables, "theirs", Table("theirs", "Theirs", (Column("label"),)))
    monkeypatch.setitem(plugins.providers, "table theirs", "plugins.theirs")
    ours = Comparison(project=project, slug="theirs", title="Ours", definition={"columns": ["label"]})
    with pytest.raises(ValidationError, match=r"a table plugins\.theirs declares"):
        save_comparison(ours, by=None)


def test_refuses_an_unknown_column_beside_the_definition(project: Project) -> None:
    ours = Comparison(project=project, slug="ours", title="Ours", definition={"columns": ["lable"]})
    with pytest.raises(ValidationError, match="Did you mean ‘label’") as raised:
        save_comparison(ours, by=None)
    assert list(raised.value.message_dict) == ["definition"]
    assert not Comparison.objects.exists()
