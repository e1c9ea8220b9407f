"""Parameters of the short lists."""

import pytest
from django.db.models import Q

from registry.api.base.filters import Filter, as_boolean
from registry.selectors.query.parsing import QueryError


def test_either_of_two_values_may_match() -> None:
    assert Filter("kind").condition("kind", ["binder", "coating"]) == Q(kind="binder") | Q(kind="coating")


@pytest.mark.parametrize(
    ("one", "value", "words"),
    [
        (Filter("pk", kind="id"), "twelve", "the number of a record"),
        (Filter("pk", kind="id"), "-1", "the number of a record"),
        (Filter("pk", kind="id"), "9" * 19, "the number of a record"),
        (Filter("fresh", kind="boolean"), "1", "true or false"),
        (Filter("kind", choices=("binder",)), "glue", "there are binder"),
        (Filter("kind"), " ", "has no value"),
    ],
)
def test_refuses_a_value_it_cannot_take(one: Filter, value: str, words: str) -> None:
    with pytest.raises(QueryError, match=words) as raised:
        one.condition("asked", [value])
    assert raised.value.parameter == "asked"


def test_reads_true_and_false() -> None:
    assert as_boolean("fresh", "True") is True
    assert as_boolean("fresh", "false") is False
