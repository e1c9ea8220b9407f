"""Query parameters of lists other than cells and measurements: few, explicit, and no others taken."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Q, QuerySet
from rest_framework.request import Request

from registry.models.record import is_key
from registry.selectors.query.parsing import QueryError, nearest, refuse_too_many, stored_values

PAGING = ("page", "page_size")
BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True)
class Filter:
    """One parameter: which column it asks of, and what it takes. Given twice, either may match."""

    lookup: str
    help: str = ""
    kind: Literal["text", "id", "boolean"] = "text"
    choices: Collection[str] = ()
    default: bool | None = None
    """Of a boolean: what holds if it is not given."""
    many: bool = False
    """The lookup goes to many rows, of which one is enough."""

    def condition(self, name: str, given: Iterable[str]) -> Q:
        any_of = Q()
        for value in given:
            any_of |= Q(**{self.lookup: self._value(name, value.strip())})
        return any_of

    def _value(self, name: str, value: str) -> str | int | bool:
        if not value:
            raise QueryError(name, f"‘{name}’ has no value: give one or leave it out.")
        if self.kind == "id":
            if not is_key(value):
                raise QueryError(name, f"{name} is the number of a record, not ‘{value}’.")
            return int(value)
        if self.kind == "boolean":
            return as_boolean(name, value)
        if self.choices and value not in self.choices:
            known = ", ".join(self.choices)
            raise QueryError(name, f"‘{value}’ is not a {name.replace('_', ' ')}: there are {known}.")
        return value


def as_boolean(name: str, value: str) -> bool:
    if value.lower() not in BOOLEANS:
        raise QueryError(name, f"{name} is true or false, not ‘{value}’.")
    return BOOLEANS[value.lower()]


def get_query_parameters(request: Request) -> dict[str, list[str]]:
    """Every query parameter with its values as text is stored, each once, those left empty included; refused are more
    than a database can run."""
    given = {
        name: list(dict.fromkeys(text for value in values for text in stored_values(name, [value]) or ("",)))
        for name, values in request.query_params.lists()
    }
    refuse_too_many(given)
    return given


def refuse_unknown(request: Request, known: Collection[str]) -> None:
    """Raise QueryError for a parameter that is not taken here, naming the nearest that is."""
    for name in get_query_parameters(request):
        if name not in known:
            hint = nearest(name, known) or (f" There are {', '.join(known)}." if known else " None is taken here.")
            raise QueryError(name, f"There is no parameter ‘{name}’.{hint}")


def apply_filters(found: QuerySet[Any], request: Request, filters: Mapping[str, Filter]) -> QuerySet[Any]:
    """Apply the parameters that are given, and the defaults of those that are not."""
    given = get_query_parameters(request)
    for name, one in filters.items():
        if name in given:
            condition = one.condition(name, given[name])
            if one.many:
                condition = Q(pk__in=found.model._default_manager.filter(condition).values("pk"))
            found = found.filter(condition)
        elif one.default is not None:
            found = found.filter(**{one.lookup: one.default})
    return found
