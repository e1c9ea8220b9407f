"""Facets of the list of measurements."""

import pytest
from django.contrib.auth.models import User

from registry.models import Project
from registry.selectors import measurement_facets
from registry.selectors.measurement_facets import list_measurement_facets
from registry.selectors.query.parsing import parse_list_query
from registry.services.tag import save_tags
from tests import factories


def test_the_newest_are_counted_up_to_a_limit(
    project: Project, owner: User, outsider: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    cell = factories.make_cell(project)
    for _ in range(3):
        save_tags(factories.make_measurement(cell, technique="eis"), ["shorted"], by=None)
    query = parse_list_query({})
    (facet,) = list_measurement_facets(query, owner)
    assert (facet.options[0].count, facet.is_capped) == (3, False)
    assert list_measurement_facets(query, outsider) == []
    monkeypatch.setattr(measurement_facets, "COUNTED_MEASUREMENTS", 2)
    (facet,) = list_measurement_facets(query, owner)
    assert (facet.options[0].count, facet.is_capped) == (2, True)
    searched = parse_list_query({"q": ["shorted"], "measurement_tag": ["other"]})
    (facet,) = list_measurement_facets(searched, owner)
    assert [(option.label, option.count) for option in facet.options] == [("other", 0), ("shorted", 2)]
