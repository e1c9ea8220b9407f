"""Loads a plugin as the registry does, next to the built-in ones, without changing them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from registry import plugin_loading
from registry.hookspecs import Analysis, Condition, LayerRole, Quantity, Reader, Table, TableFormat, Technique
from registry.numbers import catalogue
from registry.plugin_loading.loaded import Kind
from registry.plugin_loading.sources import Source, find, import_file

BUILT_IN_PACKAGE = "plugins"


@dataclass(frozen=True)
class Registered:
    """The valid parts of a plugin, and the problems of the others."""

    name: str
    problems: tuple[str, ...]
    quantities: tuple[Quantity, ...]
    analyses: tuple[Analysis, ...]
    readers: tuple[Reader, ...]
    tables: tuple[Table, ...]
    table_formats: tuple[TableFormat, ...]
    techniques: tuple[Technique, ...]
    layer_roles: tuple[LayerRole, ...]
    conditions: tuple[Condition, ...]


def load_plugin(path: str | Path) -> ModuleType:
    """Import a plugin file from any directory, as the registry does."""
    return import_file(Path(path))


@contextmanager
def registered(plugin: Any, other_plugins: Sequence[Any] = ()) -> Iterator[Registered]:
    """Register a plugin and those it depends on; during the block it is in use."""
    name = name_of(plugin)
    with catalogue.catalogue_restored():
        catalogue.reset()
        plugins = plugin_loading.assemble(sources_of(plugin, other_plugins), table_check=plugin_loading.table_check())
        own = [entry for entry in plugins.loaded if entry.name == name and entry.source == "given"]
        problems = [
            f"{problem.text} {problem.detail}".strip() + f" ({problem.code})"
            for element in own
            for problem in element.problems
        ]

        def own_of(kind: Kind, items: Mapping[str, Any]) -> tuple[Any, ...]:
            return tuple(item for key, item in items.items() if plugins.plugin_of(kind, key) == name)

        with plugin_loading.in_use(plugins):
            yield Registered(
                name,
                tuple(problems),
                quantities=tuple(
                    quantity for slug, quantity in catalogue.catalogue.items() if catalogue.source_of(slug) == name
                ),
                analyses=own_of("analysis", plugins.analyses),
                readers=own_of("reader", plugins.readers),
                tables=own_of("table", plugins.tables),
                table_formats=own_of("table format", plugins.table_formats),
                techniques=own_of("technique", plugins.techniques),
                layer_roles=own_of("layer role", plugins.layer_roles),
                conditions=own_of("condition", plugins.conditions),
            )


def sources_of(plugin: Any, other_plugins: Sequence[Any] = ()) -> list[Source]:
    """Return where a plugin, those it depends on and the built-in ones are loaded from."""
    modules = [Source(name_of(item), "given", lambda item=item: item) for item in (*other_plugins, plugin)]
    return [*_built_in_except(plugin, *other_plugins), *modules]


def name_of(plugin: Any) -> str:
    """Return the name of a plugin: with the package if built in, without the import prefix if a file."""
    return str(plugin.__name__).removeprefix("registry_plugin_")


def _built_in_except(*modules: Any) -> list[Source]:
    return [source for source in find(BUILT_IN_PACKAGE, "") if not _is_among(source, modules)]


def _is_among(source: Source, modules: Sequence[Any]) -> bool:
    """True if a source is one of these modules; False if it cannot be imported."""
    try:
        module = source.module()
    except (Exception, SystemExit):
        return False
    return any(module is item for item in modules)
