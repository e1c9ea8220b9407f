"""Detects changes of process state by importing a plugin or running an analysis, for import check and conformance kit.

Runs in the registry are not checked: each batch of them starts from a fresh fork, so that no change outlives it.
"""

import builtins
import importlib
import json
import locale
import logging
import math
import os
import pkgutil
import re
import signal
import sys
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from types import ModuleType
from typing import Any

import numpy as np

SHARED_PACKAGES = ("analyses", "plugins", "registry.contract")
SHARED_PREFIXES = tuple(f"{package}." for package in SHARED_PACKAGES)
CONTRACT = ("registry.hookspecs", "registry.numbers.catalogue")
SCIPY_PACKAGE = re.compile(r"scipy\.[a-z]+")
CONTAINERS = (dict, list, set, tuple, np.ndarray)
DEFINED_IN_PYTHON = 1 << 9
"""The flag of classes whose attributes can be assigned."""
LIBRARIES_MAY_CHANGE = ("environment", "warning_filters")
"""State that importing a library may also change."""
CORRECTIONS: Mapping[str, str] = {
    "directory": "changed the working directory: pass open() a full path instead",
    "numpy_errors": "changed how NumPy treats errors: use `with numpy.errstate(...)`",
    "threads": "left a thread running: join it before returning",
    "children": "left a process running: wait for its end before returning",
    "warning_filters": "changed how warnings are treated: use `with warnings.catch_warnings()`",
    "signals": "changed how signals are handled: remove that, runs are timed by a signal",
    "import_path": "changed sys.path: make modules that belong together a package",
    "locale": "changed the locale: format single numbers instead",
    "logs": "changed how logs are written: use `logging.getLogger(__name__)` and configure nothing",
    "streams": "replaced sys.stdout or sys.stderr: use logging",
}


@dataclass(frozen=True)
class ProcessState:
    """The state of this process that plugins share."""

    environment: Mapping[str, str]
    directory: str
    numpy_errors: tuple[Any, ...]
    threads: int
    children: bool
    warning_filters: tuple[Any, ...]
    signals: tuple[Any, ...]
    import_path: tuple[str, ...]
    locale: str
    logs: tuple[Any, ...]
    streams: tuple[Any, ...]
    names: Mapping[str, Mapping[str, Any]]
    """The objects that the names of shared modules and classes refer to."""

    @classmethod
    def now(cls, *, with_names: bool = True) -> "ProcessState":
        """The state as it is now; names are most of the work, about 5 ms."""
        return cls(
            environment=dict(os.environ),
            directory=_directory(),
            numpy_errors=(np.geterr(), np.geterrcall(), np.get_printoptions()),
            threads=threading.active_count(),
            children=_has_children(),
            warning_filters=tuple(warnings.filters),
            signals=(*map(signal.getsignal, signal.valid_signals()), signal.pthread_sigmask(signal.SIG_BLOCK, [])),
            import_path=tuple(sys.path),
            locale=locale.setlocale(locale.LC_ALL),
            logs=(*logging.root.handlers, logging.root.level, logging.root.manager.disable),
            streams=(sys.stdout, sys.stderr),
            names=dict(_shared_names()) if with_names else {},
        )

    def change(self, *, allowed: tuple[str, ...] = ()) -> str:
        """Describe the first change that is not allowed, with its correction; empty if there are none."""
        now = ProcessState.now(with_names=bool(self.names))
        if (changed := self.environment.items() ^ now.environment.items()) and "environment" not in allowed:
            return f"changed the environment variable {min(changed)[0]}: declare a parameter instead"
        for field in fields(self):
            before, after = getattr(self, field.name), getattr(now, field.name)
            # A thread that was there before may have ended.
            is_changed = after > before if field.name == "threads" else after != before
            if is_changed and field.name in CORRECTIONS and field.name not in allowed:
                return CORRECTIONS[field.name]
        for where, names in self.names.items():
            for name, value in names.items():
                if not _is_same(now.names.get(where, {}).get(name), value):
                    return f"changed {where}.{name}, which other plugins use: give your own another name, or copy it"
        return ""

    def restore(self) -> None:
        """Undo changes of settings and names, but not of warning filters or within containers."""
        os.environ.clear()
        os.environ.update(self.environment)
        os.chdir(self.directory)
        np.seterr(**self.numpy_errors[0])
        np.seterrcall(self.numpy_errors[1])
        np.set_printoptions(**self.numpy_errors[2])
        sys.path[:] = self.import_path
        for where, names in self.names.items():
            owner = sys.modules.get(where) or _class_at(where)
            for name, value in names.items():
                # Of a container only its text is known.
                if vars(owner).get(name) is not value and not isinstance(vars(owner).get(name), CONTAINERS):
                    setattr(owner, name, value)


def import_shared() -> None:
    """Import everything analyses share before a plugin can change it; import errors are reported where it is used."""
    for package in SHARED_PACKAGES:
        with suppress(Exception):
            for info in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
                with suppress(Exception):
                    importlib.import_module(info.name)


def scipy_packages() -> set[str]:
    """The packages of SciPy that are imported."""
    return {name for name in tuple(sys.modules) if SCIPY_PACKAGE.fullmatch(name)}


def _shared_names() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The objects that the names of shared modules refer to, and the attributes of the classes these define."""
    modules: list[ModuleType] = [builtins, json, math, np, np.linalg, np.fft]
    modules += [sys.modules[name] for name in scipy_packages()]
    for module in modules:
        yield module.__name__, _without_private(vars(module))
    for name, module in tuple(sys.modules.items()):
        if f"{name}.".startswith(SHARED_PREFIXES) or name in CONTRACT:
            yield name, {key: _comparable(value) for key, value in _without_private(vars(module)).items()}
            for value in tuple(vars(module).values()):
                if isinstance(value, type) and value.__module__ == name and value.__flags__ & DEFINED_IN_PYTHON:
                    yield f"{name}.{value.__name__}", _without_private(vars(value))


def _class_at(where: str) -> Any:
    module, _, name = where.rpartition(".")
    return getattr(sys.modules[module], name)


def _without_private(names: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in tuple(names.items()) if not name.startswith("__") and name != "_abc_impl"}


def _comparable(value: Any) -> Any:
    """The object itself, or the text of a container, which may change in place."""
    return repr(value) if isinstance(value, CONTAINERS) else value


def _is_same(now: Any, before: Any) -> bool:
    return now is before or (isinstance(before, str) and now == before)


def _directory() -> str:
    try:
        return os.getcwd()
    except FileNotFoundError:
        return ""


def _has_children() -> bool:
    """Whether this process has a child, running or not waited for."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True
