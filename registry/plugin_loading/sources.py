"""Where plugins come from: the package of the built-in ones, a directory, and installed packages."""

import difflib
import hashlib
import importlib
import importlib.util
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.machinery import SourceFileLoader, all_suffixes
from importlib.metadata import entry_points
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from cellar_registry import command
from registry.hookspecs import PROJECT_NAME
from registry.sandbox.plugin_errors import error_summary

ENTRY_POINT_GROUP = "registry.plugins"
BUILT_IN = "built in"
DISABLED_BY_SETTING = "REGISTRY_DISABLED_PLUGINS"
MODULE_PREFIX = "registry_plugin_"
ENTRY_POINT = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*(\s*:\s*[^\W\d]\w*(\.[^\W\d]\w*)*)?\s*(\[.*\])?\s*")
"""A module, and perhaps the object in it that contains the hooks."""
CODE_SUFFIXES = frozenset(Path(f"x{suffix}").suffix for suffix in all_suffixes())
CACHE = "__pycache__"


class PluginUnavailable(Exception):  # noqa: N818 - reads as what it is
    """A source has no plugin to import; the text says why and what to do."""

    def __init__(self, code: str, text: str, detail: str = "") -> None:
        super().__init__(text)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Source:
    """Somewhere a plugin may be imported from."""

    name: str
    origin: str
    module: Callable[[], Any]
    """Imports it."""
    version: str = ""
    disabled: bool = False
    package: str = ""
    """The top-level name of its modules, which distinguishes its own lines in a traceback."""
    content: str = ""
    """Hash of its code, with its version and entry point; empty if there is nothing to import."""

    @property
    def key(self) -> tuple[str, str]:
        """The key under which the result of its import check is cached."""
        return self.name, self.content


def find(builtin: str, directory: str, disabled: Sequence[str] = ()) -> list[Source]:
    """Every plugin source: the package, the directory and the entry points."""
    sources = [*_builtin(builtin), *in_directory(directory), *installed()]
    names = [source.name for source in sources]
    return [replace(source, disabled=True) if source.name in disabled else source for source in sources] + [
        Source(
            name,
            DISABLED_BY_SETTING,
            partial(_refuse, "unknown-disabled-plugin", _unknown_disabled(name, names)),
        )
        for name in disabled
        if name not in names
    ]


def _unknown_disabled(name: str, names: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, names, 1, 0.5)
    hint = f"did you mean ‘{near[0]}’?" if near else f"`{command('plugins')}` lists their names."
    return f"is named in REGISTRY_DISABLED_PLUGINS, but there is no plugin of this name: {hint}"


def _builtin(package_name: str) -> Iterator[Source]:
    if not package_name:
        return
    package = importlib.import_module(package_name)
    for info in pkgutil.walk_packages(package.__path__, f"{package_name}."):
        if not info.ispkg:
            module = partial(importlib.import_module, info.name)
            yield Source(info.name, BUILT_IN, module, package=package_name.partition(".")[0])


def in_directory(directory: str) -> Iterator[Source]:
    """Every Python file in a directory; none if the setting is empty."""
    if not directory:
        return
    if not Path(directory).is_dir():
        text = "is not a directory: create it, or change the setting. Its plugins are missing"
        yield Source("REGISTRY_PLUGINS_DIR", directory, partial(_refuse, "not-a-directory", text))
        return
    for path in sorted(Path(directory).glob("*.py")):
        module = partial(import_file, path)
        yield Source(path.stem, str(path), module, package=f"{MODULE_PREFIX}{path.stem}", content=_hash([path]))


def installed() -> Iterator[Source]:
    """Every entry point of an installed package."""
    for entry in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda entry: entry.name):
        # Both are None if the metadata of the package are damaged.
        package = (entry.dist and entry.dist.name) or "an installed package"
        version = (entry.dist and entry.dist.version) or ""
        if not ENTRY_POINT.fullmatch(entry.value):
            text = f"has the entry point ‘{entry.value}’: write the module, such as my_plugin.analyses"
            yield Source(entry.name, package, partial(_refuse, "invalid-entry-point", text), version)
            continue
        top = entry.module.partition(".")[0]
        content = f"{package} {version} {entry.value} {_hash(_code_of(top))}"
        yield Source(entry.name, package, entry.load, version, package=top, content=content)


def _code_of(top: str) -> list[Path]:
    """The files with the code of a top-level package or module, found without importing it."""
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return []
    if spec is None:
        return []
    if spec.submodule_search_locations:
        return [path for location in spec.submodule_search_locations for path in _code_in(Path(location))]
    return _code_in(Path(spec.origin)) if spec.origin else []


def _code_in(location: Path) -> list[Path]:
    """The files with code at a place: in a directory, the file itself, or the archive it is in."""
    if location.is_dir():
        return sorted(
            path for path in location.rglob("*") if path.suffix in CODE_SUFFIXES and path.parent.name != CACHE
        )
    return [path for path in (location, *location.parents) if path.is_file()][:1]


def _hash(paths: Sequence[Path]) -> str:
    """SHA-256 of the names and contents of files; of one that cannot be read, of its name."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"\0{path.name}\0".encode(errors="surrogateescape"))
        try:
            digest.update(path.read_bytes())
        except OSError:
            digest.update(b"cannot be read")
    return digest.hexdigest()


def hook_name(module: Any, name: str) -> str:
    """The hook a function of a plugin implements; empty if it implements none."""
    member = getattr(module, name, None)
    options = getattr(member, f"{PROJECT_NAME}_impl", None)
    if not callable(member) or not isinstance(options, dict):
        return ""
    return str(options.get("specname") or name)


def import_problem(source: Source, error: BaseException) -> tuple[str, str, str]:
    """The code and the advice for an error raised by the import, and the error with its line."""
    detail = error_summary(error, source.package)
    if isinstance(error, PluginUnavailable):
        return error.code, str(error), error.detail
    if isinstance(error, ModuleNotFoundError) and error.name:
        text = f"cannot be imported: it needs {error.name}, which is not installed in Cellar's environment"
        return "missing-package", text, detail
    if isinstance(error, SyntaxError):
        return "syntax-error", "cannot be imported: correct the syntax error", detail
    if isinstance(error, SystemExit):
        text = 'cannot be imported: move what a script does below `if __name__ == "__main__":`'
        return "exits-on-import", text, detail
    return "import-failed", "cannot be imported: correct the line that raised the error", detail


def _refuse(code: str, text: str) -> ModuleType:
    raise PluginUnavailable(code, text)


class UncachedSourceLoader(SourceFileLoader):
    """Compiles the source as it is now. Python recognises its cached bytecode by the second of the last change and the
    length of the file, so that of a plugin edited twice within a second the older one would run."""

    def get_code(self, fullname: str) -> CodeType:
        code: CodeType = self.source_to_code(self.get_data(self.path), self.path)
        return code


def import_file(path: Path) -> ModuleType:
    """Import a plugin that is a file in no package."""
    name = f"{MODULE_PREFIX}{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path, loader=UncachedSourceLoader(name, str(path)))
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
