"""A process that has the plugins loaded and forks a child for each file to read, and for each process that runs
analyses, under limits of time and memory.

Started as `python -m registry.apart.server FD PLACES`; FD is a socket on which each message is one order, with a
socket to answer on attached. Forking from here costs milliseconds where a fresh interpreter costs most of a second, and
a web server with threads must not fork itself. It ends when the other end of FD is gone.
"""

import array
import gc
import json
import logging
import math
import os
import resource
import selectors
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registry import plugin_manager, plugin_sources
from registry.apart.kinship import adopt_orphans, children_of_this_process, die_with_parent
from registry.apart.names import Names, import_shared, names_now
from registry.apart.reading import read_into
from registry.apart.running import serve
from registry.apart.surroundings import addresses_in_use
from registry.numbers import catalogue
from registry.plugin_manager import Places, Plugins

LONGEST_ORDER = 65_536
OUT_OF_MEMORY = 3
LOADING_SECONDS = 60
SAID = "said.txt"
SCRATCH = "scratch"
LARGEST_FILE = 64 * 1024**2
"""An analysis writes none to keep; what it prints ends in one."""
PATIENCE_SECONDS = 1.0
HOOKS = ("register_quantities", "register_readers", "register_analyses")


@dataclass(frozen=True)
class Order:
    """What a child is to be: the reader of one file, or, without a path, one that runs analyses until hung up on."""

    directory: str
    plugins: list[Any]
    memory_bytes: int
    seconds: float = math.inf
    path: str = ""
    filename: str = ""
    archive_bytes: int = 0
    mapping: dict[str, Any] | None = None

    @property
    def places(self) -> Places:
        return places_in(self.plugins)


@dataclass
class Child:
    """A process at work."""

    answer: socket.socket
    deadline: float
    timed_out: bool = False


class Server:
    """Takes orders, forks, kills what overstays, and says how each child ended."""

    def __init__(self, orders: socket.socket, places: Places) -> None:
        self.orders = orders
        self.places = places
        self.plugins = load(places)
        self.names: Names | None = None
        """What names stand for, once analyses are to run."""
        self.children: dict[int, Child] = {}
        self.selector = selectors.DefaultSelector()
        self.ended, self._wake = os.pipe()
        adopt_orphans()

    def run(self) -> None:
        """Serve until the other end is gone."""
        os.set_blocking(self._wake, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        self.selector.register(self.orders, selectors.EVENT_READ)
        self.selector.register(self.ended, selectors.EVENT_READ)
        while True:
            for key, _ in self.selector.select(self._patience()):
                if key.fileobj is self.orders:
                    if not self._take():
                        return self._kill_all()
                elif key.fileobj == self.ended:
                    os.read(self.ended, 4096)
                else:
                    self._kill(key.data)
            for pid, child in self.children.items():
                if time.monotonic() > child.deadline and not child.timed_out:
                    child.timed_out = True
                    self._kill(pid)
            self._reap()

    def _patience(self) -> float | None:
        waiting = [one.deadline for one in self.children.values() if not one.timed_out and one.deadline < math.inf]
        return max(min(waiting) - time.monotonic(), 0) + 0.01 if waiting else None

    def _take(self) -> bool:
        """Fork for the next order; False if there will be none."""
        space = socket.CMSG_SPACE(2 * array.array("i").itemsize)
        message, attached, _, _ = self.orders.recvmsg(LONGEST_ORDER, space)
        if not message:
            return False
        descriptors = array.array("i", attached[0][2])
        answer, order = socket.socket(fileno=descriptors[0]), Order(**json.loads(message))
        names = None if order.path else self._names_for_runs()
        pid = os.fork()
        if pid == 0:
            self._become_child(order, answer, descriptors[1:], names)
        for descriptor in descriptors[1:]:
            os.close(descriptor)
        loading = 0 if order.places == self.places else LOADING_SECONDS
        self.children[pid] = Child(answer, time.monotonic() + loading + order.seconds)
        # The asker hanging up ends the child as well.
        self.selector.register(answer, selectors.EVENT_READ, pid)
        return True

    def _names_for_runs(self) -> Names:
        """What analyses import, imported here once instead of once a child; files to read do not wait for it."""
        if self.names is None:
            import scipy.optimize
            import scipy.special
            import scipy.stats  # noqa: F401

            self.names = names_now()
            # What is loaded stays: the collector would copy its pages into every child.
            gc.freeze()
        return self.names

    def _become_child(self, order: Order, answer: socket.socket, talk: Sequence[int], names: Names | None) -> None:
        """In the child: give up every way back but its own, take the limits, do the work, and leave."""
        code = 1
        try:
            os.setsid()
            die_with_parent()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for one in (answer, self.orders, *(child.answer for child in self.children.values())):
                one.close()
            self.selector.close()
            os.close(self.ended)
            os.close(self._wake)
            os.chdir(order.directory)
            _speak_into(Path(order.directory) / SAID)
            _write_here(Path(order.directory) / SCRATCH)
            plugins = self.plugins
            if order.places != self.places:
                plugins = load(order.places)
                names = names and names_now()
            _limit(order)
            if names is None:
                # Plugins that had to be loaded first took their own time.
                signal.setitimer(signal.ITIMER_REAL, order.seconds)
                read_into(
                    Path(order.directory),
                    Path(order.path),
                    order.filename,
                    list(plugins.readers.values()),
                    archive_bytes=order.archive_bytes,
                    mapping=order.mapping,
                )
            else:
                serve(socket.socket(fileno=talk[0]), plugins.analyses, names)
            code = 0
        except MemoryError:
            code = OUT_OF_MEMORY
        except BaseException:
            logging.getLogger(__name__).exception("%s failed", order)
        finally:
            os._exit(code)

    def _kill(self, pid: int) -> None:
        """Kill the child with all it started."""
        try:
            os.killpg(pid, signal.SIGKILL)
        except ProcessLookupError:
            # Between its birth and its setsid a child is in the group of this process.
            os.kill(pid, signal.SIGKILL)

    def _kill_all(self) -> None:
        """Kill every child, and what any of them had left behind."""
        for pid in self.children:
            self._kill(pid)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._reap() and time.monotonic() < deadline:
            time.sleep(0.01)

    def _reap(self) -> bool:
        """Say how the children that ended did, and kill what they left behind; False if there is none any more."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            if child := self.children.pop(pid, None):
                self._tell(child, os.waitstatus_to_exitcode(status))
            self._kill_orphans()

    def _tell(self, child: Child, code: int) -> None:
        self.selector.unregister(child.answer)
        said = {"code": code, "timed_out": child.timed_out}
        # Whoever asked may be gone.
        with suppress(OSError):
            child.answer.send(json.dumps(said).encode(), socket.MSG_NOSIGNAL)
        child.answer.close()

    def _kill_orphans(self) -> None:
        """Kill what children that ended had started in a session of its own."""
        for pid in children_of_this_process():
            if pid not in self.children:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def _write_here(directory: Path) -> None:
    """Let temporary files be made in a directory that goes when this process does."""
    directory.mkdir(exist_ok=True)
    os.environ["TMPDIR"] = tempfile.tempdir = str(directory)


def _speak_into(path: Path) -> None:
    """Let what the child prints go to a file of bounded length, never to this process's own output."""
    spoken = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (spoken, 1), (spoken, 2)):
        os.dup2(source, target)


def _limit(order: Order) -> None:
    memory = order.memory_bytes if order.path else order.memory_bytes + addresses_in_use()
    largest_file = order.memory_bytes if order.path else LARGEST_FILE
    limits = [(resource.RLIMIT_AS, memory), (resource.RLIMIT_FSIZE, largest_file), (resource.RLIMIT_CORE, 0)]
    if order.path:
        # Counts the time of all cores; it only bounds a child whose keeper was killed.
        limits.append((resource.RLIMIT_CPU, max(int(order.seconds), 1) * (os.cpu_count() or 1) + 10))
    for kind, limit in limits:
        resource.setrlimit(kind, (limit, limit))


def places_in(given: list[Any]) -> Places:
    """Places as JSON had them."""
    builtin, directory, disabled, loads = given
    return builtin, directory, tuple(disabled), loads


def load(places: Places) -> Plugins:
    """The readers and analyses of these plugins; what is wrong with any, the process that started this one tells."""
    logging.disable(logging.WARNING)
    catalogue.reset()
    plugins = plugin_manager.assemble(plugin_sources.find(*places[:3]), only=HOOKS)
    logging.disable(logging.NOTSET)
    return plugins


def main(arguments: list[str]) -> None:
    """Load the plugins, and serve."""
    descriptor, places = int(arguments[0]), places_in(json.loads(arguments[1]))
    # Once here instead of once a child; pyarrow imports pandas at the first array it is given.
    import pandas  # type: ignore[import-untyped]  # noqa: F401
    import pyarrow.csv
    import pyarrow.parquet  # noqa: F401

    import_shared()
    server = Server(socket.socket(fileno=descriptor), places)
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server.run()


if __name__ == "__main__":
    main(sys.argv[1:])
