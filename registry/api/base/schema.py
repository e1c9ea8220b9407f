"""OpenAPI as Cellar means it: filters of each list, and errors of one shape."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from registry.api.base.errors import ErrorSerializer
from registry.hookspecs import LAYER_ROLES
from registry.numbers import catalogue
from registry.selectors.query.parsing import CELL_NUMBERS, CHOICES, CONDITIONS, LAYER_NUMBERS, PARTS, value_quantities

ERRORS = {
    "400": "Something sent is wrong: which field or parameter, and how to mend it.",
    "401": "Sign in, or send a token.",
    "403": "Your role in the project does not allow this.",
    "404": "There is no such record, or you may not see it.",
}
COMPARED = {"gte": "at least", "lte": "at most", "gt": "above", "lt": "below"}


class CellarSchema(AutoSchema):
    """Adds the parameters a view declares, and the answers every operation may give."""

    def get_override_parameters(self) -> list[Any]:
        if not self._is_list_view():
            return []
        return [filter_parameter(name, one) for name, one in getattr(self.view, "filters", {}).items()]

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation:
            reference = self.resolve_serializer(ErrorSerializer, "response").ref
            content = {"application/json": {"schema": reference}}
            for code in self._error_codes():
                operation["responses"].setdefault(code, {"description": ERRORS[code], "content": content})
        return operation

    def _error_codes(self) -> list[str]:
        codes = ["400", "401"]
        if self.method != "GET":
            codes.append("403")
        if "{" in self.path:
            codes.append("404")
        return codes


class QuerySchema(CellarSchema):
    """Documents the query language on the lists that speak it."""

    def get_override_parameters(self) -> list[Any]:
        return query_parameters() if self._is_list_view() else []


def filter_parameter(name: str, one: Any) -> OpenApiParameter:
    kinds: dict[str, type] = {"text": str, "id": int, "boolean": bool}
    text = one.help + (f" {str(one.default).lower()} unless given." if one.default is not None else "")
    return OpenApiParameter(name, kinds[one.kind], description=text.strip(), enum=list(one.choices) or None)


def query_parameters() -> list[OpenApiParameter]:
    """Every parameter of the query language, with the unit of each number."""
    words = {
        "q": "Words anywhere in what names a cell.",
        "refcode": "Refcode of what is listed.",
        "cell": "Refcode of the cell.",
        "measurement": "Refcode of the measurement; of a cell, one that it has.",
        "label": "Part of the label.",
        "configuration": "Part of the configuration.",
        "project": "Slug of the project.",
        "publication": "Citation key of the publication.",
        "doi": "DOI of the publication.",
        "ordering": "Column or quantity to order by, `-` before it for descending; several with commas.",
        **{part: f"Name, synonym or formula of what the {part} is made of." for part in PARTS},
    }
    found = [OpenApiParameter(name, str, description=text) for name, text in words.items()]
    for name, choices in CHOICES.items():
        found.append(OpenApiParameter(name, str, description=name.replace("_", " "), enum=list(choices)))
    for slug in (*CONDITIONS, *CELL_NUMBERS, *LAYER_NUMBERS, *value_quantities()):
        found += _number_parameters(slug)
    return found


def _number_parameters(slug: str) -> list[OpenApiParameter]:
    quantity = catalogue.get(slug)
    name = f"{quantity.name} in {quantity.unit_label}" if quantity.unit_label else quantity.name
    if slug in LAYER_NUMBERS:
        name += f" of any layer; of one role with {', '.join(f'`{role}.{slug}`' for role in LAYER_ROLES)}"
    bounds = [OpenApiParameter(f"{slug}__{one}", str, description=f"{name}: {text}.") for one, text in COMPARED.items()]
    return [
        OpenApiParameter(slug, str, description=f"{name}: equal to. A number, or one with another unit (`1 GPa`)."),
        *bounds,
        OpenApiParameter(f"{slug}__exists", bool, description=f"{name}: whether there is one."),
    ]
