"""Saving comparison tables."""

import pytest
from django.core.exceptions import ValidationError

from registry import plugin_loading
from registry.hookspecs import Column, Table
from registry.models import Comparison, Project
from registry.services.comparison import save_comparison
from tests.coded import invalid


def test_slug_of_a_plugin_table_is_refused(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    plugins = plugin_loading.current()
    monkeypatch.setitem(
        plugins.tables, "plugin-table", Table(slug="plugin-table", title="Plugin table", columns=(Column(key="label"),))
    )
    monkeypatch.setitem(plugins.providers, "table plugin-table", "plugins.tables")
    comparison = Comparison(project=project, slug="plugin-table", title="Saved", definition={"columns": ["label"]})
    with invalid("unique", "slug"):
        save_comparison(comparison, by=None)


def test_unknown_column_is_refused_with_its_field(project: Project) -> None:
    comparison = Comparison(project=project, slug="saved", title="Saved", definition={"columns": ["lable"]})
    with pytest.raises(ValidationError, match="‘label’") as error:
        save_comparison(comparison, by=None)
    assert list(error.value.message_dict) == ["definition"]
    assert not Comparison.objects.exists()
