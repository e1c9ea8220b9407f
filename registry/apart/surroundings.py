"""What of a process a plugin must leave as it found it, because whatever runs there next relies on it."""

import _thread
import builtins
import json
import locale
import logging
import math
import os
import resource
import signal
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from operator import is_
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

SIGNALS = (
    signal.SIGALRM, signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGSEGV,
    signal.SIGFPE, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGXCPU, signal.SIGXFSZ, signal.SIGUSR1,
    signal.SIGUSR2, signal.SIGPROF, signal.SIGVTALRM,
)  # fmt: skip
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
    filters: int
    umask: int
    handlers: tuple[Any, ...]
    limits: tuple[Any, ...]
    recursion: int
    path: tuple[str, ...]
    locale: str
    logs: tuple[Any, ...]
    streams: tuple[Any, ...]

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
            filters=len(warnings.filters),
            umask=umask,
            handlers=(*map(signal.getsignal, SIGNALS), signal.pthread_sigmask(signal.SIG_BLOCK, [])),
            limits=tuple(resource.getrlimit(kind) for kind in LIMITS),
            recursion=sys.getrecursionlimit(),
            path=tuple(sys.path),
            locale=locale.setlocale(locale.LC_ALL),
            logs=(*logging.root.handlers, logging.root.level, logging.root.manager.disable),
            streams=(sys.stdout, sys.stderr),
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
    """What the public names of modules stand for; a plugin that gives one another meaning changes what others compute.

    Watched are functions and classes, and of the modules in `closely` constants, tables and methods as well.
    """

    def __init__(self, modules: Iterable[ModuleType], closely: Iterable[ModuleType]) -> None:
        close = {module.__name__: module for module in closely}
        every = {module.__name__: module for module in modules if isinstance(module, ModuleType)} | close
        self.watched: list[tuple[str, Mapping[str, Any], Mapping[str, Any]]] = []
        self.tables: list[tuple[str, Mapping[str, Any], Mapping[str, Any]]] = []
        for place, module in every.items():
            names = vars(module)
            self.watched.append((place, names, dict(_public(names, place in close))))
            if place in close:
                self.tables.append((place, names, dict(_tables(names))))
                self.watched += [(f"{place}.{one.__name__}", vars(one), _methods(one)) for one in _classes(module)]

    def replaced(self) -> str:
        """The first name that stands for something else now, as a fault with its mend; empty if none does."""
        for place, names, meanings in self.watched:
            # After every run, so by functions in C: a tenth of a millisecond for a thousand names.
            if not all(map(is_, map(names.get, meanings), meanings.values())):
                name = next(name for name, value in meanings.items() if names.get(name) is not value)
                return f"replaced {place}.{name} for all that runs after it: give your own another name"
        for place, names, tables in self.tables:
            for name, content in tables.items():
                if names.get(name) != content:
                    return f"changed {place}.{name}, which others use: work on a copy"
        return ""


def _public(names: Mapping[str, Any], is_close: bool) -> Iterator[tuple[str, Any]]:
    for name, value in tuple(names.items()):
        constant = is_close and isinstance(value, int | float | str | ModuleType)
        if not name.startswith("_") and (callable(value) or constant):
            yield name, value


def _classes(module: ModuleType) -> Iterator[type]:
    """The classes it defines whose methods can be replaced."""
    for _, value in _public(vars(module), False):
        if isinstance(value, type) and value.__module__ == module.__name__ and value.__flags__ & MADE_IN_PYTHON:
            yield value


def _methods(one: type) -> Mapping[str, Any]:
    return {name: value for name, value in vars(one).items() if name not in OWN_TO_CLASSES}


def _tables(names: Mapping[str, Any]) -> Iterator[tuple[str, dict[Any, Any]]]:
    """Copies of the dictionaries a module holds."""
    for name, value in tuple(names.items()):
        if not name.startswith("_") and isinstance(value, dict):
            yield name, dict(value)


def addresses_in_use() -> int:
    """Bytes of addresses in use, libraries for the most part; 0 where the system does not say."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[0]) * resource.getpagesize() if statm.is_file() else 0


def closely_watched() -> list[ModuleType]:
    """The modules whose every number matters: NumPy's, the contract, and those analyses propagate doubt with."""
    ours = ("registry.hookspecs", "registry.quantities", "analyses.uncertainty")
    return [builtins, json, math, np, np.linalg, np.fft, *(sys.modules[name] for name in ours if name in sys.modules)]


def watched() -> list[ModuleType]:
    """The modules that analyses share."""
    return [module for name, module in tuple(sys.modules.items()) if name.startswith("analyses.")]
