"""Where plugins come from: the package of those built in, a directory, and installed packages."""

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

ENTRY_POINT_GROUP = "registry.plugins"
BUILT_IN = "built in"


@dataclass(frozen=True)
class Source:
    """Somewhere a plugin may be imported from."""

    name: str
    origin: str
    module: Callable[[], Any]
    version: str = ""
    disabled: bool = False


def find(builtin: str, directory: str, disabled: Sequence[str] = ()) -> list[Source]:
    """Every place a plugin may be: the package, the directory and the entry points."""
    found = [*_builtin(builtin), *in_directory(directory), *_installed()]
    return [replace(one, disabled=True) if one.name in disabled else one for one in found] + [
        Source(name, "REGISTRY_DISABLED_PLUGINS", lambda: _refuse("there is no plugin of this name to disable"))
        for name in disabled
        if name not in {one.name for one in found}
    ]


def _builtin(package_name: str) -> Iterator[Source]:
    if not package_name:
        return
    package = importlib.import_module(package_name)
    for info in pkgutil.walk_packages(package.__path__, f"{package_name}."):
        if not info.ispkg:
            yield Source(info.name, BUILT_IN, lambda name=info.name: importlib.import_module(name))


def in_directory(directory: str) -> Iterator[Source]:
    """Every Python file in a directory; none if it is not named."""
    if not directory:
        return
    if not Path(directory).is_dir():
        yield Source(directory, "REGISTRY_PLUGINS_DIR", lambda: _refuse(f"{directory} is not a directory"))
        return
    for path in sorted(Path(directory).glob("*.py")):
        yield Source(path.stem, str(path), lambda path=path: import_file(path))


def _installed() -> Iterator[Source]:
    for entry in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda entry: entry.name):
        package = entry.dist.name if entry.dist else "an installed package"
        yield Source(entry.name, package, entry.load, entry.dist.version if entry.dist else "")


def _refuse(text: str) -> ModuleType:
    raise ImportError(text)


def import_file(path: Path) -> ModuleType:
    """Import a plugin that is a file in no package."""
    spec = importlib.util.spec_from_file_location(name := f"registry_plugin_{path.stem}", path)
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
