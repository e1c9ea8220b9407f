"""Parse the query string of the cell and measurement lists."""

from collections.abc import Sequence
from dataclasses import dataclass

from rest_framework.request import Request

from registry.api.base.filters import PAGING, get_query_parameters
from registry.selectors.plugins.orphans import has_orphaned_role, has_orphans
from registry.selectors.query.errors import QueryError
from registry.selectors.query.parsing import SETS, WORDS, ListQuery, nearest, parameter_names, parse_list_query, parts

PARAMETERS = (*WORDS, *SETS, "q", "value_origin", "at")
"""Those of the query language that are not numbers or names of materials."""


@dataclass(frozen=True)
class RequestQuery:
    """A query and the order of its results."""

    query: ListQuery
    ordering: Sequence[str]


def parse_request(request: Request, *, refcode: str = "refcode") -> RequestQuery:
    """Parse every parameter of the request; `refcode` is the parameter that a plain `refcode` stands for."""
    parameters = get_query_parameters(request)
    if "refcode" in parameters:
        parameters[refcode] = [*parameters.get(refcode, []), *parameters.pop("refcode")]
    ordering = [name.strip() for text in parameters.pop("ordering", []) for name in text.split(",") if name.strip()]
    conditions = {name: values for name, values in parameters.items() if name not in PAGING}
    check_parameters(conditions)
    return RequestQuery(parse_list_query(conditions, request.user), ordering)


def check_parameters(parameters: dict[str, list[str]], extra: Sequence[str] = ("ordering", *PAGING)) -> None:
    """Raise QueryError for an unknown parameter or one without a value; ignoring it would change the results."""
    known = [*parameter_names(), *extra]
    for name, values in parameters.items():
        base, _, operator = name.partition("__")
        base = base.rpartition(".")[2]
        if base not in known and not (has_orphans(base) or has_orphaned_role(base)):
            hint = (
                nearest(base, known, operator)
                or f" Choose a quantity or one of {', '.join(sorted({*PARAMETERS, *parts(), *extra}))}."
            )
            raise QueryError(name, f"Unknown parameter ‘{name}’.{hint}", "unknown-parameter")
        if any(not value.strip() for value in values):
            raise QueryError.without_value(name)
