"""The OpenAPI schema and its documentation page."""

import json
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import jsonschema
import pytest
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from rest_framework.test import APIClient

from registry.selectors.query.limits import MAX_CONDITIONS, MAX_LENGTH, MAX_ORDERING
from registry.selectors.query.parsing import parameter_names


@pytest.fixture(scope="module")
def description() -> dict:
    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        return SchemaGenerator().get_schema(request=None, public=True)


def are_unique(validator: Any, is_asked: bool, instance: Any, schema: Any) -> Iterator[jsonschema.ValidationError]:
    """The rule `uniqueItems` in time in proportion to the items; that of jsonschema compares each with every other."""
    if is_asked and isinstance(instance, list):
        items = [json.dumps(item, sort_keys=True) for item in instance]
        if len(set(items)) < len(items):
            yield jsonschema.ValidationError("has an item twice")


def test_the_schema_is_valid_and_without_warnings(description: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    validator = jsonschema.validators.extend(jsonschema.Draft4Validator, {"uniqueItems": are_unique})
    monkeypatch.setattr(jsonschema, "validate", partial(jsonschema.validate, cls=validator))
    validate_schema(description)
    assert not GENERATOR_STATS


def test_every_query_parameter_is_documented(description: dict) -> None:
    for path in ("/api/cells/", "/api/measurements/"):
        documented = {item["name"] for item in description["paths"][path]["get"]["parameters"]}
        assert {*parameter_names(), "ordering", "page", "page_size"} <= documented
        assert {"capacity_retention_percent__gte", "stack_pressure_mpa__lte", "cycle_count__exists"} <= documented


def test_the_limits_of_a_query_are_documented(description: dict) -> None:
    text = description["info"]["description"]
    for limit in (
        f"at most {MAX_CONDITIONS} conditions",
        f"at most {MAX_LENGTH} characters",
        f"at most {MAX_ORDERING} columns",
    ):
        assert limit in text


def test_all_errors_have_the_same_schema(description: dict) -> None:
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            if "operationId" in operation and "/schema/" not in path:
                schema = operation["responses"]["400"]["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Error"}, (method, path)


def test_the_schema_is_served(anyone: APIClient) -> None:
    response = anyone.get("/api/schema/")
    assert response.status_code == 200
    assert b"openapi: 3" in response.content


def test_the_page_uses_no_other_host_and_no_inline_script(db: None) -> None:
    page = Client().get("/api/docs/")
    text = page.content.decode()
    urls = re.findall(r'(?:src|href)="([^"]+)"', text)
    assert urls
    assert all(url.startswith("/") for url in urls)
    assert not re.search(r"<script(?![^>]*src=)", text)
    script = Client().get("/api/docs/?script=")
    assert '"validatorUrl": ""' in script.content.decode()
    assert "script-src 'self'" in page["Content-Security-Policy"]
