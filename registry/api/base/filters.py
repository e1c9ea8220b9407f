"""Query parameters of all lists except cells and measurements."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Q, QuerySet
from rest_framework.request import Request

from registry.models.record import is_key
from registry.models.visibility import AnyUser
from registry.selectors.project_slug import in_projects
from registry.selectors.query.errors import QueryError
from registry.selectors.query.limits import check_limits
from registry.selectors.query.parsing import check_place_kinds, clean_values, nearest, parse_place

PAGING = ("page", "page_size")
BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True)
class Filter:
    """A query parameter: the lookup it filters by and the values it accepts. Several values are combined with OR.

    The lookup of a place is the part before `_kind` and `_number`.
    """

    lookup: str
    help: str = ""
    kind: Literal["text", "id", "boolean", "place"] = "text"
    choices: Collection[str] | Callable[[], Collection[str]] = ()
    is_orphan: Callable[[str], bool] | None = None
    """Whether a value that is not among the choices is of records whose plugin is not loaded."""
    default: bool | None = None
    """Value of a boolean parameter that is not in the request."""
    many: bool = False
    """The lookup spans a to-many relation; one matching row is enough."""

    def allowed(self) -> Collection[str]:
        """The values it accepts; empty if any."""
        return self.choices() if callable(self.choices) else self.choices

    def condition(self, name: str, values: Iterable[str], user: AnyUser) -> Q:
        cleaned = [self._value(name, value.strip()) for value in values]
        if self.kind == "place":
            return self._at_places(name, cleaned, user)
        if self.lookup.endswith("project__slug"):
            return in_projects(self.lookup, [str(value) for value in cleaned])
        any_of = Q()
        for value in cleaned:
            any_of |= Q(**{self.lookup: value})
        return any_of

    def _at_places(self, name: str, values: Iterable[str | int | bool], user: AnyUser) -> Q:
        places = [parse_place(name, str(value)) for value in values]
        check_place_kinds(name, places, user)
        any_of = Q()
        for place in places:
            any_of |= Q(**{f"{self.lookup}_kind": place.kind, f"{self.lookup}_number": place.number})
        return any_of

    def _value(self, name: str, value: str) -> str | int | bool:
        if not value:
            raise QueryError.without_value(name)
        if self.kind == "id":
            if not is_key(value):
                raise QueryError(name, f"{name} must be a whole number, not ‘{value}’.", "invalid-value")
            return int(value)
        if self.kind == "boolean":
            return parse_boolean(name, value)
        allowed = self.allowed()
        if allowed and value not in allowed and not (self.is_orphan and self.is_orphan(value)):
            choices = ", ".join(allowed)
            raise QueryError(
                name, f"‘{value}’ is not a valid {name.replace('_', ' ')}; choose from {choices}.", "invalid-choice"
            )
        return value


def parse_boolean(name: str, value: str) -> bool:
    if value.lower() not in BOOLEANS:
        raise QueryError(name, f"{name} must be true or false, not ‘{value}’.", "invalid-value")
    return BOOLEANS[value.lower()]


def get_query_parameters(request: Request) -> dict[str, list[str]]:
    """Query parameters with their distinct normalised values, empty ones included; raise QueryError for too many."""
    parameters = {
        name: list(dict.fromkeys(text for value in values for text in clean_values(name, [value]) or ("",)))
        for name, values in request.query_params.lists()
    }
    check_limits(parameters)
    return parameters


def refuse_unknown(request: Request, known: Collection[str]) -> None:
    """Raise QueryError for an unknown parameter, suggesting the most similar known one."""
    for name in get_query_parameters(request):
        if name not in known:
            hint = nearest(name, known) or (f" Choose from {', '.join(known)}." if known else " Omit it.")
            raise QueryError(name, f"Unknown parameter ‘{name}’.{hint}", "unknown-parameter")


def apply_filters(queryset: QuerySet[Any], request: Request, filters: Mapping[str, Filter]) -> QuerySet[Any]:
    """Filter by the parameters of the request, and by the defaults of the others."""
    parameters = get_query_parameters(request)
    for name, item in filters.items():
        if name in parameters:
            condition = item.condition(name, parameters[name], request.user)
            if item.many:
                condition = Q(pk__in=queryset.model._default_manager.filter(condition).values("pk"))
            queryset = queryset.filter(condition)
        elif item.default is not None:
            queryset = queryset.filter(**{item.lookup: item.default})
    return queryset
