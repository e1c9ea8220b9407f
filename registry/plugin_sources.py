"""Where plugins come from: the package of those built in, a directory, and installed packages."""

import difflib
import hashlib
import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.machinery import SourceFileLoader
from importlib.metadata import entry_points
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from cellar_registry import command
from registry.raised import raised_words

ENTRY_POINT_GROUP = "registry.plugins"
BUILT_IN = "built in"
MODULE_PREFIX = "registry_plugin_"


class NoPlugin(Exception):  # noqa: N818 - it is what happened
    """There is no plugin to be had of a source; the text says why and names the mend."""

    def __init__(self, text: str, detail: str = "") -> None:
        super().__init__(text)
        self.detail = detail


@dataclass(frozen=True)
class Source:
    """Somewhere a plugin may be imported from."""

    name: str
    origin: str
    module: Callable[[], Any]
    version: str = ""
    disabled: bool = False
    package: str = ""
    """The top-level name its modules have, by which its own lines are told from those of others."""
    state: str = ""
    """What tells one state of it from another; empty if there is nothing to import."""

    @property
    def key(self) -> tuple[str, str]:
        return self.name, self.state


def find(builtin: str, directory: str, disabled: Sequence[str] = ()) -> list[Source]:
    """Every place a plugin may be: the package, the directory and the entry points."""
    found = [*_builtin(builtin), *in_directory(directory), *installed()]
    names = [one.name for one in found]
    return [replace(one, disabled=True) if one.name in disabled else one for one in found] + [
        Source(name, "REGISTRY_DISABLED_PLUGINS", partial(_refuse, _not_to_disable(name, names)))
        for name in disabled
        if name not in names
    ]


def _not_to_disable(name: str, names: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, names, 1, 0.5)
    hint = f"did you mean ‘{near[0]}’?" if near else f"`{command('plugins')}` lists their names."
    return f"REGISTRY_DISABLED_PLUGINS names it, and there is no plugin of this name: {hint}"


def _builtin(package_name: str) -> Iterator[Source]:
    if not package_name:
        return
    package = importlib.import_module(package_name)
    for info in pkgutil.walk_packages(package.__path__, f"{package_name}."):
        if not info.ispkg:
            module = partial(importlib.import_module, info.name)
            yield Source(info.name, BUILT_IN, module, package=package_name.partition(".")[0])


def in_directory(directory: str) -> Iterator[Source]:
    """Every Python file in a directory; none if it is not named."""
    if not directory:
        return
    if not Path(directory).is_dir():
        text = "names no directory: make it, or set another. Its plugins are missing"
        yield Source("REGISTRY_PLUGINS_DIR", directory, partial(_refuse, text))
        return
    for path in sorted(Path(directory).glob("*.py")):
        module = partial(import_file, path)
        yield Source(path.stem, str(path), module, package=f"{MODULE_PREFIX}{path.stem}", state=_hash(path))


def installed() -> Iterator[Source]:
    """Every entry point of an installed package."""
    for entry in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda entry: entry.name):
        package = entry.dist.name if entry.dist else "an installed package"
        version = entry.dist.version if entry.dist else ""
        state, top = f"{package} {version} {entry.value}", entry.module.partition(".")[0]
        yield Source(entry.name, package, entry.load, version, package=top, state=state)


def import_problem(source: Source, error: BaseException) -> tuple[str, str]:
    """What to do about an error its import raised, and the error with its place."""
    detail = raised_words(error, source.package)
    if isinstance(error, NoPlugin):
        return str(error), error.detail
    if isinstance(error, ModuleNotFoundError) and error.name:
        return f"cannot be imported: it needs {error.name}, which is not installed in Cellar's environment", detail
    if isinstance(error, SyntaxError):
        return "cannot be imported: it is no Python, from this line on", detail
    if isinstance(error, SystemExit):
        return 'cannot be imported: put what a script does below `if __name__ == "__main__":`', detail
    return "cannot be imported: mend the line that raised", detail


def _hash(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return str(path)


def _refuse(text: str) -> ModuleType:
    raise NoPlugin(text)


class AsItStands(SourceFileLoader):
    """Compiles what the file holds now. Python knows the bytecode it keeps by the second of the change and the length
    of the file, so that of a plugin edited twice in a second the older one would run."""

    def get_code(self, fullname: str) -> CodeType:
        code: CodeType = self.source_to_code(self.get_data(self.path), self.path)
        return code


def import_file(path: Path) -> ModuleType:
    """Import a plugin that is a file in no package."""
    name = f"{MODULE_PREFIX}{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path, loader=AsItStands(name, str(path)))
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
