"""Sentences of the API: none is one of Django or Django REST framework, and each says what to do."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import models
from rest_framework import serializers
from rest_framework.test import APIClient

from registry.api.base.messages import DOMAIN_MESSAGES, EXCEPTION_MESSAGES, FIELD_MESSAGES, domain_message

FRAMEWORK_SENTENCES = (
    "This field", "Ensure this", "valid integer", "valid number", "is not a valid", "Invalid page", "Not a valid",
    "Authentication cred", "Invalid token", "not allowed.", "Expected a", "do not have permission", "wrong format",
)  # fmt: skip
REQUESTS: tuple[tuple[str, str, Any], ...] = (
    ("get", "/api/cells/?page=0", None),
    ("get", "/api/cells/?page=999", None),
    ("get", "/api/cells/?page=abc", None),
    ("get", "/api/runs/?page=999", None),
    ("put", "/api/cells/", {}),
    ("post", "/api/quantities/", {}),
    ("post", "/api/projects/", {}),
    ("post", "/api/projects/", []),
    ("post", "/api/projects/", {"slug": "a b", "name": "", "visibility": "nobody", "description": None}),
    ("post", "/api/projects/", {"slug": "x" * 300, "name": "y" * 300, "parameters": 3}),
    ("post", "/api/cells/", {"project": "lab", "layers": 3}),
    ("post", "/api/cells/", {"project": "lab", "layers": [3]}),
    ("post", "/api/cells/", {"project": 3, "label": ["a"], "format": "brick"}),
    ("post", "/api/materials/", {"project": "lab", "name": 3.5, "synonyms": "a", "kind": "x"}),
    ("post", "/api/publications/", {"project": "lab", "year": "soon", "title": None}),
    ("post", "/api/publications/", {"project": "lab", "year": 10**30, "title": ""}),
    ("post", "/api/comparisons/", {"project": "lab", "slug": "a", "title": "A", "definition": []}),
    ("post", "/api/memberships/", {"project": "lab", "user": "nobody", "role": "king"}),
    ("post", "/api/runs/", {"measurement": 3, "analysis": None}),
    ("post", "/api/values/", {}),
    ("post", "/api/datasets/", {}),
)


@pytest.mark.parametrize(("method", "url", "data"), REQUESTS)
def test_a_refused_request_gets_a_sentence_of_ours(api: APIClient, method: str, url: str, data: Any) -> None:
    response = getattr(api, method)(url, data)
    assert 400 <= response.status_code < 500
    texts = [response.json()["error"], *(text for texts in response.json()["fields"].values() for text in texts)]
    for text in texts:
        assert not any(sentence in text for sentence in FRAMEWORK_SENTENCES), text


def test_an_unknown_token_and_a_missing_one_get_a_sentence_of_ours(anyone: APIClient) -> None:
    assert "Token" in anyone.post("/api/projects/", {}).json()["error"]
    anyone.credentials(HTTP_AUTHORIZATION="Token unknown")
    response = anyone.get("/api/cells/")
    assert (response.status_code, "sign in" in response.json()["error"]) == (401, True)


def test_another_content_type_names_those_that_are_read(api: APIClient) -> None:
    response = api.post("/api/projects/", "a=1", content_type="text/plain")
    assert (response.status_code, "application/json" in response.json()["error"]) == (415, True)


def test_every_sentence_says_what_to_do() -> None:
    messages = [text for texts in FIELD_MESSAGES.values() for text in texts.values()]
    for text in (*messages, *DOMAIN_MESSAGES.values(), *EXCEPTION_MESSAGES.values()):
        assert ": " in text
    for field in (serializers.CharField, serializers.IntegerField, serializers.ListField, serializers.SlugField):
        assert field().error_messages["required"] == FIELD_MESSAGES[serializers.Field]["required"]


@pytest.mark.parametrize("field", [models.CharField(max_length=3), models.IntegerField(), models.DateField()])
@pytest.mark.parametrize("value", [None, "", "abcdef"])
def test_errors_of_models_are_replaced_and_our_own_are_kept(field: models.Field, value: Any) -> None:
    with pytest.raises(ValidationError) as raised:
        field.clean(value, None)
    assert ": " in domain_message(raised.value.error_list[0])
    assert domain_message(ValidationError("Ours: keep it.", "invalid")) == "Ours: keep it."
