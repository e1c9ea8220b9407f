"""Every error has one shape and says what to mend."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from rest_framework.test import APIClient

from registry.api.base.errors import exception_handler, flat
from registry.models import Project


def test_counts_entries_of_a_list_from_one() -> None:
    nested = {"layers": [{}, {"thickness": ["too thin"], "non_field_errors": ["odd"]}], "label": "missing"}
    assert flat(nested) == {"layers.2.thickness": ["too thin"], "layers.2": ["odd"], "label": ["missing"]}


def test_says_the_first_field_in_its_sentence() -> None:
    answer = exception_handler(ValidationError({"label": ["It is empty."]}), {})
    assert answer is not None
    assert answer.data == {"error": "label: It is empty.", "fields": {"label": ["It is empty."]}}


def test_says_what_concerns_the_whole_in_its_sentence() -> None:
    answer = exception_handler(ValidationError("In use by C-00001."), {})
    assert answer is not None
    assert (answer.status_code, answer.data) == (400, {"error": "In use by C-00001.", "fields": {}})


def test_a_clash_of_two_writers_is_a_conflict() -> None:
    answer = exception_handler(IntegrityError("unique"), {})
    assert answer is not None
    assert answer.status_code == 409


def test_leaves_other_errors_to_the_server() -> None:
    assert exception_handler(RuntimeError("broken"), {}) is None


def test_answers_unknown_addresses_and_methods_in_the_same_shape(api: APIClient, project: Project) -> None:
    assert api.get("/api/cells").status_code == 301
    answers = [
        api.get("/api/colours/"),
        api.post("/api/setups/one/", {}),
        api.get("/api/cells/C-99999/"),
        api.get("/api/cells/?page=99"),
        api.put("/api/projects/lab/", {}),
    ]
    for answer in answers:
        assert answer.status_code in (404, 405)
        assert set(answer.json()) == {"error", "fields"}
