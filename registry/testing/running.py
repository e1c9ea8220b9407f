"""Runs an analysis in this process without a database, and detects its side effects."""

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

MAX_QUOTED = 80
"""Characters of printed text that are quoted."""


@dataclass(frozen=True)
class Observed:
    """The result of a run and its side effects."""

    result: RunResult
    side_effects: str
    """Output it printed and state it changed in this process; empty if none."""


def run_analysis(
    plugin: Any, inputs: Inputs, *, name: str = "", parameters: Mapping[str, Any] | None = None
) -> RunResult:
    """Run an analysis as the registry does and return its status (done, refused or failed) and outcome.

    `plugin` is the module of a plugin, with `name` to select one of several analyses, or an `Analysis`. Parameters not
    in `parameters` have their defaults.
    """
    if isinstance(plugin, Analysis):
        module = sys.modules.get(getattr(plugin.run, "__module__", ""))
        if module is None or not hasattr(module, "register_analyses"):
            return _run(plugin, inputs, parameters)
        with registered(module):
            return _run(plugin, inputs, parameters)
    with registered(plugin) as loaded:
        return _run(_select_analysis(loaded, name), inputs, parameters)


def _run(analysis: Analysis, inputs: Inputs, parameters: Mapping[str, Any] | None) -> RunResult:
    if isinstance(inputs, Example):
        inputs = inputs.for_analysis(analysis, parameters)
    elif parameters:
        raise ValueError("`parameters` requires example inputs: pass them to Inputs instead")
    return execute(analysis, inputs)


def _select_analysis(loaded: Registered, name: str) -> Analysis:
    for problem in loaded.problems:
        raise ValueError(f"the plugin {loaded.name} is invalid: {problem}")
    names = [analysis.name for analysis in loaded.analyses]
    selected = [analysis for analysis in loaded.analyses if not name or analysis.name == name]
    if len(selected) != 1:
        raise ValueError(
            f"select an analysis of {loaded.name} with `name`: its analyses are {', '.join(names) or 'none'}"
        )
    return selected[0]


def observe(analysis: Analysis, inputs: Inputs, *, with_names: bool = True) -> Observed:
    """Run an analysis and report what it printed or changed; the process state is restored."""
    with watched(with_names=with_names) as side_effects:
        result = execute(analysis, inputs)
    return Observed(result, "; ".join(side_effects))


@contextmanager
def watched(*, with_names: bool = True) -> Iterator[list[str]]:
    """Detect side effects of the block: afterwards the list has what it printed or changed in this process."""
    side_effects: list[str] = []
    printed = io.StringIO()
    with warnings.catch_warnings(), redirect_stdout(printed), redirect_stderr(io.StringIO()):
        # The registry ignores warnings, and malformed inputs cause many.
        warnings.simplefilter("ignore")
        _import_shared_once()
        before, modules = ProcessState.now(with_names=with_names), len(sys.modules)
        try:
            yield side_effects
            allowed = LIBRARIES_MAY_CHANGE if len(sys.modules) != modules else ()
            if change := before.change(allowed=allowed):
                side_effects.append(change)
        finally:
            before.restore()
    if text := printed.getvalue().strip():
        side_effects.append(
            f"printed to standard output (‘{text[:MAX_QUOTED]}’): return a Message for a remark, or use logging"
        )


@contextmanager
def changes_undone() -> Iterator[None]:
    """Restore the process state, including names shared by analyses, after the block."""
    _import_shared_once()
    before = ProcessState.now()
    try:
        yield
    finally:
        before.restore()


@cache
def _import_shared_once() -> None:
    """Import the modules analyses share, so that changes to them are detected."""
    import_shared()
