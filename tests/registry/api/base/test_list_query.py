"""Whole addresses as queries."""

import pytest
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from registry.api.base.list_query import parse_request
from registry.selectors.query.parsing import QueryError


def request(address: str) -> Request:
    return Request(APIRequestFactory().get(address))


def test_reads_query_and_order_and_leaves_paging_alone() -> None:
    question = parse_request(request("/?stack_pressure_mpa__lte=10&ordering=-cycle_count,refcode&page=2&page_size=10"))
    assert [bound.slug for bound in question.query.condition_bounds] == ["stack_pressure_mpa"]
    assert question.ordering == ["-cycle_count", "refcode"]


def test_refuses_a_parameter_without_a_value() -> None:
    with pytest.raises(QueryError, match="has no value"):
        parse_request(request("/?anode=Li&anode="))
