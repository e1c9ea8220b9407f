"""What of a process a plugin must leave as it found it, because whatever runs there next relies on it."""

import _thread
import builtins
import decimal
import gc
import importlib
import json
import locale
import logging
import math
import os
import pkgutil
import re
import resource
import signal
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from operator import itemgetter
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

SIGNALS = (
    signal.SIGALRM, signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGSEGV,
    signal.SIGFPE, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGXCPU, signal.SIGXFSZ, signal.SIGUSR1,
    signal.SIGUSR2, signal.SIGPROF, signal.SIGVTALRM,
)  # fmt: skip
CONTRACT = ("registry.hookspecs", "registry.quantities")
SHARED = ("analyses", "plugins")
OF_SCIPY = re.compile(r"scipy\.[a-z]+")
SHOWN = 80
"""So much of what was printed is told."""
LIMITS = (resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE, resource.RLIMIT_CPU)
LIBRARIES_CHANGE = ("environment", "filters")
"""What importing a library may change as well; it does no harm."""
OWN_TO_CLASSES = ("__dict__", "__weakref__", "__abstractmethods__", "_abc_impl")
MADE_IN_PYTHON = 1 << 9
"""The flag of classes whose methods can be replaced."""
MENDS: Mapping[str, str] = {
    "directory": "changed the working directory: give open() a whole path instead",
    "numpy_errors": "changed how NumPy treats errors for all that runs after it: use `with numpy.errstate(...)`",
    "threads": "left a thread running: join it before returning",
    "children": "left a process running: wait for its end before returning",
    "filters": "changed how warnings are treated: use `with warnings.catch_warnings()`",
    "numpy_call": "changed what NumPy calls at errors: use `with numpy.errstate(call=...)`",
    "printing": "changed how NumPy prints: use `with numpy.printoptions(...)`",
    "decimals": "changed how Decimal computes: use `with decimal.localcontext()`",
    "is_collecting": "switched the garbage collector off: leave it alone",
    "tracing": "left a trace or profile function set: take it away with sys.settrace(None) before returning",
    "is_blocking": "made a module impossible to import: leave sys.modules alone",
    "umask": "changed the umask: give the one file its mode with os.chmod()",
    "handlers": "changed how signals are handled: leave them alone, by one of them it is stopped in time",
    "limits": "changed the limits of its process: leave them alone",
    "recursion": "changed the recursion limit: write the recursion as a loop",
    "path": "changed sys.path, by which others import: let modules that belong together be a package",
    "locale": "changed the locale, in which numbers are read and written: format the one number instead",
    "logs": "changed how logs are written: use `logging.getLogger(__name__)` and set nothing up",
    "streams": "replaced sys.stdout or sys.stderr: use logging",
}


@dataclass(frozen=True)
class Surroundings:
    """The state of this process."""

    environment: Mapping[str, str]
    directory: str
    numpy_errors: Mapping[str, Any]
    threads: int
    children: bool
    filters: tuple[Any, ...]
    umask: int
    handlers: tuple[Any, ...]
    limits: tuple[Any, ...]
    recursion: int
    path: tuple[str, ...]
    locale: str
    logs: tuple[Any, ...]
    streams: tuple[Any, ...]
    numpy_call: Any
    printing: Mapping[str, Any]
    decimals: tuple[Any, ...]
    is_collecting: bool
    tracing: tuple[Any, ...]
    is_blocking: bool

    @classmethod
    def now(cls) -> "Surroundings":
        umask = os.umask(0o077)
        os.umask(umask)
        return cls(
            environment=dict(os.environ),
            directory=_directory(),
            numpy_errors=np.geterr(),
            threads=_thread._count(),
            children=_has_children(),
            filters=tuple(warnings.filters),
            umask=umask,
            handlers=(*map(signal.getsignal, SIGNALS), signal.pthread_sigmask(signal.SIG_BLOCK, [])),
            limits=tuple(resource.getrlimit(kind) for kind in LIMITS),
            recursion=sys.getrecursionlimit(),
            path=tuple(sys.path),
            locale=locale.setlocale(locale.LC_ALL),
            logs=(*logging.root.handlers, logging.root.level, logging.root.manager.disable),
            streams=(sys.stdout, sys.stderr),
            numpy_call=np.geterrcall(),
            printing=np.get_printoptions(),
            decimals=_decimals(decimal.getcontext()),
            is_collecting=gc.isenabled(),
            tracing=(sys.gettrace(), sys.getprofile()),
            is_blocking=None in tuple(sys.modules.values()),
        )

    def changed(self, before: "Surroundings", besides: Iterable[str] = ()) -> str:
        """What is not as it was, and the mend; empty if all is, `besides` what may be another."""
        if self.environment != before.environment and "environment" not in besides:
            names = sorted(name for name, _ in self.environment.items() ^ before.environment.items())
            return f"changed the environment variable {names[0]}: declare a parameter instead"
        for one in fields(self):
            now, then = getattr(self, one.name), getattr(before, one.name)
            # A thread that was there already may have ended.
            if now != then and one.name not in (*besides, "environment") and (one.name != "threads" or now > then):
                return MENDS[one.name]
        return ""

    def put_back(self) -> None:
        """Undo what importing a library may change."""
        warnings.filters = [*self.filters]
        # At its end Python decides anew which filter a warning meets.
        with warnings.catch_warnings():
            pass
        if os.environ != self.environment:
            os.environ.clear()
            os.environ.update(self.environment)


def _decimals(context: decimal.Context) -> tuple[Any, ...]:
    """How it computes, without what it remembers of having computed."""
    traps = tuple(context.traps.values())
    return context.prec, context.rounding, context.Emin, context.Emax, context.capitals, context.clamp, traps


def _directory() -> str:
    try:
        return os.getcwd()
    except FileNotFoundError:
        return ""


def _has_children() -> bool:
    """Whether a process this one started is there still, running or not waited for."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


class Names:
    """What the names of modules stand for; a plugin that gives one another meaning changes what others compute.

    Watched are functions and classes, and of the modules in `closely` every name, the methods of classes, and what
    tables hold.
    """

    def __init__(self, modules: Iterable[ModuleType], closely: Iterable[ModuleType]) -> None:
        close = {module.__name__: module for module in closely}
        every = {module.__name__: module for module in modules if isinstance(module, ModuleType)} | close
        imported = {name: module for name, module in every.items() if sys.modules.get(name) is module}
        self.watched: list[tuple[str, Mapping[str, Any], Mapping[str, Any]]] = [("sys.modules", sys.modules, imported)]
        self.tables: list[tuple[str, Any, Any]] = []
        seen: set[int] = set()
        for place, module in every.items():
            names = vars(module)
            self.watched.append((place, names, dict(_own(names) if place in close else _public_calls(names))))
            if place in close:
                self.watched += [(f"{place}.{one.__name__}", vars(one), _methods(one)) for one in _classes(module)]
                for name, value in _own(names):
                    self.tables += _tables(f"{place}.{name}", value, seen)
        # Looked at after every run, so by functions in C: a quarter of a millisecond for five thousand names.
        self.watched = [one for one in self.watched if one[2]]
        self._quick = [_at_once(meanings) for _, _, meanings in self.watched]

    def replaced(self) -> str:
        """The first name that stands for something else now, as a fault with its mend; empty if none does."""
        for (place, names, meanings), (now, then) in zip(self.watched, self._quick, strict=True):
            if not _have_kept(names, now, then):
                name = next(name for name, value in meanings.items() if names.get(name, self) is not value)
                if callable(meanings[name]) or hasattr(meanings[name], "__get__"):
                    return f"replaced {place}.{name} for all that runs after it: give your own another name"
                return f"changed {place}.{name}, which others use: give your own another name"
        for place, table, content in self.tables:
            if not _same(table, content):
                return f"changed {place}, which others use: work on a copy"
        return ""

    def put_back(self) -> None:
        """Give names and tables what they had; methods of classes stay as they are now."""
        for _, names, meanings in self.watched:
            if isinstance(names, dict):
                names.update(meanings)
        for _, table, content in self.tables:
            if isinstance(table, list | np.ndarray):
                table[:] = content
            elif not _same(table, content):
                table.clear()
                table.update(content)


def _own(names: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The names a module gives, without those Python gives it."""
    return ((name, value) for name, value in tuple(names.items()) if not name.startswith("__"))


def _public_calls(names: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name, value in _own(names) if not name.startswith("_") and callable(value))


def _classes(module: ModuleType) -> Iterator[type]:
    """The classes it defines whose methods can be replaced."""
    for _, value in _own(vars(module)):
        if isinstance(value, type) and value.__module__ == module.__name__ and value.__flags__ & MADE_IN_PYTHON:
            yield value


def _methods(one: type) -> Mapping[str, Any]:
    return {name: value for name, value in vars(one).items() if name not in OWN_TO_CLASSES}


def _tables(place: str, value: Any, seen: set[int]) -> Iterator[tuple[str, Any, Any]]:
    """What can be changed in place, and a copy of it; so for whatever it holds."""
    if not isinstance(value, dict | list | tuple | set | np.ndarray) or id(value) in seen:
        return
    seen.add(id(value))
    if not isinstance(value, tuple):
        yield place, value, value.copy()
    for one in tuple(value.values() if isinstance(value, dict) else value):
        yield from _tables(place, one, seen)


def _at_once(meanings: Mapping[str, Any]) -> tuple[Callable[[Mapping[str, Any]], Any], tuple[Any, ...]]:
    """What looks all these names up, and what it finds; the first comes twice, as of one alone it makes no tuple."""
    names = (*meanings, next(iter(meanings)))
    return itemgetter(*names), tuple(meanings[name] for name in names)


def _have_kept(names: Mapping[str, Any], now: Callable[[Mapping[str, Any]], Any], then: tuple[Any, ...]) -> bool:
    try:
        # What is the same object is not asked whether it is equal.
        return bool(now(names) == then)
    except Exception:
        # A name is gone, or was given an array, which has no one answer.
        return False


def _same(table: Any, content: Any) -> bool:
    try:
        return table.tobytes() == content.tobytes() if isinstance(table, np.ndarray) else bool(table == content)
    except Exception:
        return False


def addresses_in_use() -> int:
    """Bytes of addresses in use, libraries for the most part; 0 where the system does not say."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[0]) * resource.getpagesize() if statm.is_file() else 0


def import_shared() -> None:
    """Import whatever analyses share before any can change it; one that cannot be imported is told where it is used."""
    for package in SHARED:
        with suppress(Exception):
            places = importlib.import_module(package).__path__
            for info in pkgutil.walk_packages(places, f"{package}."):
                with suppress(Exception):
                    importlib.import_module(info.name)


def closely_watched() -> list[ModuleType]:
    """The modules whose every number matters: NumPy's, the contract, and what analyses and built-in plugins share."""
    ours = [sys.modules[name] for name in CONTRACT if name in sys.modules]
    # Those that others import come first: a table is told by the name of the module that has it.
    shared = [
        module
        for name, module in reversed(tuple(sys.modules.items()))
        if name.partition(".")[0] in SHARED and isinstance(module, ModuleType)
    ]
    return [builtins, json, math, np, np.linalg, np.fft, *ours, *shared]


def watched() -> list[ModuleType]:
    """The parts of SciPy that are in use."""
    return [module for name, module in tuple(sys.modules.items()) if OF_SCIPY.fullmatch(name)]


def names_now() -> Names:
    """What the names of all these stand for."""
    return Names(watched(), closely_watched())
