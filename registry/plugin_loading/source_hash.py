"""Hash of the source an analysis computes with, so that a formula changed without a new version is noticed.

It covers the function of the analysis and every function, class and constant this uses, directly or through others, in
the package of its plugin, in `analyses` and in `registry.contract.analysis_support`. Comments, docstrings, layout and
the sentences of messages do not count (`source_text.py`), nor does what the function does not use: another analysis in
the same file, say. What an analysis is given (inputs, parameters) and the versions of other packages are recorded with
each run anyway. Found without running anything: names looked up while the analysis runs (`getattr`, `importlib`) are
not followed. Runs of earlier versions of Cellar have a hash in which sentences count, which is computed to compare.
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

from registry.plugin_loading.source_text import CanonicalText, is_docstring, reads_sentences

SHARED = ("analyses", "registry.contract.analysis_support")
REVIEWED = (*SHARED, "plugins")
"""Packages that read no sentence back to compute with it, which a test holds; of others, any that may keeps them."""
FORM = "2-"
"""Start of a hash in which sentences do not count."""
LENGTH = 64
IMPORT = ast.Import | ast.ImportFrom
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
    canonical: str = ""
    """Its text without sentences and layout; that of a compiled module is the same."""
    reads_sentences: bool = False


@dataclass
class Module:
    """The statements of a module by the names they bind, and its imports by their local name."""

    statements: list[Statement] = field(default_factory=list)
    bound: dict[str, list[int]] = field(default_factory=dict)
    imports: dict[str, Name] = field(default_factory=dict)
    always: list[int] = field(default_factory=list)
    """Statements that bind no name and may change what others bind."""
    whole: str = ""
    """The text of all of it, if it binds a name that it imports, or imports one twice."""
    every_import: tuple[Name, ...] = ()
    """What such a module imports."""

    @property
    def order_counts(self) -> bool:
        """Whether the order of its statements decides what a name stands for."""
        return bool(self.always) or any(len(numbers) > 1 for numbers in self.bound.values())

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
        return _is_in(module, self.packages)

    def hash_of(self, run: Callable[..., Any], module: str) -> str:
        """The hash for the function of an analysis, which a plugin of this module describes; empty without source."""
        used: dict[str, set[int]] = {}
        texts = sorted(set(self._texts(_start(run, module), used)))
        if not texts:
            return ""
        if self._keeps_sentences(used):
            texts += ["sentences:", *sorted(set(self._texts(_start(run, module))))]
        return f"{FORM}{_digest(texts)}"[:LENGTH]

    def earlier_hash_of(self, run: Callable[..., Any], module: str) -> str:
        """The hash that earlier versions of Cellar recorded for the same source."""
        texts = sorted(set(self._texts(_start(run, module))))
        return _digest(texts) if texts else ""

    def _keeps_sentences(self, used: dict[str, set[int]]) -> bool:
        return any(
            self._module(name).statements[number].reads_sentences
            for name, numbers in used.items()
            for number in numbers
        )

    def _texts(self, names: Iterable[Name], used: dict[str, set[int]] | None = None) -> Iterator[str]:
        """What is used, as lines in any order; with `used`, which collects the statements by module, in the form in
        which sentences do not count but the order of statements does where it matters."""
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
                    yield f"{name}: {statement.text if used is None else statement.canonical or statement.text}"
                    if used is not None:
                        used.setdefault(name, set()).add(number)
                    known = statement.uses & (module.bound.keys() | module.imports.keys())
                    waiting += [(name, used) for used in known]
                    waiting += [target for imported in statement.imports for target in self._targets(*imported)]
                    if used is not None:
                        waiting += [(name, "*")] * ("*" in module.imports)
                        waiting += [followed for target in module.every_import for followed in self._targets(*target)]
        for name, numbers in (used or {}).items():
            if self._module(name).order_counts:
                ordered = [self._module(name).statements[number].canonical for number in sorted(numbers)]
                yield f"{name}: in this order: {_digest(ordered)}"
            if self._module(name).whole:
                yield f"{name}: {self._module(name).whole}"

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
    imported = [pair for node in tree.body if isinstance(node, IMPORT) for pair in _imported(node, package)]
    module.imports = dict(imported)
    canonical = CanonicalText(tree, module.imports, is_reviewed=_is_in(name, REVIEWED))
    for node in tree.body:
        if not isinstance(node, IMPORT) and not is_docstring(node):
            _add(module, node, lines, package, canonical)
    if module.bound.keys() & module.imports.keys() or len(set(imported)) > len(module.imports):
        module.whole = canonical.of(tree)
        module.every_import = tuple(target for _, target in imported)
    return module


def _add(module: Module, node: ast.stmt, lines: list[str], package: str, canonical: CanonicalText) -> None:
    """Add a statement under each name it binds."""
    first = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])
    text = "\n".join(line for line in lines[first - 1 : node.end_lineno] if line)
    number = len(module.statements)
    nodes = list(ast.walk(node))
    uses = frozenset(item.id for item in nodes if isinstance(item, ast.Name))
    inner = [
        pair for item in nodes if isinstance(item, ast.Import | ast.ImportFrom) for pair in _imported(item, package)
    ]
    targets = tuple(target for _, target in inner)
    reads = not canonical.is_reviewed and reads_sentences(node)
    module.statements.append(Statement(text, uses, targets, canonical.of(node), reads))
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
        if is_docstring(child):
            yield child
        yield from _docstrings(child)


def _is_in(module: str, packages: Iterable[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode(errors="surrogatepass")).hexdigest()
