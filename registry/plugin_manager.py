"""Finds plugins, loads each on its own, checks what they describe, and keeps what is sound.

A plugin that cannot be imported, misspells a hook or describes something impossible is left out and reported;
the rest goes on.
"""

import difflib
import logging
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pluggy

from registry import dependencies, hookspecs, quantities
from registry.analysis_check import analysis_check
from registry.hookspecs import Analysis, Quantity, Reader, Table, TableFormat
from registry.plugin_sources import BUILT_IN, Source, find

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Problem:
    """Why a plugin, or a part of it, is not used."""

    plugin: str
    text: str
    detail: str = ""
    """The last line of the traceback, where there is one."""


@dataclass
class Plugin:
    """A plugin as the plugin page shows it."""

    name: str
    source: str
    """`built in`, the directory, or the package that brought it."""
    hooks: list[str] = field(default_factory=list)
    adds: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    version: str = ""
    """Of the package that brought it, or its own `__version__`."""
    disabled: bool = False

    @property
    def state(self) -> str:
        if self.disabled:
            return "disabled"
        if not self.problems:
            return "loaded"
        return "loaded in part" if self.adds else "refused"


@dataclass
class Plugins:
    """All that sound plugins describe, by name."""

    loaded: list[Plugin] = field(default_factory=list)
    analyses: dict[str, Analysis] = field(default_factory=dict)
    readers: dict[str, Reader] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    table_formats: dict[str, TableFormat] = field(default_factory=dict)
    providers: dict[str, str] = field(default_factory=dict)
    """Which plugin each analysis, reader, table and format came from: `analysis energy-density` → its plugin."""

    @property
    def problems(self) -> list[Problem]:
        return [problem for plugin in self.loaded for problem in plugin.problems]

    def plugin_of(self, kind: str, name: str) -> str:
        """The plugin an analysis, reader, table or format came from; empty if there is none of this name."""
        return self.providers.get(f"{kind} {name}", "")

    def newer_version(self, analysis: str, version: str) -> str:
        """The version of an analysis that is loaded, if it is another than this; empty if not, or if it is gone."""
        loaded = self.analyses.get(analysis)
        return loaded.version if loaded and loaded.version != version else ""

    @cached_property
    def upstream(self) -> Mapping[str, frozenset[str]]:
        """For each analysis those whose results it takes, directly or through others."""
        return dependencies.upstream(self.analyses)

    @cached_property
    def depth(self) -> Mapping[str, int]:
        """How many steps of waiting lie before each analysis: 0 if it takes no other's results."""
        return dependencies.depths(self.analyses)

    def downstream(self, name: str) -> list[str]:
        """The analyses that take the results of this one, directly or through others."""
        return [other for other, waits_for in self.upstream.items() if name in waits_for]

    @cached_property
    def rank(self) -> Mapping[str, int]:
        """The place of each analysis in an order in which none comes before one whose results it takes."""
        return dependencies.rank(self.analyses)


def check_table(table: Table) -> None:
    """Raise ValueError if a table asks for what there is not; the registry puts its own check here when it starts."""


Places = tuple[str, str, tuple[str, ...], int]
"""Where plugins come from: the package, the directory, the names of those disabled, and how often they were loaded."""
_current: Plugins | None = None
_loads = 0


def current() -> Plugins:
    """The plugins in use."""
    if _current is None:
        raise RuntimeError("plugins are loaded when Django starts: call plugin_manager.load() first")
    return _current


def load() -> Plugins:
    """Find and load every plugin anew, from the package, the directory and the entry points the settings name."""
    global _current, _loads
    quantities.reset()
    _current = assemble(find(*places()[:3]))
    _loads += 1
    return _current


def places() -> Places:
    """Where the settings have plugins come from."""
    from django.conf import settings

    disabled = tuple(settings.REGISTRY_DISABLED_PLUGINS)
    return settings.REGISTRY_BUILTIN_PLUGINS, settings.REGISTRY_PLUGINS_DIR, disabled, _loads


def assemble(sources: list[Source], only: Sequence[str] = ()) -> Plugins:
    """Load each source on its own and collect what it describes; by some hooks alone if they are named."""
    plugins = Plugins()
    manager = pluggy.PluginManager(hookspecs.PROJECT_NAME)
    manager.add_hookspecs(hookspecs)
    modules: list[tuple[Plugin, Any]] = []
    for source in sources:
        plugin = Plugin(source.name, source.origin, version=source.version, disabled=source.disabled)
        plugins.loaded.append(plugin)
        module = None if plugin.disabled else _guard(plugin, "cannot be imported", source.module)
        if module is not None and _register(manager, plugin, module):
            plugin.version = plugin.version or str(getattr(module, "__version__", ""))
            modules.append((plugin, module))
    plugins.loaded = [plugin for plugin in plugins.loaded if plugin.hooks or plugin.problems or plugin.disabled]
    for hook, accept in (
        ("register_quantities", _accept_quantity),
        ("register_readers", _accept_reader),
        ("register_analyses", _accept_analysis),
        ("register_table_formats", _accept_table_format),
        ("register_tables", _accept_table),
    ):
        for plugin, module in modules:
            if hook in plugin.hooks and (not only or hook in only):
                _collect(plugins, plugin, hook, getattr(module, hook), accept)
    for problem in plugins.problems:
        logger.warning("plugin %s: %s %s", problem.plugin, problem.text, problem.detail)
    return plugins


def _guard(plugin: Plugin, what: str, call: Callable[[], Any]) -> Any:
    """Call third-party code; keep whatever it raises as a problem."""
    try:
        return call()
    except (Exception, SystemExit) as error:
        last_line = traceback.format_exception_only(error)[-1].strip()
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = (error.filename, error.lineno) if isinstance(error, SyntaxError) else (frame.filename, frame.lineno)
        where = f"{Path(place[0] or plugin.name).name}:{place[1]}"
        plugin.problems.append(Problem(plugin.name, what, f"{last_line} ({where})"))
        return None


def _register(manager: pluggy.PluginManager, plugin: Plugin, module: Any) -> bool:
    known = [name for name in vars(hookspecs) if name.startswith("register_")]
    marked = [name for name in dir(module) if _is_hookimpl(getattr(module, name, None))]
    for name in marked:
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}."
            plugin.problems.append(Problem(plugin.name, f"implements {name}, which is no hook: {hint}"))
    for name in (name for name in known if callable(getattr(module, name, None)) and name not in marked):
        if getattr(module, name) is not getattr(hookspecs, name):
            plugin.problems.append(Problem(plugin.name, f"defines {name} without @hookimpl, so it is not called"))
    if not marked and not plugin.problems and plugin.source != BUILT_IN:
        text = f"implements no hook: decorate one of {', '.join(known)} with @hookimpl"
        plugin.problems.append(Problem(plugin.name, text))
    if plugin.problems or not marked:
        return False
    if _guard(plugin, "cannot be registered", lambda: manager.register(module, name=plugin.name)) is None:
        return False
    plugin.hooks = marked
    return True


def _is_hookimpl(member: Any) -> bool:
    return callable(member) and isinstance(getattr(member, f"{hookspecs.PROJECT_NAME}_impl", None), dict)


def _collect(
    plugins: Plugins,
    plugin: Plugin,
    hook: str,
    call: Callable[[], Any],
    accept: Callable[[Plugins, Plugin, Any], str],
) -> None:
    """Take in each thing a hook describes; one that is unsound is a problem of its own."""
    described = _guard(plugin, f"{hook} raised", lambda: list(call()))
    for item in described or []:
        try:
            name = accept(plugins, plugin, item)
        except (ValueError, TypeError, LookupError) as error:
            plugin.problems.append(Problem(plugin.name, f"{hook}: {error}"))
        else:
            plugin.adds.append(name)
            plugins.providers[name] = plugin.name


def _expect(item: Any, kind: type) -> None:
    if not isinstance(item, kind):
        raise TypeError(f"returned a {type(item).__name__} where hookspecs.{kind.__name__} belongs")


def _unique(plugins: Plugins, taken: dict[str, Any], kind: str, name: str) -> None:
    if not name:
        raise ValueError(f"a {kind} needs a name")
    if name in taken:
        raise ValueError(
            f"the {kind} ‘{name}’ is provided by {plugins.providers[f'{kind} {name}']} already: rename one"
        )


def _accept_quantity(plugins: Plugins, plugin: Plugin, item: Any) -> str:
    _expect(item, Quantity)
    quantities.register(item, plugin.name)
    return f"quantity {item.slug}"


def _accept_reader(plugins: Plugins, plugin: Plugin, item: Any) -> str:
    _expect(item, Reader)
    _unique(plugins, plugins.readers, "reader", item.name)
    plugins.readers[item.name] = item
    return f"reader {item.name}"


def _accept_analysis(plugins: Plugins, plugin: Plugin, item: Any) -> str:
    _expect(item, Analysis)
    _unique(plugins, plugins.analyses, "analysis", item.name)
    analysis_check(item)
    if path := dependencies.cycle(plugins.analyses, item):
        raise ValueError(
            f"the analysis ‘{item.name}’ waits for itself: {' → '.join(path)}. "
            "Let one of them read what is reported, or give another quantity"
        )
    plugins.analyses[item.name] = item
    return f"analysis {item.name}"


def _accept_table_format(plugins: Plugins, plugin: Plugin, item: Any) -> str:
    _expect(item, TableFormat)
    _unique(plugins, plugins.table_formats, "table format", item.name)
    plugins.table_formats[item.name] = item
    return f"table format {item.name}"


def _accept_table(plugins: Plugins, plugin: Plugin, item: Any) -> str:
    _expect(item, Table)
    _unique(plugins, plugins.tables, "table", item.slug)
    check_table(item)
    plugins.tables[item.slug] = item
    return f"table {item.slug}"
