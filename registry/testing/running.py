"""Running an analysis here, without a database, and looking after what else it did."""

import decimal
import gc
import io
import os
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from registry.apart.executing import Ended, execute
from registry.apart.names import Names, closely_watched, import_shared, watched
from registry.apart.surroundings import LIBRARIES_CHANGE, SHOWN, Surroundings
from registry.hookspecs import Analysis, Inputs
from registry.numbers import catalogue
from registry.testing.example import Example
from registry.testing.registering import Registered, registered


@dataclass(frozen=True)
class Observed:
    """How one execution ended, and what it did besides."""

    ended: Ended
    fault: str
    """What it printed or changed in this process; empty if nothing."""


def run_analysis(plugin: Any, inputs: Inputs, *, name: str = "", parameters: Mapping[str, Any] | None = None) -> Ended:
    """Run an analysis as the registry does, and return how it ended: done, refused or failed, with its outcome.

    `plugin` is the module of a plugin, with `name` for one of several analyses, or an `Analysis`. Parameters that are
    not given have their defaults.
    """
    if isinstance(plugin, Analysis):
        module = sys.modules.get(getattr(plugin.run, "__module__", ""))
        if module is None or not hasattr(module, "register_analyses"):
            return _run(plugin, inputs, parameters)
        with registered(module):
            return _run(plugin, inputs, parameters)
    with registered(plugin) as found:
        return _run(_one_of(found, name), inputs, parameters)


def _run(analysis: Analysis, inputs: Inputs, parameters: Mapping[str, Any] | None) -> Ended:
    if isinstance(inputs, Example):
        inputs = inputs.for_analysis(analysis, parameters)
    elif parameters:
        raise ValueError("parameters go with example inputs; those of other Inputs are given when they are made")
    return execute(analysis, inputs)


def _one_of(found: Registered, name: str) -> Analysis:
    for problem in found.problems:
        raise ValueError(f"the plugin {found.name} is not sound: {problem}")
    names = [analysis.name for analysis in found.analyses]
    wanted = [analysis for analysis in found.analyses if not name or analysis.name == name]
    if len(wanted) != 1:
        raise ValueError(f"say which analysis of {found.name} by `name`: there are {', '.join(names) or 'none'}")
    return wanted[0]


def observe(analysis: Analysis, inputs: Inputs) -> Observed:
    """Run an analysis, and say what it printed, or left in another state; this process gets its own state back."""
    with looked_after() as faults:
        ended = execute(analysis, inputs)
    return Observed(ended, "; ".join(faults))


@contextmanager
def looked_after() -> Iterator[list[str]]:
    """See to what is done meanwhile: in the end the list says what it printed or changed in this process."""
    faults: list[str] = []
    printed = io.StringIO()
    with warnings.catch_warnings(), redirect_stdout(printed), redirect_stderr(io.StringIO()):
        # In the registry a warning is no error; and on hostile inputs there are many.
        warnings.simplefilter("ignore")
        _names()
        before, modules = Surroundings.now(), len(sys.modules)
        try:
            yield faults
            libraries_do = LIBRARIES_CHANGE if len(sys.modules) != modules else ()
            if fault := Surroundings.now().changed(before, besides=libraries_do):
                faults.append(fault)
            if fault := _names().replaced():
                faults.append(fault)
                _names_restore()
        finally:
            _restore(before)
    if said := printed.getvalue().strip():
        faults.append(f"printed to standard output (‘{said[:SHOWN]}’): return a Message for a remark, or use logging")


@cache
def _names() -> Names:
    """What the names that analyses share stand for; the catalogue of quantities changes from plugin to plugin."""
    import_shared()
    return Names(watched(), [module for module in closely_watched() if module is not catalogue])


def _names_restore() -> None:
    """Give names their meanings back; where that cannot be, whoever runs next is not to blame for it."""
    _names().put_back()
    if _names().replaced():
        _names.cache_clear()


def _restore(before: Surroundings) -> None:
    os.chdir(before.directory)
    os.umask(before.umask)
    np.seterr(**before.numpy_errors)
    sys.setrecursionlimit(before.recursion)
    sys.path[:] = before.path
    decimal.getcontext().prec, decimal.getcontext().rounding = before.decimals[:2]
    np.seterrcall(before.numpy_call)
    np.set_printoptions(**before.printing)
    if before.is_collecting:
        gc.enable()
    sys.settrace(before.tracing[0])
    sys.setprofile(before.tracing[1])
    before.put_back()
