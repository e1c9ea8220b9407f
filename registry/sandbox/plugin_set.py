"""The plugins a sandbox process loads, passed in by the callers of the sandbox."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from registry.contract.analysis import Analysis
from registry.contract.reader import Reader


class SandboxPlugins(Protocol):
    """The loaded plugins as far as the sandbox uses them."""

    analyses: dict[str, Analysis]
    readers: dict[str, Reader]

    def source_hash(self, analysis: str) -> str:
        """The hash of the source an analysis computes with."""


@dataclass(frozen=True)
class PluginSet:
    """How to load the plugins in another process, and their names here."""

    loader: str
    """Function that loads them, as `package.module:function`; returns SandboxPlugins."""
    arguments: tuple[Any, ...]
    """Its arguments, as JSON can hold them; another load of the plugins has other arguments."""
    plugin_of: Mapping[str, str] = field(default_factory=dict)
    """The plugin that provides each analysis."""
    reader_titles: Mapping[str, str] = field(default_factory=dict)
    """The title of each reader, by name."""
    techniques: tuple[str, ...] = ()
    """Slugs of the techniques a reader may name."""

    @property
    def key(self) -> str:
        """The data the sandbox process needs to load them, as JSON."""
        return json.dumps([self.loader, *self.arguments])


def python_path(root: Path) -> str:
    """PYTHONPATH for a child interpreter, which then finds this project and the same plugins."""
    return os.pathsep.join([str(root), *filter(None, [os.environ.get("PYTHONPATH", "")])])


def load_plugins(key: str) -> SandboxPlugins:
    """Load the plugin set with this key into this process."""
    loader, *arguments = json.loads(key)
    module, _, function = loader.partition(":")
    loaded: SandboxPlugins = getattr(import_module(module), function)(*arguments)
    return loaded
