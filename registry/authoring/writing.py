"""Writes a new plugin: either all of its files, including the golden file its tests need, or none."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from registry.authoring.files import Plan
from registry.authoring.skeletons import SAMPLE
from registry.testing import Golden, load_plugin
from registry.testing.conformance import plugin_problems


class PlanRefused(ValueError):  # noqa: N818
    """The files cannot be written; the text says why."""


def write(plan: Plan) -> list[Path]:
    """Write the planned files, never overwriting existing ones, and return the paths."""
    existing = [str(path) for path in plan.files if path.exists()]
    if existing:
        raise PlanRefused(f"{', '.join(existing)} already exists, nothing was written: choose another name")
    before = {path: path.read_text() for path in plan.appended}
    golden = plan.tests / "golden"
    golden_before = set(golden.glob("*.json"))
    directories = {directory for path in plan.files for directory in path.parents} | {golden}
    new_directories = sorted((directory for directory in directories if not directory.exists()), reverse=True)
    try:
        for path, text in plan.files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        for path, lines in plan.appended.items():
            path.write_text(before[path].rstrip("\n") + "\n" + lines)
        _write_golden(plan, golden)
    except BaseException:
        for path in [*plan.files, *(set(golden.glob("*.json")) - golden_before)]:
            path.unlink(missing_ok=True)
        for directory in new_directories:
            with suppress(OSError):
                directory.rmdir()
        for path, text in before.items():
            path.write_text(text)
        raise
    return [*plan.files, *sorted(set(golden.glob("*.json")) - golden_before)]


def _write_golden(plan: Plan, directory: Path) -> None:
    samples = {plan.names.name: {"three rows": SAMPLE.format(title=plan.names.title)}}
    with _imported(plan) as plugin:
        problems = list(plugin_problems(plugin, Golden(directory, update=True), examples={}, samples=samples))
    if problems:
        raise PlanRefused(f"Nothing was written, because a plugin of this name would be invalid: {'; '.join(problems)}")


@contextmanager
def _imported(plan: Plan) -> Iterator[Any]:
    """Import the new plugin; no compiled files or modules remain afterwards."""
    no_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    path, known = list(sys.path), set(sys.modules)
    try:
        if plan.source is None:
            yield load_plugin(plan.plugin)
        else:
            sys.path.insert(0, str(plan.source))
            importlib.invalidate_caches()
            yield importlib.import_module(f"{plan.names.package}.plugin")
    finally:
        sys.dont_write_bytecode, sys.path[:] = no_bytecode, path
        for name in set(sys.modules) - known:
            if name.startswith((plan.names.package, "registry_plugin_")):
                del sys.modules[name]
