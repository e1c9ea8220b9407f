"""Checks and registers the items each hook returns."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from registry.hookspecs import Analysis, Condition, LayerRole, Quantity, Reader, Table, TableFormat, Technique
from registry.numbers import catalogue
from registry.plugin_loading import dependencies
from registry.plugin_loading.analysis_check import analysis_check
from registry.plugin_loading.descriptor_check import (
    quantity_check,
    reader_check,
    table_descriptor_check,
    table_format_check,
)
from registry.plugin_loading.loaded import Kind, Plugin, Plugins, Provided
from registry.plugin_loading.sources import BUILT_IN
from registry.plugin_loading.vocabulary_check import condition_check, layer_role_check, technique_check

TableCheck = Callable[[Table], None]
"""Raises ValueError for a table with an unknown column, filter or unit."""
Accept = Callable[[Plugins, Plugin, Any], Provided]
"""Checks an item and keeps it; returns its kind and name, or raises TypeError, ValueError or LookupError."""


class InvalidDescription(ValueError):  # noqa: N818 - clear without the suffix
    """The return value of a hook cannot be used; the code says why, the text also how to fix it."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def _expect(item: Any, kind: type) -> None:
    if not isinstance(item, kind):
        raise TypeError(f"returned a {type(item).__name__}, expected hookspecs.{kind.__name__}")


def _expect_unused(plugins: Plugins, used: Mapping[str, Any], kind: Kind, name: str) -> None:
    if name in used:
        raise InvalidDescription(
            "name-in-use",
            f"the {kind} ‘{name}’ is already provided by {plugins.plugin_of(kind, name)}: rename one of them",
        )


def _accept_quantity(plugins: Plugins, plugin: Plugin, item: Any) -> Provided:
    _expect(item, Quantity)
    quantity_check(item)
    catalogue.register(item, plugin.name, is_from_outside=plugin.source != BUILT_IN)
    return Provided("quantity", item.slug)


def _accept_technique(plugins: Plugins, plugin: Plugin, item: Any) -> Provided:
    _expect(item, Technique)
    technique_check(item)
    _expect_unused(plugins, plugins.techniques, "technique", item.slug)
    plugins.techniques[item.slug] = item
    return Provided("technique", item.slug)


def _accept_layer_role(plugins: Plugins, plugin: Plugin, item: Any) -> Provided:
    _expect(item, LayerRole)
    layer_role_check(item)
    _expect_unused(plugins, plugins.layer_roles, "layer role", item.slug)
    plugins.layer_roles[item.slug] = item
    return Provided("layer role", item.slug)


def _accept_condition(plugins: Plugins, plugin: Plugin, item: Any) -> Provided:
    _expect(item, Condition)
    _expect_unused(plugins, plugins.conditions, "condition", item.slug)
    if isinstance(item.quantity, Quantity):
        plugin.adds.append(_accept_quantity(plugins, plugin, item.quantity))
    condition_check(item)
    plugins.conditions[item.slug] = item
    return Provided("condition", item.slug)


def _accept_reader(plugins: Plugins, plugin: Plugin, item: Any) -> Provided:
    _expect(item, Reader)
    reader_check(item)
    _expect_unused(plugins, plugins.readers, "reader", item.name)
    plugins.readers[item.name] = item
    return Provided("reader", item.name)


def _accept_analysis(plugins: Plugins, plugin: Plugin, item: Any) -> Provided:
    _expect(item, Analysis)
    analysis_check(item, plugins.techniques, plugins.conditions)
    _expect_unused(plugins, plugins.analyses, "analysis", item.name)
    if path := dependencies.cycle(plugins.analyses, item):
        raise InvalidDescription(
            "circular-dependency",
            f"the analysis ‘{item.name}’ depends on itself: {' → '.join(path)}. "
            "Let one of them use the reported value, or return another quantity",
        )
    plugins.analyses[item.name] = item
    return Provided("analysis", item.name)


def _accept_table_format(plugins: Plugins, plugin: Plugin, item: Any) -> Provided:
    _expect(item, TableFormat)
    table_format_check(item)
    _expect_unused(plugins, plugins.table_formats, "table format", item.name)
    plugins.table_formats[item.name] = item
    return Provided("table format", item.name)


def _accept_table(plugins: Plugins, plugin: Plugin, item: Any, *, table_check: TableCheck) -> Provided:
    _expect(item, Table)
    table_descriptor_check(item)
    _expect_unused(plugins, plugins.tables, "table", item.slug)
    table_check(item)
    plugins.tables[item.slug] = item
    return Provided("table", item.slug)


def accept_by_hook(table_check: TableCheck) -> Mapping[str, Accept]:
    """By hook, in the order the hooks are called: analyses and tables refer to quantities, techniques and roles."""
    return {
        "register_quantities": _accept_quantity,
        "register_techniques": _accept_technique,
        "register_layer_roles": _accept_layer_role,
        "register_conditions": _accept_condition,
        "register_readers": _accept_reader,
        "register_analyses": _accept_analysis,
        "register_table_formats": _accept_table_format,
        "register_tables": partial(_accept_table, table_check=table_check),
    }
