"""The query language as the lists of cells and measurements take it from an address."""

from collections.abc import Sequence
from dataclasses import dataclass

from rest_framework.request import Request

from registry.api.base.filters import PAGING, get_query_parameters
from registry.selectors.orphans import has_orphaned_values
from registry.selectors.query.parsing import (
    PARTS,
    WORDS,
    ListQuery,
    QueryError,
    nearest,
    parameter_names,
    parse_list_query,
)

PLAIN = (*WORDS, *PARTS, "q", "technique", "measurement", "value_origin", "ordering", *PAGING)


@dataclass(frozen=True)
class RequestQuery:
    """A query and the order its answer is wanted in."""

    query: ListQuery
    ordering: Sequence[str]


def parse_request(request: Request, *, refcode: str = "refcode") -> RequestQuery:
    """Parse the whole address; none is passed over. `refcode` says what a bare refcode names."""
    given = get_query_parameters(request)
    if "refcode" in given:
        given[refcode] = [*given.get(refcode, []), *given.pop("refcode")]
    ordering = [name.strip() for text in given.pop("ordering", []) for name in text.split(",") if name.strip()]
    language = {name: values for name, values in given.items() if name not in PAGING}
    check_parameters(language)
    return RequestQuery(parse_list_query(language), ordering)


def check_parameters(language: dict[str, list[str]], more: Sequence[str] = ("ordering", *PAGING)) -> None:
    """Refuse a parameter without a value: passing it over would answer another question."""
    known = [*parameter_names(), *more]
    for name, values in language.items():
        base, _, operator = name.partition("__")
        base = base.rpartition(".")[2]
        if base not in known and not has_orphaned_values(base):
            hint = nearest(base, known, operator) or f" Besides quantities there are {', '.join(sorted(PLAIN))}."
            raise QueryError(name, f"There is no parameter ‘{name}’.{hint}")
        if any(not value.strip() for value in values):
            raise QueryError(name, f"‘{name}’ has no value: give one or leave it out.")
