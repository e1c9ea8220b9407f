"""OpenAPI schema: the filters of each list and the common error format."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from registry import plugin_loading
from registry.api.base.errors import ErrorSerializer
from registry.models.condition import condition_slugs
from registry.numbers import catalogue
from registry.selectors.query.parsing import CELL_NUMBERS, LAYER_NUMBERS, choices, parts, value_quantities

ERRORS = {
    "400": "Invalid field or query parameter; the message says how to fix it.",
    "401": "Authentication required: sign in or send a valid token.",
    "403": "Your role in the project does not allow this.",
    "404": "The record does not exist, or you do not have access.",
}
COMPARISONS = {"gte": "at least", "lte": "at most", "gt": "above", "lt": "below"}
CERTAINTIES = {
    **{operator: f"certainly {words}" for operator, words in COMPARISONS.items()},
    **{f"possibly_{operator}": f"possibly {words}" for operator, words in COMPARISONS.items()},
}


class CellarSchema(AutoSchema):
    """Adds the filters a view declares, and the error responses."""

    def get_override_parameters(self) -> list[Any]:
        if not self._is_list_view():
            return []
        return [filter_parameter(name, item) for name, item in getattr(self.view, "filters", {}).items()]

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
    """Documents the query language of the cell and measurement lists."""

    def get_override_parameters(self) -> list[Any]:
        return query_parameters() if self._is_list_view() else []


def filter_parameter(name: str, item: Any) -> OpenApiParameter:
    types: dict[str, type] = {"text": str, "id": int, "boolean": bool, "place": str}
    text = item.help + (f" Default: {str(item.default).lower()}." if item.default is not None else "")
    return OpenApiParameter(name, types[item.kind], description=text.strip(), enum=list(item.allowed()) or None)


def query_parameters() -> list[OpenApiParameter]:
    """All parameters of the query language, with the unit of each number."""
    descriptions = {
        "q": (
            "Words of the label, refcode, notes, materials and their synonyms, publication, techniques, conditions, "
            "tags and comments: all must occur; the last may be only the beginning of a word."
        ),
        "refcode": "Refcode of the cell or measurement listed.",
        "cell": "Refcode of the cell.",
        "measurement": "Refcode of the measurement (in the cell list: of one of its measurements).",
        "label": "Part of the label.",
        "configuration": "Part of the configuration.",
        "project": "Slug of the project.",
        "publication": "Citation key of the publication.",
        "doi": "DOI of the publication.",
        "tag": "Tag of the cell, case-insensitive. Repeat the parameter to match any of several tags.",
        "measurement_tag": "Tag of the measurement (in the cell list: of one of its measurements), case-insensitive. "
        "Repeat the parameter to match any of several tags.",
        "at": "Place of the values to filter and order by: `peak:2`. Without it, values at any place match.",
        "ordering": "Column or quantity to order by, with `-` for descending; separate several with commas.",
        **{part: f"Name, synonym or formula of the {part} material." for part in parts()},
    }
    parameters = [OpenApiParameter(name, str, description=text) for name, text in descriptions.items()]
    for name, values in choices().items():
        parameters.append(OpenApiParameter(name, str, description=name.replace("_", " "), enum=list(values)))
    for slug in (*condition_slugs(), *CELL_NUMBERS, *LAYER_NUMBERS, *value_quantities()):
        parameters += _number_parameters(slug)
    return parameters


def _number_parameters(slug: str) -> list[OpenApiParameter]:
    quantity = catalogue.get(slug)
    name = f"{quantity.name} in {quantity.unit_label}" if quantity.unit_label else quantity.name
    if slug in LAYER_NUMBERS:
        by_role = ", ".join(f"`{role}.{slug}`" for role in plugin_loading.current().layer_roles)
        name += f" of any layer; for one role: {by_role}"
    bounds = [
        OpenApiParameter(f"{slug}__{operator}", str, description=f"{name}: {text}.")
        for operator, text in CERTAINTIES.items()
    ]
    return [
        OpenApiParameter(slug, str, description=f"{name}: equal to. A number, optionally with a unit (`1 GPa`)."),
        *bounds,
        OpenApiParameter(f"{slug}__exists", bool, description=f"{name}: whether it has a value."),
    ]
