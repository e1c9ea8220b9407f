"""A plugin as the registry would take it in: beside those built in and installed, and without touching them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from registry import plugin_loading
from registry.hookspecs import Analysis, Quantity, Reader, Table, TableFormat
from registry.numbers import catalogue
from registry.plugin_loading.sources import Source, find, import_file

BUILT_IN_PACKAGE = "plugins"


@dataclass(frozen=True)
class Registered:
    """What of a plugin is sound, and what is wrong with the rest."""

    name: str
    problems: tuple[str, ...]
    quantities: tuple[Quantity, ...]
    analyses: tuple[Analysis, ...]
    readers: tuple[Reader, ...]
    tables: tuple[Table, ...]
    table_formats: tuple[TableFormat, ...]


def load_plugin(path: str | Path) -> ModuleType:
    """Import the file of a plugin as the registry does, wherever it lies."""
    return import_file(Path(path))


@contextmanager
def registered(plugin: Any, beside: Sequence[Any] = ()) -> Iterator[Registered]:
    """Take a plugin in, with others that it builds on; while this lasts, its quantities are in the catalogue."""
    name = name_of(plugin)
    given = [Source(name_of(item), "given", lambda item=item: item) for item in (*beside, plugin)]
    with catalogue.catalogue_restored():
        catalogue.reset()
        sources = [*_others(plugin, *beside), *given]
        plugins = plugin_loading.assemble(sources, table_check=plugin_loading.table_check())
        own = [entry for entry in plugins.loaded if entry.name == name and entry.source == "given"]
        problems = [f"{problem.text} {problem.detail}".strip() for element in own for problem in element.problems]

        def of_it(kind: str, kept: Mapping[str, Any]) -> tuple[Any, ...]:
            return tuple(one for key, one in kept.items() if plugins.plugin_of(kind, key) == name)

        yield Registered(
            name,
            tuple(problems),
            quantities=tuple(one for slug, one in catalogue.catalogue.items() if catalogue.source_of(slug) == name),
            analyses=of_it("analysis", plugins.analyses),
            readers=of_it("reader", plugins.readers),
            tables=of_it("table", plugins.tables),
            table_formats=of_it("table format", plugins.table_formats),
        )


def name_of(plugin: Any) -> str:
    """The name of a plugin: of a built-in one with its package, of a file without the prefix it is imported under."""
    return str(plugin.__name__).removeprefix("registry_plugin_")


def _others(*given: Any) -> list[Source]:
    return [source for source in find(BUILT_IN_PACKAGE, "") if not _is_among(source, given)]


def _is_among(source: Source, given: Sequence[Any]) -> bool:
    """Whether a source leads to one of these; that another cannot be imported is not their fault."""
    try:
        module = source.module()
    except (Exception, SystemExit):
        return False
    return any(module is item for item in given)
