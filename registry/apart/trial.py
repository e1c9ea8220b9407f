"""Trying plugins before they are imported where it matters: each in a process of its own, which may crash, hang or be
left in any state.

Started as `python -m registry.apart.trial DIRECTORY NAMES SECONDS BYTES`, it writes a line a plugin, in the order of
the names: the text of what is wrong with it and the detail, as JSON.
"""

import faulthandler
import importlib
import json
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import IO

from registry import hookspecs
from registry.apart.crash import crash_line
from registry.apart.kinship import adopt_orphans, children_of_this_process, die_with_parent
from registry.apart.names import import_shared, names_now, watched
from registry.apart.surroundings import LIBRARIES_CHANGE, SHOWN, Surroundings, addresses_in_use
from registry.plugin_sources import Source, import_problem, in_directory, installed

LOOK_SECONDS = 0.002
Found = tuple[str, str]
"""Text and detail of a problem; both empty if there is none."""


class Unseen(Exception):  # noqa: N818 - it is what happened
    """The plugin is the first to import these libraries, so what it made of them cannot be told."""

    def __init__(self, libraries: Sequence[str]) -> None:
        super().__init__(*libraries)
        self.libraries = libraries


def try_plugin(source: Source) -> Found:
    """Import it and call its hooks; what these return is looked at where it is kept."""
    libraries = {one.__name__ for one in watched()}
    before, names = Surroundings.now(), names_now()
    try:
        module = source.module()
        for name in (name for name in vars(hookspecs) if name.startswith("register_")):
            hook = getattr(module, name, None)
            if hasattr(hook, f"{hookspecs.PROJECT_NAME}_impl"):
                # What it raises is told where it is called to be used.
                with suppress(Exception, SystemExit):
                    list(hook())
    except MemoryError:
        raise
    except BaseException as error:
        return import_problem(source, error)
    sys.stdout.flush()
    printed = os.pread(1, SHOWN, 0).decode(errors="replace").strip()
    if printed:
        return f"printed to standard output when it was imported (‘{printed}’): use logging", ""
    fault = Surroundings.now().changed(before, besides=LIBRARIES_CHANGE) or names.replaced()
    if fault:
        return f"when it was imported, it {fault}", ""
    if unseen := sorted({one.__name__ for one in watched()} - libraries):
        raise Unseen(unseen)
    return "", ""


def tried(source: Source, seconds: float, memory_bytes: int, out: int, *, is_second: bool = False) -> Found:
    """Try it in a child, and say how that ended."""
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as answer:
        pid = os.fork()
        if pid == 0:
            os.close(out)
            _be_child(source, (printed, said), answer, memory_bytes)
        code = _ended(pid, seconds)
        answer.seek(0)
        if code == 0 and (told := answer.read()):
            text, detail, unseen = json.loads(told)
            if is_second or not unseen:
                return text, detail
        else:
            said.seek(0)
            return _fate(code, said.read().decode(errors="replace"), seconds), ""
    # Imported where the next child finds them as they are; it takes long, and most plugins need none of them.
    for library in unseen:
        with suppress(Exception):
            importlib.import_module(library)
    return tried(source, seconds, memory_bytes, out, is_second=True)


def _be_child(source: Source, speaks_into: Sequence[IO[bytes]], answer: IO[bytes], memory_bytes: int) -> None:
    """In the child: take the limits, try the plugin, write down what was found, and leave."""
    code = 1
    try:
        os.setsid()
        die_with_parent()
        for target, opened in enumerate(speaks_into, start=1):
            os.dup2(opened.fileno(), target)
        faulthandler.enable()
        limit = memory_bytes + addresses_in_use()
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        unseen: Sequence[str] = ()
        try:
            found = try_plugin(source)
        except Unseen as those:
            found, unseen = ("", ""), those.libraries
        except MemoryError:
            size = f"{memory_bytes / 1024**3:.3g} GiB of memory"
            found = f"needed more than {size} when it was imported: read data in run(), not at import", ""
        os.pwrite(answer.fileno(), json.dumps([*found, unseen]).encode(), 0)
        code = 0
    finally:
        os._exit(code)


def _ended(pid: int, seconds: float) -> int | None:
    """The exit code of the child, below zero the signal that killed it; None if it had to be stopped."""
    deadline = time.monotonic() + seconds
    code = None
    while code is None and time.monotonic() < deadline:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(status)
        else:
            time.sleep(LOOK_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    if code is None:
        os.waitpid(pid, 0)
    for orphan in children_of_this_process():
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(orphan, signal.SIGKILL)
            os.waitpid(orphan, 0)
    return code


def _fate(code: int | None, said: str, seconds: float) -> str:
    if code is None:
        return f"was not imported after {seconds:g} s and was stopped: let work begin in run(), not at import"
    if code < 0:
        crash = f"crashed ({signal.Signals(-code).name}){crash_line(said)} when it was imported"
        return f"{crash}: is a compiled library at fault?"
    return f"ended the process that imported it (exit code {code}): leave out what ends a process"


def main(arguments: list[str]) -> None:
    """Try the plugins named, one after the other."""
    directory, names, seconds, memory_bytes = arguments
    adopt_orphans()
    import_shared()
    out = os.dup(1)
    for name in json.loads(names):
        sources = [one for one in (*in_directory(directory), *installed()) if one.name == name]
        found = tried(sources[0], float(seconds), int(memory_bytes), out) if sources else ("", "")
        os.write(out, json.dumps(found).encode() + b"\n")


if __name__ == "__main__":
    main(sys.argv[1:])
