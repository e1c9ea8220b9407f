"""Writing a new plugin: all of its files or none, and the golden file with which its tests pass at once."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from registry.authoring.files import Plan
from registry.authoring.skeletons import SAMPLE
from registry.testing import Golden, load_plugin
from registry.testing.conformance import plugin_faults


class PlanRefused(ValueError):  # noqa: N818
    """The files cannot be written; the text says why."""


def write(plan: Plan) -> list[Path]:
    """Write what is planned, never over what is there, and return the paths."""
    standing = [str(path) for path in plan.files if path.exists()]
    if standing:
        raise PlanRefused(f"there is {', '.join(standing)} already, and nothing was written: choose another name")
    before = {path: path.read_text() for path in plan.appended}
    golden = plan.tests / "golden"
    there = set(golden.glob("*.json"))
    folders = {folder for path in plan.files for folder in path.parents} | {golden}
    new_folders = sorted((folder for folder in folders if not folder.exists()), reverse=True)
    try:
        for path, text in plan.files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        for path, lines in plan.appended.items():
            path.write_text(before[path].rstrip("\n") + "\n" + lines)
        _write_golden(plan, golden)
    except BaseException:
        for path in [*plan.files, *(set(golden.glob("*.json")) - there)]:
            path.unlink(missing_ok=True)
        for folder in new_folders:
            with suppress(OSError):
                folder.rmdir()
        for path, text in before.items():
            path.write_text(text)
        raise
    return [*plan.files, *sorted(set(golden.glob("*.json")) - there)]


def _write_golden(plan: Plan, directory: Path) -> None:
    samples = {plan.names.name: {"three rows": SAMPLE.format(title=plan.names.title)}}
    with _imported(plan) as plugin:
        faults = list(plugin_faults(plugin, Golden(directory, update=True), examples={}, samples=samples))
    if faults:
        raise PlanRefused(f"a plugin of this name would not be sound, so nothing was written: {'; '.join(faults)}")


@contextmanager
def _imported(plan: Plan) -> Iterator[Any]:
    """The new plugin as a module; it leaves neither compiled files nor modules behind."""
    compiled, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    path, known = list(sys.path), set(sys.modules)
    try:
        if plan.source is None:
            yield load_plugin(plan.plugin)
        else:
            sys.path.insert(0, str(plan.source))
            importlib.invalidate_caches()
            yield importlib.import_module(f"{plan.names.package}.plugin")
    finally:
        sys.dont_write_bytecode, sys.path[:] = compiled, path
        for name in set(sys.modules) - known:
            if name.startswith((plan.names.package, "registry_plugin_")):
                del sys.modules[name]
