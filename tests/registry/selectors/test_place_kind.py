"""A query that names a kind of place no value has is an error; a kind that exists may have no match."""

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.test import Client

from registry.contract.place import Place
from registry.models import Project
from registry.selectors.place_kind import is_place_kind, list_place_kinds
from registry.selectors.query.errors import QueryError
from registry.selectors.query.parsing import parse_list_query
from tests import factories

LISTS = ("/api/cells/", "/api/measurements/", "/api/values/", "/api/group-values/", "/cells/")


@pytest.fixture
def peaks(public_project: Project) -> None:
    measurement = factories.make_measurement(factories.make_cell(public_project))
    factories.report(measurement, "resistance_ohm", "2 Ω", at="peak:2")


@pytest.mark.parametrize("path", LISTS)
def test_an_unknown_kind_of_place_is_an_error_with_a_hint(peaks: None, path: str) -> None:
    response = Client().get(path, {"at": "peeak:2"})
    assert response.status_code == 400
    assert "‘peak’" in response.content.decode()
    assert Client().get(path, {"at": "peak:7"}).status_code == 200


def test_the_kinds_are_those_of_stored_values(peaks: None) -> None:
    anyone = AnonymousUser()
    assert list_place_kinds(anyone) == ["peak"]
    assert (is_place_kind("peak", anyone), is_place_kind("banana", anyone)) == (True, False)


def test_the_kinds_of_private_values_are_named_to_members_only(peaks: None, project: Project, owner: User) -> None:
    measurement = factories.make_measurement(factories.make_cell(project))
    factories.report(measurement, "resistance_ohm", "3 Ω", at="secret:1")
    for path in LISTS[:4]:
        answers = set()
        for kind in ("banana", "secret"):
            response = Client().get(path, {"at": f"{kind}:2"})
            assert response.status_code == 400
            answers.add(response.content.decode().replace(kind, "?"))
        assert len(answers) == 1
    assert list_place_kinds(owner) == ["peak", "secret"]


@pytest.mark.django_db
def test_a_declared_table_may_name_a_place_before_any_value_has_it() -> None:
    assert parse_list_query({"at": ["peak:2"]}).at == Place("peak", 2)
    with pytest.raises(QueryError) as error:
        parse_list_query({"at": ["peak:2"]}, AnonymousUser())
    assert error.value.code == "unknown-place"
