"""Finds plugins, loads each on its own, checks what they describe, and keeps what is sound.

A plugin that cannot be imported, misspells a hook or describes something impossible is left out and reported;
the rest goes on.
"""

import difflib
import logging
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pluggy

from registry import dependencies, hookspecs
from registry.analysis_check import analysis_check
from registry.descriptor_check import arguments, quantity_check, reader_check, table_check, table_format_check
from registry.hookspecs import Analysis, Quantity, Reader, Table, TableFormat
from registry.numbers import catalogue
from registry.plugin_registry import Plugin, Plugins, Problem
from registry.plugin_sources import BUILT_IN, Source, find, import_problem
from registry.plugin_trial import Trial
from registry.raised import raised_words

logger = logging.getLogger(__name__)
__all__ = ["Plugin", "Plugins", "Problem", "assemble", "check_table", "current", "load", "places"]


def check_table(table: Table) -> None:
    """Raise ValueError if a table asks for what there is not; the registry puts its own check here when it starts."""


Places = tuple[str, str, tuple[str, ...], int]
"""Where plugins come from: the package, the directory, the names to leave out, and how often they were loaded."""
_current: Plugins | None = None
_unfit: tuple[str, ...] = ()
_loads = 0


def current() -> Plugins:
    """The plugins in use."""
    if _current is None:
        raise RuntimeError("plugins are loaded when Django starts: call plugin_manager.load() first")
    return _current


def load() -> Plugins:
    """Find and load every plugin anew, from the package, the directory and the entry points the settings name."""
    from django.conf import settings

    global _current, _unfit, _loads
    catalogue.reset()
    disabled = tuple(settings.REGISTRY_DISABLED_PLUGINS)
    sources = find(settings.REGISTRY_BUILTIN_PLUGINS, settings.REGISTRY_PLUGINS_DIR, disabled)
    trial = Trial(sources, settings.REGISTRY_PLUGINS_DIR, settings.LOAD_SECONDS)
    _current = assemble(trial.sources)
    _unfit = trial.unfit()
    _loads += 1
    return _current


def places() -> Places:
    """Where the settings have plugins come from, less those that are to be imported nowhere."""
    from django.conf import settings

    left_out = (*settings.REGISTRY_DISABLED_PLUGINS, *_unfit)
    return settings.REGISTRY_BUILTIN_PLUGINS, settings.REGISTRY_PLUGINS_DIR, left_out, _loads


def assemble(sources: Sequence[Source], only: Sequence[str] = ()) -> Plugins:
    """Load each source on its own and collect what it describes; by some hooks alone if they are named."""
    plugins = Plugins()
    manager = pluggy.PluginManager(hookspecs.PROJECT_NAME)
    manager.add_hookspecs(hookspecs)
    modules: list[tuple[Plugin, Any]] = []
    for source in sources:
        plugin = Plugin.of(source)
        namesake = next((one for one in plugins.loaded if one.name == source.name), None)
        plugins.loaded.append(plugin)
        if plugin.disabled:
            continue
        if namesake:
            plugin.report(f"has the name of the plugin from {namesake.source}: rename one of the two")
            continue
        try:
            # How warnings are treated is not for one plugin to say to all.
            with warnings.catch_warnings():
                module = source.module()
            if _register(manager, plugin, module):
                plugin.version = plugin.version or str(getattr(module, "__version__", ""))
                modules.append((plugin, module))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            plugin.report(*import_problem(source, error))
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


def _register(manager: pluggy.PluginManager, plugin: Plugin, module: Any) -> bool:
    known = [name for name in vars(hookspecs) if name.startswith("register_")]
    marked = [name for name in dir(module) if _is_hookimpl(getattr(module, name, None))]
    for name in marked:
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}."
            plugin.report(f"implements {name}, which is no hook: {hint}")
    for name in (name for name in known if callable(getattr(module, name, None)) and name not in marked):
        if getattr(module, name) is not getattr(hookspecs, name):
            plugin.report(f"defines {name} without @hookimpl, so it is not called: put @hookimpl above it")
    for name in marked:
        if wrong := arguments(getattr(module, name), 0):
            plugin.report(f"{name} takes {wrong}, and a hook is given nothing: write `def {name}():`")
    if not marked and not plugin.problems and plugin.source != BUILT_IN:
        plugin.report(f"implements no hook: decorate one of {', '.join(known)} with @hookimpl")
    if plugin.problems or not marked:
        return False
    try:
        manager.register(module, name=plugin.name)
    except ValueError:
        plugin.report("cannot be registered: another source has the same module, so remove it from one of the two")
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
    try:
        returned = call()
        described = list(returned) if isinstance(returned, Iterable) else None
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        plugin.report(f"{hook} raised", raised_words(error, plugin.package))
        return
    if described is None:
        plugin.report(f"{hook} returned a {type(returned).__name__}: return a list of what it adds")
        return
    for item in described:
        try:
            name = accept(plugins, plugin, item)
        except (ValueError, TypeError, LookupError) as error:
            plugin.report(f"{hook}: {error}{_of_disabled(plugins, error)}")
        except Exception as error:
            plugin.report(f"{hook}: describes what cannot be read", raised_words(error, plugin.package))
        else:
            plugin.adds.append(name)
            plugins.providers[name] = plugin.name


def _of_disabled(plugins: Plugins, error: Exception) -> str:
    """Which plugins are disabled, to stand behind the error that a quantity is missing."""
    disabled = [plugin.name for plugin in plugins.loaded if plugin.disabled]
    if not disabled or not isinstance(error, catalogue.UnregisteredQuantityError):
        return ""
    return f" (REGISTRY_DISABLED_PLUGINS names {', '.join(disabled)}: what they register is not there)"


def _expect(item: Any, kind: type) -> None:
    if not isinstance(item, kind):
        raise TypeError(f"returned a {type(item).__name__} where hookspecs.{kind.__name__} belongs")


def _unique(plugins: Plugins, taken: dict[str, Any], kind: str, name: str) -> None:
    if name in taken:
        raise ValueError(
            f"the {kind} ‘{name}’ is provided by {plugins.providers[f'{kind} {name}']} already: rename one"
        )


def _accept_quantity(plugins: Plugins, plugin: Plugin, item: Any) -> str:
    _expect(item, Quantity)
    quantity_check(item)
    catalogue.register(item, plugin.name)
    return f"quantity {item.slug}"


def _accept_reader(plugins: Plugins, plugin: Plugin, item: Any) -> str:
    _expect(item, Reader)
    reader_check(item)
    _unique(plugins, plugins.readers, "reader", item.name)
    plugins.readers[item.name] = item
    return f"reader {item.name}"


def _accept_analysis(plugins: Plugins, plugin: Plugin, item: Any) -> str:
    _expect(item, Analysis)
    analysis_check(item)
    _unique(plugins, plugins.analyses, "analysis", item.name)
    if path := dependencies.cycle(plugins.analyses, item):
        raise ValueError(
            f"the analysis ‘{item.name}’ waits for itself: {' → '.join(path)}. "
            "Let one of them read what is reported, or give another quantity"
        )
    plugins.analyses[item.name] = item
    return f"analysis {item.name}"


def _accept_table_format(plugins: Plugins, plugin: Plugin, item: Any) -> str:
    _expect(item, TableFormat)
    table_format_check(item)
    _unique(plugins, plugins.table_formats, "table format", item.name)
    plugins.table_formats[item.name] = item
    return f"table format {item.name}"


def _accept_table(plugins: Plugins, plugin: Plugin, item: Any) -> str:
    _expect(item, Table)
    table_check(item)
    _unique(plugins, plugins.tables, "table", item.slug)
    check_table(item)
    plugins.tables[item.slug] = item
    return f"table {item.slug}"
