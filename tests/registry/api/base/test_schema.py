"""The OpenAPI description and the page that shows it."""

import re

import pytest
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from rest_framework.test import APIClient

from registry.selectors.query.parsing import MAX_CONDITIONS, MAX_LENGTH, MAX_ORDERING, parameter_names


@pytest.fixture(scope="module")
def description() -> dict:
    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        return SchemaGenerator().get_schema(request=None, public=True)


def test_is_valid_and_made_without_a_warning(description: dict) -> None:
    validate_schema(description)
    assert not GENERATOR_STATS


def test_documents_every_parameter_of_the_query_language(description: dict) -> None:
    for path in ("/api/cells/", "/api/measurements/"):
        documented = {item["name"] for item in description["paths"][path]["get"]["parameters"]}
        assert {*parameter_names(), "ordering", "page", "page_size"} <= documented
        assert {"capacity_retention_percent__gte", "stack_pressure_mpa__lte", "cycle_count__exists"} <= documented


def test_documents_the_limits_of_a_query(description: dict) -> None:
    text = description["info"]["description"]
    for limit in (
        f"at most {MAX_CONDITIONS} conditions",
        f"at most {MAX_LENGTH} characters",
        f"at most {MAX_ORDERING} columns",
    ):
        assert limit in text


def test_documents_one_shape_of_errors(description: dict) -> None:
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            if "operationId" in operation and "/schema/" not in path:
                refused = operation["responses"]["400"]["content"]["application/json"]["schema"]
                assert refused == {"$ref": "#/components/schemas/Error"}, (method, path)


def test_is_served(anyone: APIClient) -> None:
    answer = anyone.get("/api/schema/")
    assert answer.status_code == 200
    assert b"openapi: 3" in answer.content


def test_the_page_asks_nothing_of_other_hosts_and_runs_no_inline_script(db: None) -> None:
    page = Client().get("/api/docs/")
    text = page.content.decode()
    addresses = re.findall(r'(?:src|href)="([^"]+)"', text)
    assert addresses
    assert all(address.startswith("/") for address in addresses)
    assert not re.search(r"<script(?![^>]*src=)", text)
    script = Client().get("/api/docs/?script=")
    assert '"validatorUrl": ""' in script.content.decode()
    assert "script-src 'self'" in page["Content-Security-Policy"]
