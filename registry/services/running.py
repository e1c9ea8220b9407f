"""Running an analysis in a process apart. A few such processes are kept warm, so that it costs little; one that an
analysis crashed, blocked or left in another state is thrown away, and the run has failed with the reason."""

import atexit
import json
import logging
import os
import re
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from django.conf import settings

from registry import plugin_manager
from registry.apart.executing import Ended, check
from registry.apart.wire import ended_in, facts_out, packed
from registry.hookspecs import Analysis, Fact
from registry.services.apart import GRACE_SECONDS, ChildEnded, ServerGone, child_end, child_order, last_words

logger = logging.getLogger(__name__)
MOST_IDLE = 2
FIRST_FRAME = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+) in ')


@dataclass
class _Runner:
    """A process that runs one analysis after the other."""

    owner: int
    places: plugin_manager.Places
    directory: Path
    talk: Connection
    answer: socket.socket

    def end(self) -> None:
        """Hang up, which ends the process."""
        self.talk.close()
        self.answer.close()
        if self.owner == os.getpid():
            shutil.rmtree(self.directory, ignore_errors=True)


_lock = threading.Lock()
_idle: list[_Runner] = []


def run_apart(
    analysis: Analysis,
    facts: Mapping[str, Fact],
    parameters: Mapping[str, Any],
    datasets: Mapping[str, str] | None = None,
) -> Ended:
    """Run an analysis in a process apart; whatever happens there becomes a status and a message.

    `datasets` are paths of parsed columns: of a measurement under an empty name, of those of a cell by their refcodes.
    """
    order = packed(
        {
            "analysis": analysis.name,
            "facts": facts_out(facts),
            "parameters": dict(parameters),
            "datasets": dict(datasets or {}),
            "seconds": settings.RUN_SECONDS,
            "out_of_memory": f"needed more than the {settings.RUN_MEMORY_BYTES / 1024**3:.3g} GiB of memory it may use",
        }
    )
    for is_last in (False, True):
        try:
            with _taken() as runner:
                runner.talk.send_bytes(order)
                said = _received(runner)
        except ServerGone:
            said = "no process could be started to run it in: look at the log"
        except BrokenPipeError:
            # It was killed while it was idle, which is no fault of this analysis.
            if not is_last:
                continue
            said = "the process to run it in was killed before it began, twice: is the machine out of memory?"
        if isinstance(said, str):
            logger.warning("the analysis %s ended badly: %s", analysis.name, said)
            return Ended.failed(said)
        return _believed(analysis, said, facts)
    raise AssertionError("the loop returns")


def _believed(analysis: Analysis, said: Mapping[str, Any], facts: Mapping[str, Fact]) -> Ended:
    """What the process answered, checked once more here: a number in the registry passed its contract."""
    try:
        ended = ended_in(said["answer"], facts)
        check(analysis, ended.outcome)
    except (TypeError, ValueError, LookupError) as error:
        return Ended.failed(f"gave an answer that cannot be used: {error}")
    return ended


def _received(runner: _Runner) -> Mapping[str, Any] | str:
    """What the process answers, or how it ended instead."""
    ready = wait([runner.talk, runner.answer], settings.RUN_SECONDS + GRACE_SECONDS)
    if runner.talk in ready:
        try:
            said: Mapping[str, Any] = json.loads(runner.talk.recv_bytes())
        except (EOFError, OSError, ValueError):
            pass
        else:
            if not said["is_fit"]:
                runner.talk.close()
            return said
    if not ready:
        return _overstayed()
    return _fate(child_end(runner.answer, GRACE_SECONDS), runner.directory)


def _fate(ended: ChildEnded | None, directory: Path) -> str:
    """How a process ended that gave no answer, with the line it was at where that is known."""
    said = last_words(directory)
    frame = FIRST_FRAME.search(said)
    at = f" at {Path(frame['file']).name}:{frame['line']}" if frame else ""
    if said:
        logger.warning("a process that ran an analysis said: %s", said)
    if ended is None or ended.timed_out:
        return "the process it ran in was lost: look at the log, then run it again"
    if ended.code == -signal.SIGALRM:
        return _overstayed()
    if ended.code == -signal.SIGKILL:
        return "was killed (SIGKILL), most likely because the machine ran out of memory"
    if ended.code < 0:
        return f"crashed ({signal.Signals(-ended.code).name}){at}"
    return f"ended the process it ran in (exit code {ended.code}): return an Outcome, or raise Refused"


def _overstayed() -> str:
    return f"was stopped after {settings.RUN_SECONDS:g} s: does it end on these data? RUN_SECONDS allows more"


@contextmanager
def _taken() -> Iterator[_Runner]:
    """A process for one run: one that is idle, or a new one; kept for the next if it is still fit."""
    runner = _next_idle() or _started()
    try:
        yield runner
    except BaseException:
        runner.end()
        raise
    with _lock:
        if not runner.talk.closed and not _hung_up(runner) and len(_idle) < MOST_IDLE:
            _idle.append(runner)
            return
    runner.end()


def _hung_up(runner: _Runner) -> bool:
    """Whether the process has ended: an idle one says nothing."""
    return bool(wait([runner.talk, runner.answer], 0))


def _next_idle() -> _Runner | None:
    places = plugin_manager.places()
    with _lock:
        while _idle:
            runner = _idle.pop()
            if runner.owner == os.getpid() and runner.places == places:
                return runner
            runner.end()
    return None


def _started() -> _Runner:
    """Have the server fork one."""
    mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    directory = Path(tempfile.mkdtemp(prefix="cellar-run-"))
    with theirs:
        try:
            answer = child_order(theirs, directory=directory, memory_bytes=settings.RUN_MEMORY_BYTES)
        except ServerGone:
            mine.close()
            shutil.rmtree(directory)
            raise
    return _Runner(os.getpid(), plugin_manager.places(), directory, Connection(mine.detach()), answer)


def runners_end() -> None:
    """Let the idle processes go."""
    with _lock:
        while _idle:
            _idle.pop().end()


atexit.register(runners_end)
