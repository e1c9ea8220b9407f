"""Inputs and conditions of group analyses as text."""

import re
from collections.abc import Mapping
from typing import Any

from registry.contract.estimate_encoding import LIST
from registry.contract.group_member import MEASURED
from registry.contract.in_text import recipe_number_in_text
from registry.contract.place import Place
from registry.models.condition import VOLTAGE_WINDOW
from registry.numbers import catalogue
from registry.numbers.catalogue import get_or_placeholder
from registry.plugin_loading.names import technique_name
from registry.web.presentation.text import NO_BREAK, format_fact, format_input_path, typeset

_MEMBER = re.compile(r"members\.(?P<cell>C-[0-9]+)\.(?P<rest>.+)")
_VALUE = re.compile(r"values\.(?P<quantity>[a-z0-9_]+)\.(?P<key>.+)")
_NAMES = {
    "group.kind": "Kind of the group",
    "group.over": "Recipe parameter that varies",
    "group.members": "Cells in order",
}
_MEMBER_NAMES = {"label": "label", "recipe_number": "recipe number", "quantities": "quantities with values"}


def is_shown(path: str) -> bool:
    """Whether an input is listed: how a value was measured is part of what says which value it is."""
    return not path.endswith(f".{MEASURED}")


def format_group_path(path: str) -> str:
    """The label of an input: `members.C-00012.values.resistance_ohm.M-00012/reported` is C-00012: resistance, M-00012,
    reported."""
    member = _MEMBER.fullmatch(path)
    if member is None:
        return _NAMES.get(path) or format_input_path(path)
    rest = member["rest"]
    if value := _VALUE.fullmatch(rest):
        source, _, place = value["key"].partition("@")
        parts = [_name(value["quantity"]), *source.split("/"), *(Place.parse(text).label for text in [place] if text)]
        return f"{member['cell']}: {', '.join(parts)}"
    if rest.startswith("values."):
        return f"{member['cell']}: measurements with {_name(rest.removeprefix('values.'))}"
    name = _MEMBER_NAMES.get(rest) or format_input_path(rest)
    return f"{member['cell']}: {name[:1].lower()}{name[1:]}"


def format_group_fact(path: str, stored: Any, over: str = "") -> str:
    """An input as stored with a run, as text with its unit; `over` is the key of the recipe number."""
    member = _MEMBER.fullmatch(path)
    if member and (value := _VALUE.fullmatch(member["rest"])):
        return format_fact(f"computed.{value['quantity']}", stored)
    if path == "group.over" and stored:
        return f"{recipe_number_in_text(stored)}"
    if member and isinstance(stored, dict) and (format_item := _LISTS.get(member["rest"].partition(".")[0])):
        return ", ".join(map(format_item, stored[LIST]))
    if member and member["rest"] == "recipe_number":
        return format_fact(f"layers.1.{recipe_quantity(over)}", stored)
    return format_fact(path, stored)


def _format_source(key: str) -> str:
    """A value in a list of those of a cell: `M-00012/computed/ionic-conductivity` is M-00012 computed
    (ionic-conductivity)."""
    source, _, place = key.partition("@")
    record, origin, *analysis = source.split("/")
    parts = (
        record,
        origin,
        *(f"({name})" for name in analysis),
        *(Place.parse(text).label for text in [place] if text),
    )
    return " ".join(parts)


def recipe_quantity(over: str) -> str:
    """The quantity of a recipe number: `mass_fraction_percent` of `cathode.mass_fraction_percent.VGCF`."""
    return over.partition(".")[2].partition(".")[0]


def format_group_conditions(conditions: Mapping[str, str]) -> str:
    """Technique and conditions in one line: EIS, 10 MPa, 25 °C."""
    texts = []
    lower, upper = (conditions.get(limit) for limit in VOLTAGE_WINDOW)
    for slug, text in conditions.items():
        if lower and upper and slug in VOLTAGE_WINDOW:
            if slug == VOLTAGE_WINDOW[0]:
                texts.append(f"{typeset(lower)}{NO_BREAK}V to {typeset(upper)}{NO_BREAK}V")
            continue
        if slug == "technique":
            texts.append(technique_name(text))
        elif unit_label := get_or_placeholder(slug).unit_label:
            texts.append(f"{typeset(text)}{NO_BREAK}{unit_label}")
        else:
            texts.append(f"{_name(slug)} {typeset(text)}")
    return ", ".join(texts)


def _name(slug: str) -> str:
    quantity = catalogue.catalogue.get(slug)
    return catalogue.in_sentence(quantity) if quantity else slug.replace("_", " ")


_LISTS = {"quantities": _name, "values": _format_source}
"""How each item of a list of a cell is written."""
