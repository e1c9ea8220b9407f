"""Finding, checking and loading plugins. `current()` returns those in use."""

from registry.plugin_loading.loaded import Plugin, Plugins, Problem
from registry.plugin_loading.loading import (
    assemble,
    current,
    in_use,
    list_changed_plugins,
    load,
    plugin_set,
    table_check,
)

__all__ = [
    "Plugin",
    "Plugins",
    "Problem",
    "assemble",
    "current",
    "in_use",
    "list_changed_plugins",
    "load",
    "plugin_set",
    "table_check",
]
