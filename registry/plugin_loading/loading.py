"""Loads each plugin on its own, checks what it describes, and keeps what is valid.

A plugin that cannot be imported, misspells a hook or describes something impossible is left out and reported; the
others are loaded.
"""

import difflib
import hashlib
import json
import logging
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import pluggy

from registry import hookspecs
from registry.contract.declared_columns import take_techniques_from
from registry.hookspecs import Table, Technique
from registry.numbers import catalogue
from registry.plugin_loading.accepting import Accept, TableCheck, accept_by_hook
from registry.plugin_loading.descriptor_check import arguments
from registry.plugin_loading.import_check import ImportCheck
from registry.plugin_loading.loaded import Plugin, Plugins
from registry.plugin_loading.sources import (
    BUILT_IN,
    DISABLED_BY_SETTING,
    Source,
    find,
    hook_name,
    import_problem,
    in_directory,
    installed,
)
from registry.sandbox.plugin_errors import error_summary
from registry.sandbox.plugin_set import PluginSet

logger = logging.getLogger(__name__)
HOOKS = tuple(name for name in vars(hookspecs) if name.startswith("register_"))
SANDBOX_HOOKS = tuple(name for name in HOOKS if not name.startswith("register_table"))
"""All that a reader or an analysis may name; tables are made in this process only."""
SANDBOX_LOADER = f"{__name__}:load_for_sandbox"


def _accept_any(table: Table) -> None:
    """The check of tables before the registry hands in its own."""


_current: Plugins | None = None
_in_this_context: ContextVar[Plugins | None] = ContextVar("plugins", default=None)
_in_sandbox: Plugins | None = None
_plugin_set: PluginSet | None = None
_table_check: TableCheck = _accept_any
_found: frozenset[tuple[str, str]] = frozenset()
"""Names and contents of the plugins outside the built-in package, as they were loaded."""


def current() -> Plugins:
    """The plugins in use; while plugins are assembled, those accepted so far."""
    plugins = _in_this_context.get() or _current
    if plugins is None:
        raise RuntimeError("plugins are loaded when Django starts: call plugin_loading.load() first")
    return plugins


def _registered_techniques() -> Iterable[Technique]:
    plugins = _in_this_context.get() or _current or _in_sandbox
    return list(plugins.techniques.values()) if plugins else ()


take_techniques_from(_registered_techniques)


@contextmanager
def in_use(plugins: Plugins) -> Iterator[None]:
    """Let `current()` return these plugins during the block, in this thread."""
    token = _in_this_context.set(plugins)
    try:
        yield
    finally:
        _in_this_context.reset(token)


def plugin_set() -> PluginSet:
    """The plugins in use, for the sandbox to load."""
    if _plugin_set is None:
        raise RuntimeError("plugins are loaded when Django starts: call plugin_loading.load() first")
    return _plugin_set


def table_check() -> TableCheck:
    """The check of declared tables that `load` was given last."""
    return _table_check


def load(*, table_check: TableCheck | None = None, recheck: bool = False) -> Plugins:
    """Find and load every plugin anew, from the package, the directory and the entry points the settings name.

    `table_check` raises ValueError for a table with an unknown column or filter; later loads use it too. `recheck`
    repeats import checks that are remembered.
    """
    from django.conf import settings

    global _current, _plugin_set, _table_check, _found
    _table_check = table_check or _table_check
    catalogue.reset()
    disabled = tuple(settings.REGISTRY_DISABLED_PLUGINS)
    sources = find(settings.REGISTRY_BUILTIN_PLUGINS, settings.REGISTRY_PLUGINS_DIR, disabled)
    _found = _external(sources)
    check = ImportCheck(sources, settings.REGISTRY_PLUGINS_DIR, settings.LOAD_SECONDS, recheck=recheck)
    _current = assemble(check.sources, table_check=_table_check)
    left_out = (*disabled, *check.failed())
    _plugin_set = PluginSet(
        SANDBOX_LOADER,
        (settings.REGISTRY_BUILTIN_PLUGINS, settings.REGISTRY_PLUGINS_DIR, left_out, _fingerprint(sources)),
        {name: _current.plugin_of("analysis", name) for name in _current.analyses},
        {reader.name: reader.title for reader in _current.readers.values()},
        tuple(_current.techniques),
    )
    return _current


def list_changed_plugins() -> list[str]:
    """Names of the plugins of the directory and of packages that were installed, changed or removed since `load`."""
    from django.conf import settings

    present = _external([*in_directory(settings.REGISTRY_PLUGINS_DIR), *installed()])
    return sorted({name for name, _ in present ^ _found})


def _external(sources: Iterable[Source]) -> frozenset[tuple[str, str]]:
    return frozenset(source.key for source in sources if source.origin not in (BUILT_IN, DISABLED_BY_SETTING))


def _fingerprint(sources: Iterable[Source]) -> str:
    """A hash of the code of all plugins."""
    return hashlib.sha256(json.dumps([source.key for source in sources]).encode()).hexdigest()


def load_for_sandbox(builtin: str, directory: str, left_out: Sequence[str], fingerprint: str) -> Plugins:
    """All that readers and analyses need, in a sandbox process; `fingerprint` only tells a load from one of other
    code."""
    global _in_sandbox
    catalogue.reset()
    _in_sandbox = plugins = assemble(find(builtin, directory, left_out), only=SANDBOX_HOOKS)
    # The hash of a run is that of what is loaded here, even if the files change later.
    plugins.source_code.read()
    return plugins


def assemble(sources: Sequence[Source], only: Sequence[str] = HOOKS, table_check: TableCheck = _accept_any) -> Plugins:
    """Load each source on its own and collect what it describes, by all hooks or only some."""
    plugins = Plugins()
    manager = pluggy.PluginManager(hookspecs.PROJECT_NAME)
    manager.add_hookspecs(hookspecs)
    for source in sources:
        plugin = Plugin.of(source)
        namesake = next((other for other in plugins.loaded if other.name == source.name), None)
        plugins.loaded.append(plugin)
        if plugin.disabled:
            continue
        if namesake:
            plugin.report("same-name", f"has the same name as the plugin from {namesake.source}: rename one of them")
            continue
        _import(manager, plugin, source)
    plugins.loaded = [plugin for plugin in plugins.loaded if plugin.hooks or plugin.problems or plugin.disabled]
    with in_use(plugins):
        _collect_all(manager, plugins, only, accept_by_hook(table_check))
    for problem in plugins.problems:
        logger.warning("plugin %s: %s %s (%s)", problem.plugin, problem.text, problem.detail, problem.code)
    return plugins


def _import(manager: pluggy.PluginManager, plugin: Plugin, source: Source) -> None:
    """Import a plugin and register its hooks."""
    try:
        # One plugin does not decide how warnings are treated for all.
        with warnings.catch_warnings():
            module = source.module()
        plugin.module = str(getattr(module, "__name__", "") or source.package)
        _register(manager, plugin, module)
        plugin.version = plugin.version or str(getattr(module, "__version__", ""))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        plugin.report(*import_problem(source, error))


def _register(manager: pluggy.PluginManager, plugin: Plugin, module: Any) -> None:
    plugin.contract_version = getattr(module, "CONTRACT_VERSION", None)
    if plugin.contract_version not in (None, hookspecs.CONTRACT_VERSION):
        plugin.report("contract-version", _contract_mismatch(plugin.contract_version))
        return
    marked = {name: hook for name in dir(module) if (hook := hook_name(module, name))}
    for name, hook in marked.items():
        if hook not in HOOKS:
            close = difflib.get_close_matches(hook, HOOKS, 1)
            hint = f"did you mean {close[0]}?" if close else f"use one of {', '.join(HOOKS)}."
            plugin.report("unknown-hook", f"implements {hook}, which is not a known hook: {hint}")
        if unexpected := arguments(getattr(module, name), 0):
            text = f"{name} takes {unexpected}, but hooks take no arguments: write `def {name}():`"
            plugin.report("hook-arguments", text)
    for name in HOOKS:
        function = getattr(module, name, None)
        if callable(function) and name not in marked and function is not getattr(hookspecs, name):
            text = f"defines {name} without @hookimpl, so it is not called: put @hookimpl above it"
            plugin.report("hookimpl-missing", text)
    if not marked and not plugin.problems and plugin.source != BUILT_IN:
        plugin.report("no-hooks", f"implements no hook: decorate one of {', '.join(HOOKS)} with @hookimpl")
    if plugin.problems or not marked:
        return
    try:
        manager.register(module, name=plugin.name)
    except ValueError:
        text = "cannot be registered: another source has the same module, remove it from one of them"
        plugin.report("same-module", text)
        return
    plugin.hooks = list(marked.values())


def _contract_mismatch(stated: object) -> str:
    """Why a plugin of another version of the contract is not used."""
    if not isinstance(stated, int) or isinstance(stated, bool):
        return f"states CONTRACT_VERSION = {stated!r:.40}: write `CONTRACT_VERSION = {hookspecs.CONTRACT_VERSION}`"
    if stated > hookspecs.CONTRACT_VERSION:
        return f"is written for version {stated} of the plugin contract, which this Cellar does not have: update Cellar"
    return (
        f"is written for version {stated} of the plugin contract: see the changelog for what has changed, then write "
        f"`CONTRACT_VERSION = {hookspecs.CONTRACT_VERSION}`"
    )


def _caller(manager: pluggy.PluginManager, plugin: Plugin, hook: str) -> Callable[[], list[Any]]:
    """Calls one hook of one plugin alone, so that its failure stays its own."""
    others = [module for name, module in manager.list_name_plugin() if name != plugin.name and module]
    return manager.subset_hook_caller(hook, remove_plugins=others)


def _collect_all(
    manager: pluggy.PluginManager, plugins: Plugins, only: Sequence[str], accept_by: Mapping[str, Accept]
) -> None:
    """Keep what the plugins describe, hook by hook."""
    for hook, accept in accept_by.items():
        for plugin in plugins.loaded:
            if hook in only and hook in plugin.hooks:
                _collect(plugins, plugin, hook, _caller(manager, plugin, hook), accept)


def _collect(
    plugins: Plugins,
    plugin: Plugin,
    hook: str,
    call: Callable[[], list[Any]],
    accept: Accept,
) -> None:
    """Keep each thing a hook describes; one that is invalid is a problem of its own."""
    try:
        # pluggy leaves None out.
        returned = next(iter(call()), None)
        described = list(returned) if isinstance(returned, Iterable) else None
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        plugin.report("hook-failed", f"{hook} raised an error", error_summary(error, plugin.package))
        return
    if described is None:
        plugin.report(
            "hook-returned-no-list", f"{hook} returned a {type(returned).__name__}: return a list of what it adds"
        )
        return
    for item in described:
        try:
            name = accept(plugins, plugin, item)
        except (ValueError, TypeError, LookupError) as error:
            code = getattr(error, "code", "invalid-description")
            plugin.report(code, f"{hook}: {error}{_disabled_hint(plugins, error)}")
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            text = f"{hook} returned an invalid description"
            plugin.report("invalid-description", text, error_summary(error, plugin.package))
        else:
            plugin.adds.append(name)
            plugins.providers[name] = plugin.name


def _disabled_hint(plugins: Plugins, error: Exception) -> str:
    """The disabled plugins, as a hint behind the error that a quantity is not registered."""
    disabled = [plugin.name for plugin in plugins.loaded if plugin.disabled]
    if not disabled or not isinstance(error, catalogue.UnregisteredQuantityError):
        return ""
    return f" (disabled by REGISTRY_DISABLED_PLUGINS: {', '.join(disabled)}, with all they register)"
