"""Finds plugins, loads each on its own, checks what they describe, and keeps what is sound.

A plugin that cannot be imported, misspells a hook or describes something impossible is left out and reported;
the rest goes on.
"""

import difflib
import importlib
import importlib.util
import logging
import pkgutil
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy

from registry import hookspecs, quantities
from registry.hookspecs import Analysis, Quantity, Reader, Table, TableFormat

logger = logging.getLogger(__name__)
ENTRY_POINT_GROUP = "registry.plugins"
BUILT_IN = "built in"


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

    @property
    def state(self) -> str:
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


_current: Plugins | None = None


def current() -> Plugins:
    """The plugins in use."""
    if _current is None:
        raise RuntimeError("plugins are loaded when Django starts: call plugin_manager.load() first")
    return _current


def load() -> Plugins:
    """Find and load every plugin anew, from the package, the directory and the entry points the settings name."""
    from django.conf import settings

    global _current
    quantities.reset()
    sources = [*_builtin(settings.REGISTRY_BUILTIN_PLUGINS), *_directory(settings.REGISTRY_PLUGINS_DIR), *_installed()]
    _current = assemble(sources)
    return _current


@dataclass(frozen=True)
class Source:
    """Somewhere a plugin may be imported from."""

    name: str
    origin: str
    module: Callable[[], Any]


def _builtin(package_name: str) -> Iterator[Source]:
    if not package_name:
        return
    package = importlib.import_module(package_name)
    for info in pkgutil.walk_packages(package.__path__, f"{package_name}."):
        if not info.ispkg:
            yield Source(info.name, BUILT_IN, lambda name=info.name: importlib.import_module(name))


def _directory(directory: str) -> Iterator[Source]:
    if not directory:
        return
    if not Path(directory).is_dir():
        yield Source(directory, "REGISTRY_PLUGINS_DIR", lambda: _refuse(f"{directory} is not a directory"))
        return
    for path in sorted(Path(directory).glob("*.py")):
        yield Source(path.stem, str(path), lambda path=path: _import_file(path))


def _installed() -> Iterator[Source]:
    for entry in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda entry: entry.name):
        package = entry.dist.name if entry.dist else "an installed package"
        yield Source(entry.name, package, entry.load)


def _refuse(text: str) -> ModuleType:
    raise ImportError(text)


def _import_file(path: Path) -> ModuleType:
    name = f"registry_plugin_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def assemble(sources: list[Source]) -> Plugins:
    """Load each source on its own and collect what it describes."""
    plugins = Plugins()
    manager = pluggy.PluginManager(hookspecs.PROJECT_NAME)
    manager.add_hookspecs(hookspecs)
    modules: list[tuple[Plugin, Any]] = []
    for source in sources:
        plugin = Plugin(source.name, source.origin)
        plugins.loaded.append(plugin)
        module = _guard(plugin, "cannot be imported", source.module)
        if module is not None and _register(manager, plugin, module):
            modules.append((plugin, module))
    plugins.loaded = [plugin for plugin in plugins.loaded if plugin.hooks or plugin.problems]
    for hook, accept in (
        ("register_quantities", _accept_quantity),
        ("register_readers", _accept_reader),
        ("register_analyses", _accept_analysis),
        ("register_table_formats", _accept_table_format),
        ("register_tables", _accept_table),
    ):
        for plugin, module in modules:
            if hook in plugin.hooks:
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
    unmarked = [name for name in known if callable(getattr(module, name, None)) and name not in marked]
    for name in unmarked:
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
        provider = plugins.providers[f"{kind} {name}"]
        raise ValueError(f"the {kind} ‘{name}’ is provided by {provider} already: rename one")


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
    if not callable(item.run):
        raise TypeError(f"the analysis ‘{item.name}’ has a `run` that cannot be called")
    if not item.version:
        raise ValueError(f"the analysis ‘{item.name}’ needs a version")
    for slug in item.gives:
        if slug not in quantities.catalogue:
            near = difflib.get_close_matches(slug, quantities.catalogue, 1, 0.5)
            hint = f"did you mean ‘{near[0]}’? If not, " if near else ""
            mend = f"{hint}add it in register_quantities"
            raise ValueError(f"the analysis ‘{item.name}’ gives ‘{slug}’, which nobody registered: {mend}")
    for technique in item.techniques:
        if technique not in hookspecs.TECHNIQUES:
            known = ", ".join(hookspecs.TECHNIQUES)
            raise ValueError(f"the analysis ‘{item.name}’ names the technique ‘{technique}’: there are {known}")
    plugins.analyses[item.name] = item
    return f"analysis {item.name}"


def _accept_table_format(plugins: Plugins, plugin: Plugin, item: Any) -> str:
    _expect(item, TableFormat)
    _unique(plugins, plugins.table_formats, "table format", item.name)
    plugins.table_formats[item.name] = item
    return f"table format {item.name}"


def _accept_table(plugins: Plugins, plugin: Plugin, item: Any) -> str:
    from registry.selectors import comparison

    _expect(item, Table)
    _unique(plugins, plugins.tables, "table", item.slug)
    comparison.check(item)
    plugins.tables[item.slug] = item
    return f"table {item.slug}"
