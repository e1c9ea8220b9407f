"""Query parameters as the filter form shows them: filled-in fields and removable conditions."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from registry.hookspecs import Quantity
from registry.models import CellFormat, CellOrigin
from registry.models.condition import condition_slugs
from registry.numbers import catalogue
from registry.numbers.catalogue import get_or_placeholder
from registry.plugin_loading.names import layer_role_in_sentence, technique_name
from registry.selectors.query.errors import QueryError
from registry.selectors.query.limits import MAX_CONDITIONS
from registry.selectors.query.parsing import value_quantities

CONDITION_FIELDS = ("quantity", "operator", "number")
"""The three form fields that make one condition, such as capacity_retention_percent__gte=80."""
_SYMBOLS = {"gte": "≥", "lte": "≤", "gt": ">", "lt": "<"}
_WORDS = {"gte": " at least", "lte": " at most", "gt": " above", "lt": " below"}
_OPERATOR_SYMBOLS = {"": "=", **_SYMBOLS, **{f"possibly_{name}": f"possibly {text}" for name, text in _SYMBOLS.items()}}
_OPERATOR_WORDS = _WORDS | {f"possibly_{name}": f" possibly{text}" for name, text in _WORDS.items()}
_CHOICES: Mapping[str, Mapping[str, str]] = {
    "format": dict(CellFormat.choices),
    "origin": dict(CellOrigin.choices),
}


@dataclass(frozen=True)
class Condition:
    """A parameter in the query, with the URL that removes it."""

    name: str
    value: str
    label: str
    remove_url: str
    has_field: bool
    """Whether a form field contains it too."""


def get_query_parameters(querydict: QueryDict, reserved: Sequence[str]) -> dict[str, list[str]]:
    """The non-empty parameters of the query language, without repeats and those reserved by the page."""
    nonempty = {
        name: [value for value in dict.fromkeys(querydict.getlist(name)) if value.strip()] for name in querydict
    }
    return {name: values for name, values in nonempty.items() if values and name not in (*reserved, *CONDITION_FIELDS)}


def get_file_parameters(
    querydict: QueryDict, reserved: Sequence[str] = (), may_be_empty: Collection[str] = ()
) -> dict[str, list[str]]:
    """The parameters of the address of a file without repeats; raise QueryError for one without a value, as the API
    does: ignoring it would change the results."""
    parameters = {name: list(dict.fromkeys(values)) for name, values in querydict.lists() if name not in reserved}
    for name, values in parameters.items():
        if name == "page":
            raise QueryError(name, "A file has all rows: omit ‘page’.", "unknown-parameter")
        if name not in may_be_empty and not all(value.strip() for value in values):
            raise QueryError.without_value(name)
    return parameters


def get_condition_redirect_url(path: str, querydict: QueryDict, may_be_empty: Sequence[str] = ()) -> str:
    """The URL with the three condition fields merged into one parameter; empty if they are absent."""
    slug, operator, number = (querydict.get(name, "").strip() for name in CONDITION_FIELDS)
    if not any(name in querydict for name in CONDITION_FIELDS):
        return ""
    rest = [(name, value) for name, values in get_query_parameters(querydict, ()).items() for value in values]
    rest += [(name, "") for name in may_be_empty if querydict.getlist(name) == [""]]
    if slug or number:
        rest.append((f"{slug}__{operator}" if operator else slug, number))
    return f"{path}?{urlencode(rest)}" if rest else path


def list_conditions(
    path: str,
    parameters: Mapping[str, Sequence[str]],
    fields: Collection[str],
    always_visible: Collection[str] = (),
    settings: Mapping[str, Sequence[str]] | None = None,
) -> list[Condition]:
    """Every parameter except those whose form field is always visible; none if the query is too large. The URLs keep
    the settings."""
    pairs = [(name, value) for name, values in parameters.items() for value in values]
    if len(pairs) > MAX_CONDITIONS:
        return []
    kept = [(name, value) for name, values in (settings or {}).items() for value in values]
    seen: set[str] = set()
    conditions = []
    for index, (name, value) in enumerate(pairs):
        has_field = name in fields and name not in seen
        seen.add(name)
        if has_field and name in always_visible:
            continue
        rest = urlencode(pairs[:index] + pairs[index + 1 :] + kept)
        url = f"{path}?{rest}" if rest else path
        conditions.append(Condition(name, value, format_condition(name, value), url, has_field))
    return conditions


def format_condition(name: str, value: str) -> str:
    """A parameter as text: Capacity retention ≥ 80 %."""
    base, _, operator = name.partition("__")
    subject, quantity = _get_subject(base)
    if quantity is None:
        return f"{subject}: {_choice_name(base, value)}"
    if operator == "exists":
        return f"{subject}: {'any value' if value.lower() == 'true' else 'no value'}"
    unit = quantity.unit_label if value.replace(".", "", 1).replace("-", "", 1).isdigit() else ""
    return f"{subject} {_OPERATOR_SYMBOLS.get(operator, operator)} {value} {unit}".strip()


def _choice_name(name: str, value: str) -> str:
    return technique_name(value) if name == "technique" else _CHOICES.get(name, {}).get(value, value)


def _get_subject(base: str) -> tuple[str, Quantity | None]:
    """The subject a parameter filters on, such as cathode thickness, and its quantity if it has one."""
    role, _, slug = base.rpartition(".")
    if slug not in catalogue.catalogue:
        return base.replace("_", " "), None
    quantity = get_or_placeholder(slug)
    name = f"{layer_role_in_sentence(role)} {catalogue.in_sentence(quantity)}" if role else quantity.name
    return name, quantity


def format_query_error(error: QueryError, labels: Mapping[str, str]) -> str:
    """The error message, naming the parameter by its form label."""
    name = error.parameter
    if not error.reason:
        return str(error)
    base, _, operator = name.partition("__")
    subject, _ = _get_subject(base)
    return f"{labels.get(name) or subject + _OPERATOR_WORDS.get(operator, '')}: {error.reason}"


def list_filterable_quantities() -> list[Quantity]:
    """Quantities of values and conditions that can be filtered on, by name."""
    slugs = (*value_quantities(), *condition_slugs())
    return sorted((catalogue.get(slug) for slug in slugs), key=lambda quantity: quantity.name)


def encode_query(parameters: Mapping[str, Iterable[str]]) -> str:
    return urlencode([(name, value) for name, values in parameters.items() for value in values])
