"""The child side of the import check: imports each plugin in a process of its own, which may crash or hang.

Started as `python -m registry.plugin_loading.import_check_child DIRECTORY KEYS SECONDS BYTES`, it writes a line for
each plugin, in the order of the keys: code, text and detail of its problem, as JSON, or null if no plugin here has this
name and content.
"""

import faulthandler
import importlib
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import IO

from registry.plugin_loading.sources import Source, hook_name, import_problem, in_directory, installed
from registry.sandbox.crash_location import crash_line
from registry.sandbox.process_state import LIBRARIES_MAY_CHANGE, ProcessState, import_shared, scipy_packages
from registry.sandbox.process_tree import adopt_orphans, die_with_parent, kill_orphans, list_children
from registry.sandbox.resource_limits import in_gib, limit_memory

POLL_SECONDS = 0.002
LONGEST_OUTPUT = 80
Problem = tuple[str, str, str]
"""Code, text and detail; all empty if there is none."""
NO_PROBLEM: Problem = ("", "", "")


def import_and_compare(source: Source) -> Problem:
    """Import it and call its hooks; what these return is checked where it is used."""
    before = ProcessState.now()
    try:
        module = source.module()
        for name in dir(module):
            if hook_name(module, name):
                # Its errors are reported where it is called for use.
                with suppress(Exception, SystemExit):
                    list(getattr(module, name)())
    except MemoryError:
        raise
    except BaseException as error:
        return import_problem(source, error)
    sys.stdout.flush()
    if printed := os.pread(1, LONGEST_OUTPUT, 0).decode(errors="replace").strip():
        return "printed-on-import", f"printed to standard output when it was imported (‘{printed}’): use logging", ""
    change = before.change(allowed=LIBRARIES_MAY_CHANGE)
    return ("changed-on-import", f"when it was imported, it {change}", "") if change else NO_PROBLEM


def check(source: Source, seconds: float, memory_bytes: int, out: int, *, is_second: bool = False) -> Problem:
    """Import it in a child, and report how that ended."""
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as answer:
        pid = os.fork()
        if pid == 0:
            os.close(out)
            _become_child(source, (printed, errors), answer, memory_bytes)
        code = _wait_for_exit(pid, seconds)
        answer.seek(0)
        if code != 0 or not (reported := answer.read()):
            errors.seek(0)
            return _describe_exit(code, errors.read().decode(errors="replace"), seconds)
    problem_code, text, detail, new_packages = json.loads(reported)
    if problem_code or is_second or not new_packages:
        return problem_code, text, detail
    # It is the first to import these packages of SciPy: with them imported before, changes of them are seen.
    for package in new_packages:
        with suppress(Exception):
            importlib.import_module(package)
    return check(source, seconds, memory_bytes, out, is_second=True)


def _become_child(source: Source, output: Sequence[IO[bytes]], answer: IO[bytes], memory_bytes: int) -> None:
    """In the child: take the limits, import the plugin, write down the problem, and leave."""
    code = 1
    try:
        os.setsid()
        die_with_parent()
        for target, opened in enumerate(output, start=1):
            os.dup2(opened.fileno(), target)
        faulthandler.enable()
        limit_memory(memory_bytes)
        known = scipy_packages()
        try:
            problem = import_and_compare(source)
        except MemoryError:
            limit = in_gib(memory_bytes)
            text = f"ran out of memory when it was imported (limit {limit}): read data in run(), not at import"
            problem = "out-of-memory", text, ""
        new_packages = sorted(scipy_packages() - known)
        os.pwrite(answer.fileno(), json.dumps([*problem, new_packages]).encode(), 0)
        code = 0
    finally:
        os._exit(code)


def _wait_for_exit(pid: int, seconds: float) -> int | None:
    """The exit code of the child, below zero the signal that killed it; None if it had to be stopped."""
    deadline = time.monotonic() + seconds
    code = None
    while code is None and time.monotonic() < deadline:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(status)
        else:
            time.sleep(POLL_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    if code is None:
        os.waitpid(pid, 0)
    kill_orphans()
    for orphan in list_children():
        with suppress(ChildProcessError):
            os.waitpid(orphan, 0)
    return code


def _describe_exit(code: int | None, errors: str, seconds: float) -> Problem:
    if code is None:
        text = f"was still importing after {seconds:g} s and was stopped: do the work in run(), not at import"
        return "import-too-slow", text, ""
    if code < 0:
        crash = f"crashed ({signal.Signals(-code).name}){crash_line(errors)} when it was imported"
        return "crashed", f"{crash}: check compiled libraries", ""
    text = f"ended the process that imported it (exit code {code}): remove what ends a process"
    return "ended-process", text, ""


def main(arguments: list[str]) -> None:
    """Check the plugins of these names and contents, one after the other."""
    directory, keys, seconds, memory_bytes = arguments
    adopt_orphans()
    import_shared()
    # Standard output belongs to the plugins in the children.
    out = os.dup(1)
    available = {source.key: source for source in (*installed(), *in_directory(directory))}
    for name, content in json.loads(keys):
        source = available.get((name, content))
        problem = check(source, float(seconds), int(memory_bytes), out) if source else None
        os.write(out, json.dumps(problem).encode() + b"\n")


if __name__ == "__main__":
    main(sys.argv[1:])
