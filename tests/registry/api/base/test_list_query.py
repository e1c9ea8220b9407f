"""Query strings of the cell and measurement lists."""

import pytest
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from registry.api.base.list_query import parse_request
from registry.selectors.query.errors import QueryError


def make_request(url: str) -> Request:
    return Request(APIRequestFactory().get(url))


def test_conditions_and_ordering_are_parsed_without_paging() -> None:
    parsed = parse_request(
        make_request("/?stack_pressure_mpa__lte=10&ordering=-cycle_count,refcode&page=2&page_size=10")
    )
    assert [bound.slug for bound in parsed.query.condition_bounds] == ["stack_pressure_mpa"]
    assert parsed.ordering == ["-cycle_count", "refcode"]


def test_a_parameter_without_a_value_is_rejected() -> None:
    with pytest.raises(QueryError) as error:
        parse_request(make_request("/?anode=Li&anode="))
    assert error.value.parameter == "anode"
