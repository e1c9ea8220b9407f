"""What the names of modules stand for, which a plugin must leave as it is because others compute with it."""

import builtins
import importlib
import json
import math
import pkgutil
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from operator import itemgetter
from types import ModuleType
from typing import Any

import numpy as np

CONTRACT = ("registry.hookspecs", "registry.numbers.catalogue")
SHARED = ("analyses", "plugins", "registry.contract")
OF_SCIPY = re.compile(r"scipy\.[a-z]+")
OWN_TO_CLASSES = ("__dict__", "__weakref__", "__abstractmethods__", "_abc_impl")
MADE_IN_PYTHON = 1 << 9
"""The flag of classes whose methods can be replaced."""


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
        if f"{name}.".startswith(tuple(f"{package}." for package in SHARED)) and isinstance(module, ModuleType)
    ]
    return [builtins, json, math, np, np.linalg, np.fft, *ours, *shared]


def watched() -> list[ModuleType]:
    """The parts of SciPy that are in use."""
    return [module for name, module in tuple(sys.modules.items()) if OF_SCIPY.fullmatch(name)]


def names_now() -> Names:
    """What the names of all these stand for."""
    return Names(watched(), closely_watched())
