"""Query parameters as a form shows them: fields filled in, further conditions named and removable."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from registry.hookspecs import LAYER_ROLES, TECHNIQUES, Quantity
from registry.models import CellFormat, CellOrigin
from registry.numbers import catalogue
from registry.numbers.catalogue import get_or_placeholder
from registry.selectors.query.parsing import MAX_CONDITIONS, QueryError, value_quantities

CONDITION = ("quantity", "operator", "number")
"""The three fields of the form that make one condition, such as capacity_retention_percent__gte=80."""
_SIGNS = {"": "=", "gte": "≥", "lte": "≤", "gt": ">", "lt": "<"}
_SIGNS_IN_WORDS = {"gte": " at least", "lte": " at most", "gt": " above", "lt": " below"}
_CHOICES: Mapping[str, Mapping[str, str]] = {
    "technique": TECHNIQUES,
    "format": dict(CellFormat.choices),
    "origin": dict(CellOrigin.choices),
}


@dataclass(frozen=True)
class Condition:
    """A parameter that is set, with the address of the page without it."""

    name: str
    value: str
    words: str
    without: str
    has_field: bool
    """Whether a field of the form says it too."""


def parameters(given: QueryDict, reserved: Sequence[str]) -> dict[str, list[str]]:
    """The parameters of the query language: those with a value, less what the page keeps for itself."""
    kept = {name: [value for value in dict.fromkeys(given.getlist(name)) if value.strip()] for name in given}
    return {name: values for name, values in kept.items() if values and name not in (*reserved, *CONDITION)}


def address_with_condition(path: str, given: QueryDict) -> str:
    """The address that says in one parameter what the three fields of the form say; empty if they say nothing."""
    slug, operator, number = (given.get(name, "").strip() for name in CONDITION)
    if not any(name in given for name in CONDITION):
        return ""
    rest = [(name, value) for name in given if name not in CONDITION for value in given.getlist(name) if value.strip()]
    if slug or number:
        rest.append((f"{slug}__{operator}" if operator else slug, number))
    return f"{path}?{urlencode(rest)}" if rest else path


def conditions(
    path: str, asked: Mapping[str, Sequence[str]], fields: Collection[str], in_sight: Collection[str] = ()
) -> list[Condition]:
    """Every parameter but those whose field is always in sight; none of a query that is too large to be answered."""
    pairs = [(name, value) for name, values in asked.items() for value in values]
    if len(pairs) > MAX_CONDITIONS:
        return []
    shown: set[str] = set()
    found = []
    for place, (name, value) in enumerate(pairs):
        has_field = name in fields and name not in shown
        shown.add(name)
        if has_field and name in in_sight:
            continue
        rest = urlencode(pairs[:place] + pairs[place + 1 :])
        found.append(Condition(name, value, words_of(name, value), f"{path}?{rest}" if rest else path, has_field))
    return found


def words_of(name: str, value: str) -> str:
    """A parameter in words: capacity retention ≥ 80 %."""
    base, _, operator = name.partition("__")
    subject, quantity = _subject(base)
    if quantity is None:
        return f"{subject}: {_CHOICES.get(base, {}).get(value, value)}"
    if operator == "exists":
        return f"{subject}: {'given' if value.lower() == 'true' else 'not given'}"
    unit = quantity.unit_label if value.replace(".", "", 1).replace("-", "", 1).isdigit() else ""
    return f"{subject} {_SIGNS.get(operator, operator)} {value} {unit}".strip()


def _subject(base: str) -> tuple[str, Quantity | None]:
    """What a parameter is about: cathode thickness, and the quantity if it is one."""
    role, _, slug = base.rpartition(".")
    if slug not in catalogue.catalogue:
        return base.replace("_", " "), None
    quantity = get_or_placeholder(slug)
    named = f"{LAYER_ROLES[role].lower()} {catalogue.in_sentence(quantity)}" if role in LAYER_ROLES else quantity.name
    return named, quantity


def refusal(error: QueryError, labels: Mapping[str, str]) -> str:
    """Why a query cannot be answered, its parameter named as the field of the form is."""
    name, text = error.parameter, str(error)
    reason = text.removeprefix(f"{name}: ")
    if reason == text:
        return text
    base, _, operator = name.partition("__")
    subject, _ = _subject(base)
    return f"{labels.get(name) or subject + _SIGNS_IN_WORDS.get(operator, '')}: {reason}"


def choosable() -> list[Quantity]:
    """Quantities a condition may be on, by name."""
    return sorted((catalogue.get(slug) for slug in value_quantities()), key=lambda one: one.name)


def query_string(asked: Mapping[str, Iterable[str]]) -> str:
    return urlencode([(name, value) for name, values in asked.items() for value in values])
