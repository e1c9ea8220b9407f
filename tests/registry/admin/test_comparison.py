"""Saved comparison tables."""

import json

import pytest
from django.urls import reverse

from registry.models import Comparison

ADD = "admin:registry_comparison_add"


def add_comparison(browser, project, definition, slug="mine"):
    data = {"project": project.pk, "title": "Mine", "slug": slug, "definition": definition}
    return browser.fill(reverse(ADD), data)


def test_saves_a_table(browser, project):
    from registry.admin.comparison import EXAMPLE

    assert browser.errors(add_comparison(browser, project, json.dumps(EXAMPLE))) == {}
    assert Comparison.objects.get().definition == EXAMPLE


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        ('{"columns": ["stack_presure_mpa"]}', "stack_pressure_mpa"),
        ('{"columns": []}', "columns"),
        ('{"columns": ["label"], "filters": {"technik": "eis"}}', "technique"),
        ('{"columns": [{"key": "stack_pressure_mpa", "unit": "mA"}]}', "mA"),
        ("[1]", "object"),
        ("{", "valid JSON"),
    ],
)
def test_refuses_an_invalid_definition(browser, project, definition, message):
    assert message in browser.errors(add_comparison(browser, project, definition))["definition"][0]
    assert not Comparison.objects.exists()
