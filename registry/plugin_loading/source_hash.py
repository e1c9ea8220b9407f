"""Hash of the source an analysis computes with, so that a formula changed without a new version is noticed.

It covers the function of the analysis and every function, class and constant this uses, directly or through others, in
the package of its plugin, in `analyses` and in `registry.contract.analysis_support`. Comments, docstrings and blank
lines do not count, nor does what the function does not use: another analysis in the same file, say. What an analysis is
given (inputs, parameters) and the versions of other packages are recorded with each run anyway. Found without running
anything: names looked up while the analysis runs (`getattr`, `importlib`) are not followed.
"""

import ast
import hashlib
import importlib.util
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from inspect import unwrap
from typing import Any

SHARED = ("analyses", "registry.contract.analysis_support")
EVERYTHING = ""
"""In place of a name: every name of a module."""
Name = tuple[str, str]
"""A module, and a name in it."""
STRING_OR_COMMENT = (
    r'"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""'
    r"|'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''"
    r'|"[^"\\\n]*(?:\\.[^"\\\n]*)*"'
    r"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'"
    r"|#[^\n]*"
)


@dataclass(frozen=True)
class Statement:
    """A statement of a module: its text, the names it uses, and what it imports itself."""

    text: str
    uses: frozenset[str]
    imports: tuple[Name, ...] = ()


@dataclass
class Module:
    """The statements of a module by the names they bind, and its imports by their local name."""

    statements: list[Statement] = field(default_factory=list)
    bound: dict[str, list[int]] = field(default_factory=dict)
    imports: dict[str, Name] = field(default_factory=dict)
    always: list[int] = field(default_factory=list)
    """Statements that bind no name and may change what others bind."""

    def of(self, name: str) -> Iterable[int]:
        """The statements a name stands for; all if the module does not bind it in a way that can be seen."""
        if name in self.bound:
            return [*self.bound[name], *self.always]
        return [] if name in self.imports else range(len(self.statements))


class SourceCode:
    """The source of the modules of plugins, those their functions are defined in, and what they share."""

    def __init__(self, packages: Iterable[str], runs: Iterable[Callable[..., Any]] = ()) -> None:
        defined_in = {name.partition(".")[0] for run in runs for name, _ in _start(run, "")}
        self.packages = (*SHARED, *({*packages, *defined_in} - {"", *sys.stdlib_module_names}))
        self._bytes: dict[str, bytes] = {}
        self._modules: dict[str, Module] = {}

    def read(self) -> None:
        """Keep the source of what is loaded as it is now: the files may change before it is hashed."""
        for name in tuple(sys.modules):
            if self.covers(name):
                self._read(name)

    def covers(self, module: str) -> bool:
        return any(module == package or module.startswith(f"{package}.") for package in self.packages)

    def hash_of(self, run: Callable[..., Any], module: str) -> str:
        """The hash for the function of an analysis, which a plugin of this module describes; empty without source."""
        texts = sorted(set(self._texts(_start(run, module))))
        return hashlib.sha256("\n".join(texts).encode(errors="surrogatepass")).hexdigest() if texts else ""

    def _texts(self, names: Iterable[Name]) -> Iterator[str]:
        waiting, seen = list(names), set[tuple[str, str | int]]()
        while waiting:
            key = waiting.pop()
            if key in seen:
                continue
            seen.add(key)
            name, wanted = key
            module = self._module(name)
            if wanted in module.imports:
                target = module.imports[wanted]
                yield f"{name}: {wanted} is {'.'.join(target)}"
                waiting += self._targets(*target)
            for number in module.of(wanted):
                if (name, number) not in seen:
                    seen.add((name, number))
                    statement = module.statements[number]
                    yield f"{name}: {statement.text}"
                    known = statement.uses & (module.bound.keys() | module.imports.keys())
                    waiting += [(name, used) for used in known]
                    waiting += [target for imported in statement.imports for target in self._targets(*imported)]

    def _targets(self, module: str, name: str) -> list[Name]:
        """Where an imported name is defined, if that is covered: in the module, or a module of a package."""
        if not self.covers(module):
            return []
        if name and name not in self._module(module).bound and self._read(f"{module}.{name}"):
            return [(f"{module}.{name}", EVERYTHING)]
        return [(module, name)]

    def _module(self, name: str) -> Module:
        if name not in self._modules:
            self._modules[name] = _parse(self._read(name), name, is_package=_is_package(name))
        return self._modules[name]

    def _read(self, name: str) -> bytes:
        if name not in self._bytes:
            self._bytes[name] = _source_bytes(name)
        return self._bytes[name]


def _start(run: Callable[..., Any], module: str) -> Iterator[Name]:
    """The names that make up a function: its own, and the whole plugin if its arguments are bound there."""
    while isinstance(run, partial):
        yield module, EVERYTHING
        run = run.func
    run = unwrap(run)
    if not hasattr(run, "__qualname__"):
        yield module, EVERYTHING
        run = type(run)
    yield str(run.__module__), run.__qualname__.partition(".")[0]


def _spec(name: str) -> Any:
    loaded = sys.modules.get(name)
    if loaded is not None:
        return getattr(loaded, "__spec__", None)
    try:
        return importlib.util.find_spec(name)
    except (ImportError, ValueError, AttributeError):
        return None


def _is_package(name: str) -> bool:
    spec = _spec(name)
    return spec is not None and spec.submodule_search_locations is not None


def _source_bytes(name: str) -> bytes:
    """The source of a module, or a compiled module itself; empty if there is none."""
    spec = _spec(name)
    if spec is None or not spec.has_location or not hasattr(spec.loader, "get_data"):
        return b""
    try:
        return bytes(spec.loader.get_data(spec.origin))
    except OSError:
        return b""


def _parse(source: bytes, name: str, *, is_package: bool) -> Module:
    module = Module()
    try:
        text = importlib.util.decode_source(source)
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        # Compiled, so that only all of it can be hashed.
        return Module([Statement(hashlib.sha256(source).hexdigest(), frozenset())], always=[0])
    lines = _without_comments(text, tree)
    package = name if is_package else name.rpartition(".")[0]
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            module.imports |= dict(_imported(node, package))
        elif not _is_docstring(node):
            _add(module, node, lines, package)
    return module


def _add(module: Module, node: ast.stmt, lines: list[str], package: str) -> None:
    """Add a statement under each name it binds."""
    first = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])
    text = "\n".join(line for line in lines[first - 1 : node.end_lineno] if line)
    number = len(module.statements)
    nodes = list(ast.walk(node))
    uses = frozenset(item.id for item in nodes if isinstance(item, ast.Name))
    inner = [
        pair for item in nodes if isinstance(item, ast.Import | ast.ImportFrom) for pair in _imported(item, package)
    ]
    module.statements.append(Statement(text, uses, tuple(target for _, target in inner)))
    names = set(_bound(node))
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        names |= {local for local, _ in inner}
    for name in names:
        module.bound.setdefault(name, []).append(number)
    if not names:
        module.always.append(number)


def _bound(node: ast.stmt) -> Iterator[str]:
    """The names of the module a statement binds."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
        yield node.id
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt | ast.expr | ast.ExceptHandler | ast.withitem | ast.match_case):
            yield from _bound(child)  # type: ignore[arg-type]


def _imported(node: ast.Import | ast.ImportFrom, package: str) -> Iterator[tuple[str, Name]]:
    """Local name, module and name of each import; the name is empty for a module."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield alias.asname or alias.name.partition(".")[0], (alias.name, EVERYTHING)
        return
    parts = package.split(".")
    above = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
    module = ".".join(filter(None, [above, node.module]))
    for alias in node.names:
        yield alias.asname or alias.name, (module, EVERYTHING if alias.name == "*" else alias.name)


def _without_comments(text: str, tree: ast.Module) -> list[str]:
    """The lines of a module, those of comments and docstrings empty."""
    code = _string_or_comment().sub(lambda match: "" if match[0].startswith("#") else match[0], text)
    lines = [line.rstrip() for line in code.split("\n")]
    for node in _docstrings(tree):
        for number in range(node.lineno - 1, node.end_lineno or node.lineno):
            lines[number] = ""
    return lines


@cache
def _string_or_comment() -> re.Pattern[str]:
    """Compiled when first needed, as starting a command does not need it."""
    return re.compile(STRING_OR_COMMENT, re.DOTALL)


def _docstrings(node: ast.Module | ast.stmt) -> Iterator[ast.stmt]:
    for child in getattr(node, "body", ()):
        if _is_docstring(child):
            yield child
        yield from _docstrings(child)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
