"""Filter parameters of lists."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from registry.api.base.filters import Filter, parse_boolean
from registry.selectors.query.parsing import QueryError


def test_several_values_are_combined_with_or() -> None:
    condition = Filter("kind").condition("kind", ["binder", "coating"], AnonymousUser())
    assert condition == Q(kind="binder") | Q(kind="coating")


@pytest.mark.parametrize(
    ("item", "value", "words"),
    [
        (Filter("pk", kind="id"), "twelve", "must be a whole number"),
        (Filter("pk", kind="id"), "-1", "must be a whole number"),
        (Filter("pk", kind="id"), "9" * 19, "must be a whole number"),
        (Filter("fresh", kind="boolean"), "1", "true or false"),
        (Filter("kind", choices=("binder",)), "glue", "choose from binder"),
        (Filter("kind"), " ", "has no value"),
    ],
)
def test_an_invalid_value_is_rejected(item: Filter, value: str, words: str) -> None:
    with pytest.raises(QueryError, match=words) as raised:
        item.condition("name", [value], AnonymousUser())
    assert raised.value.parameter == "name"


def test_true_and_false_are_case_insensitive() -> None:
    assert parse_boolean("fresh", "True") is True
    assert parse_boolean("fresh", "false") is False
