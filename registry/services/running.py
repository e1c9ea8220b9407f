"""Running an analysis in a process apart. One such process a plugin is kept warm, so that it costs little; one that an
analysis crashed, blocked or left in another state is thrown away, and the run has failed with the reason.

No process ever runs the analyses of two plugins: what one does to its memory no other computes with.
"""

import atexit
import itertools
import logging
import os
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from django.conf import settings

from registry import plugin_manager
from registry.apart import talk
from registry.apart.crash import crash_line
from registry.apart.executing import Ended, check
from registry.apart.running import HUNG_UP, LARGEST_ANSWER, READY
from registry.apart.wire import ended_in, facts_out, packed
from registry.hookspecs import Analysis, Fact
from registry.services.apart import (
    ChildEnded,
    Server,
    ServerGone,
    child_end,
    child_order,
    last_words,
    server_end,
    server_start,
)

logger = logging.getLogger(__name__)
MOST_IDLE = 8
GRACE_SECONDS = 3
START_SECONDS = 120
STATUSES = ("done", "refused", "failed")
Said = Mapping[str, Any] | str
"""What a process answered, or how it ended instead."""


class Lost(Exception):  # noqa: N818 - it is what happened
    """The process ended through no doing of the analysis that is known; the text says how."""

    def __init__(self, text: str, *, with_its_server: bool = False) -> None:
        super().__init__(text)
        self.with_its_server = with_its_server


@dataclass
class _Runner:
    """A process that runs the analyses of one plugin, one after the other."""

    owner: int
    places: plugin_manager.Places
    plugin: str
    directory: Path
    talk: socket.socket
    answer: socket.socket
    server: Server | None = None
    """The one it has for itself, if it has."""
    is_ready: bool = False
    is_fit: bool = True

    def end(self) -> None:
        """Hang up, which ends the process with all it started."""
        self.talk.close()
        self.answer.close()
        if self.server:
            server_end(self.server)
        if self.owner == os.getpid():
            shutil.rmtree(self.directory, ignore_errors=True)


_lock = threading.Lock()
_idle: list[_Runner] = []
_numbers = itertools.count(1)


def run_apart(
    analysis: Analysis,
    facts: Mapping[str, Fact],
    parameters: Mapping[str, Any],
    datasets: Mapping[str, str] | None = None,
) -> Ended:
    """Run an analysis in a process apart; whatever happens there becomes a status and a message.

    `datasets` are paths of parsed columns: of a measurement under an empty name, of those of a cell by their refcodes.
    """
    order = {
        "number": next(_numbers),
        "analysis": analysis.name,
        "facts": facts_out(facts),
        "parameters": dict(parameters),
        "datasets": dict(datasets or {}),
        "seconds": settings.RUN_SECONDS,
        "out_of_memory": f"needed more than the {settings.RUN_MEMORY_BYTES / 1024**3:.3g} GiB of memory it may use: "
        "work on a part of the data at a time, or allow more by RUN_MEMORY_BYTES",
    }
    said = _asked(analysis, order)
    if isinstance(said, str):
        logger.warning("the analysis %s ended badly: %s", analysis.name, said)
        return Ended.failed(said)
    if said["log"]:
        logger.warning("the analysis %s failed: %s", analysis.name, said["log"])
    return _believed(analysis, said, facts)


def _asked(analysis: Analysis, order: Mapping[str, Any]) -> Said:
    """What a process answers; a run that another's doing may have ended runs once more, where no other can reach it."""
    plugin = plugin_manager.current().plugin_of("analysis", analysis.name)
    fate, is_alone = "", False
    for is_again in (False, True):
        try:
            with _taken(plugin, is_new=is_again, is_alone=is_alone) as runner:
                return _answered(runner, order)
        except ServerGone:
            return "no process could be started to run it in: look at the log"
        except Lost as lost:
            fate, is_alone = str(lost), lost.with_its_server
    return f"{fate}, twice: does it kill processes? If not, look at the log, and whether the machine is out of memory"


def _believed(analysis: Analysis, said: Mapping[str, Any], facts: Mapping[str, Fact]) -> Ended:
    """What the process answered, checked once more here: a number in the registry passed its contract."""
    try:
        ended = ended_in(said["answer"], facts)
        check(analysis, ended.outcome)
        if ended.status not in STATUSES:
            raise ValueError(f"ended as {ended.status!r}")
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        return Ended.failed(f"gave an answer that cannot be used: {error}")
    return ended


def _answered(runner: _Runner, order: Mapping[str, Any]) -> Said:
    """Have the process run it, and return what it says; it is fit for another run only if it says so."""
    runner.is_fit = False
    deadline = time.monotonic() + order["seconds"] + GRACE_SECONDS
    try:
        talk.send(runner.talk, packed(order), deadline)
    except EOFError:
        raise Lost("the process to run it in had ended before it began") from None
    try:
        said = talk.receive(runner.talk, LARGEST_ANSWER, deadline)
    except TimeoutError:
        return _overstayed()
    except EOFError:
        return _fate(child_end(runner.answer, GRACE_SECONDS), runner.directory)
    except ValueError as error:
        return f"spoke into what it is to answer by ({error}): leave file descriptors alone that it did not open"
    if not isinstance(said, Mapping) or not {"answer", "is_fit", "log"} <= said.keys():
        return "gave an answer that cannot be used: leave the modules alone it is given with"
    if said.get("number") != order["number"]:
        raise Lost("another run answered in its place")
    runner.is_fit = said["is_fit"]
    return said


def _fate(ended: ChildEnded | None, directory: Path) -> str:
    """How a process ended that gave no answer, with the line it was at where that is known."""
    said = last_words(directory)
    if said:
        logger.warning("a process that ran an analysis said: %s", said)
    if ended is None or ended.timed_out:
        raise Lost("the process it ran in was lost", with_its_server=True)
    if ended.code == -signal.SIGALRM:
        return _overstayed()
    if ended.code == -signal.SIGKILL:
        raise Lost("was killed (SIGKILL)")
    if ended.code < 0:
        crash = f"crashed ({signal.Signals(-ended.code).name}){crash_line(said)}"
        return f"{crash}: is a compiled library at fault, or a recursion without an end?"
    if ended.code == HUNG_UP:
        return "closed what it is to answer by: leave file descriptors alone that it did not open"
    return f"ended the process it ran in (exit code {ended.code}): return an Outcome, or raise Refused"


def _overstayed() -> str:
    return f"was stopped after {settings.RUN_SECONDS:g} s: does it end on these data? RUN_SECONDS allows more"


@contextmanager
def _taken(plugin: str, *, is_new: bool, is_alone: bool) -> Iterator[_Runner]:
    """A process for one run: one that is idle, or a new one; kept for the next if it is still fit."""
    idle = None if is_new else _next_idle(plugin)
    runner = idle or _started(plugin, server_start() if is_alone else None)
    try:
        _expect_ready(runner)
        yield runner
    except BaseException:
        runner.end()
        raise
    leaves = [runner]
    if runner.is_fit and not is_alone and not _hung_up(runner):
        with _lock:
            _idle.append(runner)
            # The one that waited longest makes room.
            leaves = [_idle.pop(0)] if len(_idle) > MOST_IDLE else []
    for one in leaves:
        one.end()


def _expect_ready(runner: _Runner) -> None:
    """Wait until a new process can take a run: the server of them all may have to load the plugins first."""
    if not runner.is_ready:
        with suppress(EOFError, TimeoutError, ValueError):
            runner.is_ready = talk.receive(runner.talk, LARGEST_ANSWER, time.monotonic() + START_SECONDS) == READY
    if not runner.is_ready:
        raise Lost("the process to run it in did not start", with_its_server=True)


def _hung_up(runner: _Runner) -> bool:
    """Whether the process has ended: an idle one says nothing."""
    return bool(wait([runner.talk, runner.answer], 0))


def _next_idle(plugin: str) -> _Runner | None:
    """The idle process of this plugin; those of another start, or of plugins loaded otherwise, are ended."""
    places = plugin_manager.places()
    with _lock:
        found = [one for one in _idle if one.owner == os.getpid() and one.places == places and not _hung_up(one)]
        gone = [one for one in _idle if one not in found]
        chosen = next((one for one in reversed(found) if one.plugin == plugin), None)
        _idle[:] = [one for one in found if one is not chosen]
    for one in gone:
        one.end()
    return chosen


def _started(plugin: str, server: Server | None = None) -> _Runner:
    """Have the server of all fork one, or a server of its own."""
    mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    directory = Path(tempfile.mkdtemp(prefix="cellar-run-"))
    with theirs:
        try:
            answer = child_order(theirs, directory=directory, server=server, memory_bytes=settings.RUN_MEMORY_BYTES)
        except ServerGone:
            mine.close()
            shutil.rmtree(directory)
            if server:
                server_end(server)
            raise
    return _Runner(os.getpid(), plugin_manager.places(), plugin, directory, mine, answer, server)


def runners_end() -> None:
    """Let the idle processes go."""
    with _lock:
        while _idle:
            _idle.pop().end()


atexit.register(runners_end)
