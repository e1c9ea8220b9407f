"""Saved tables."""

import json

import pytest
from django.urls import reverse

from registry.models import Comparison

ADD = "admin:registry_comparison_add"


def enter(browser, project, definition, slug="mine"):
    data = {"project": project.pk, "title": "Mine", "slug": slug, "definition": definition}
    return browser.fill(reverse(ADD), data)


def test_saves_a_table(browser, project):
    from registry.admin.comparison import EXAMPLE

    assert browser.errors(enter(browser, project, json.dumps(EXAMPLE))) == {}
    assert Comparison.objects.get().definition == EXAMPLE


@pytest.mark.parametrize(
    ("definition", "sentence"),
    [
        ('{"columns": ["stack_presure_mpa"]}', "stack_pressure_mpa"),
        ('{"columns": []}', "columns"),
        ('{"columns": ["label"], "filters": {"technik": "eis"}}', "technique"),
        ('{"columns": [{"key": "stack_pressure_mpa", "unit": "mA"}]}', "mA"),
        ("[1]", "object"),
        ("{", "valid JSON"),
    ],
)
def test_refuses_an_unsound_definition_beside_the_field(browser, project, definition, sentence):
    assert sentence in browser.errors(enter(browser, project, definition))["definition"][0]
    assert not Comparison.objects.exists()
