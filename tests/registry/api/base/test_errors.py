"""All errors have the same format."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from rest_framework.test import APIClient

from registry.api.base.errors import exception_handler, flatten_errors
from registry.models import Project


def test_list_items_are_counted_from_1() -> None:
    nested = {"layers": [{}, {"thickness": ["too thin"], "non_field_errors": ["malformed"]}], "label": "missing"}
    assert flatten_errors(nested) == {
        "layers.2.thickness": ["too thin"],
        "layers.2": ["malformed"],
        "label": ["missing"],
    }


def test_the_message_names_the_first_field() -> None:
    response = exception_handler(ValidationError({"label": ["It is empty."]}), {})
    assert response is not None
    assert response.data == {
        "error": "label: It is empty.",
        "code": "invalid",
        "fields": {"label": ["It is empty."]},
        "codes": {"label": ["invalid"]},
    }


def test_each_sentence_has_its_code() -> None:
    error = ValidationError({"thickness": [ValidationError("No unit.", code="notation"), "Too thick."]})
    response = exception_handler(error, {})
    assert response is not None
    assert (response.data["code"], response.data["codes"]) == ("notation", {"thickness": ["notation", "invalid"]})


def test_an_error_without_a_field_is_the_message() -> None:
    response = exception_handler(ValidationError("In use by C-00001."), {})
    assert response is not None
    assert response.status_code == 400
    assert (response.data["error"], response.data["fields"], response.data["codes"]) == ("In use by C-00001.", {}, {})


def test_an_integrity_error_is_a_conflict() -> None:
    response = exception_handler(IntegrityError("unique"), {})
    assert response is not None
    assert response.status_code == 409


def test_other_exceptions_remain_server_errors() -> None:
    assert exception_handler(RuntimeError("broken"), {}) is None


def test_unknown_urls_and_methods_have_the_same_format(api: APIClient, project: Project) -> None:
    assert api.get("/api/cells").status_code == 301
    responses = [
        api.get("/api/colours/"),
        api.post("/api/setups/one/", {}),
        api.get("/api/cells/C-99999/"),
        api.get("/api/cells/?page=99"),
        api.put("/api/projects/lab/", {}),
    ]
    for response in responses:
        assert response.status_code in (404, 405)
        assert set(response.json()) == {"error", "code", "fields", "codes"}
        assert response.json()["code"] in {"not-found", "not_found", "method_not_allowed"}
