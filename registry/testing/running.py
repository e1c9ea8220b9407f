"""Running an analysis here, without a database, and looking after what else it did."""

import io
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from typing import Any

from registry.hookspecs import Analysis, Inputs
from registry.sandbox.executor import execute
from registry.sandbox.process_state import LIBRARIES_MAY_CHANGE, ProcessState, import_shared
from registry.sandbox.run_result import RunResult
from registry.testing.example import Example
from registry.testing.registration import Registered, registered

SHOWN = 80
"""So much of what was printed is quoted."""


@dataclass(frozen=True)
class Observed:
    """How one execution ended, and what it did besides."""

    ended: RunResult
    fault: str
    """What it printed or changed in this process; empty if nothing."""


def run_analysis(
    plugin: Any, inputs: Inputs, *, name: str = "", parameters: Mapping[str, Any] | None = None
) -> RunResult:
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


def _run(analysis: Analysis, inputs: Inputs, parameters: Mapping[str, Any] | None) -> RunResult:
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


def observe(analysis: Analysis, inputs: Inputs, *, with_names: bool = True) -> Observed:
    """Run an analysis, and report what it printed or changed; this process gets its settings back."""
    with watched(with_names=with_names) as faults:
        result = execute(analysis, inputs)
    return Observed(result, "; ".join(faults))


@contextmanager
def watched(*, with_names: bool = True) -> Iterator[list[str]]:
    """Watch the block: at its end the list holds what it printed or changed in this process, names included or not."""
    faults: list[str] = []
    printed = io.StringIO()
    with warnings.catch_warnings(), redirect_stdout(printed), redirect_stderr(io.StringIO()):
        # In the registry a warning is no error; and on hostile inputs there are many.
        warnings.simplefilter("ignore")
        _import_shared_once()
        before, modules = ProcessState.now(with_names=with_names), len(sys.modules)
        try:
            yield faults
            allowed = LIBRARIES_MAY_CHANGE if len(sys.modules) != modules else ()
            if change := before.change(allowed=allowed):
                faults.append(change)
        finally:
            before.restore()
    if text := printed.getvalue().strip():
        faults.append(f"printed to standard output (‘{text[:SHOWN]}’): return a Message for a remark, or use logging")


@contextmanager
def changes_undone() -> Iterator[None]:
    """Give this process its settings, and the names analyses share, back after the block."""
    _import_shared_once()
    before = ProcessState.now()
    try:
        yield
    finally:
        before.restore()


@cache
def _import_shared_once() -> None:
    """Import what analyses share, so that changes of it are seen."""
    import_shared()
