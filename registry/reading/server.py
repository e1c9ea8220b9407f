"""A process that has the readers loaded and forks one child for each file, under limits of time and memory.

Started as `python -m registry.reading.server FD`; FD is a socket on which each message is one order, with a socket to
answer on attached. Forking from here costs milliseconds where a fresh interpreter costs most of a second, and a web
server with threads must not fork itself. It ends when the other end of FD is gone.
"""

import array
import gc
import json
import logging
import os
import resource
import selectors
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registry import plugin_manager
from registry.hookspecs import Reader
from registry.reading.recordings import read_into

LONGEST_ORDER = 65_536
OUT_OF_MEMORY = 3
SAID = "said.txt"


@dataclass(frozen=True)
class Order:
    """One file to read, and the limits that hold for it."""

    directory: str
    path: str
    filename: str
    seconds: float
    memory_bytes: int
    archive_bytes: int


@dataclass
class Child:
    """A file being read."""

    answer: socket.socket
    deadline: float
    timed_out: bool = False


class Server:
    """Takes orders, forks, kills what overstays, and says how each child ended."""

    def __init__(self, orders: socket.socket, readers: list[Reader]) -> None:
        self.orders = orders
        self.readers = readers
        self.children: dict[int, Child] = {}
        self.selector = selectors.DefaultSelector()
        self.ended, self._wake = os.pipe()

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
        waiting = [child.deadline for child in self.children.values() if not child.timed_out]
        return max(min(waiting) - time.monotonic(), 0) + 0.01 if waiting else None

    def _take(self) -> bool:
        """Fork for the next order; False if there will be none."""
        space = socket.CMSG_SPACE(array.array("i").itemsize)
        message, attached, _, _ = self.orders.recvmsg(LONGEST_ORDER, space)
        if not message:
            return False
        (descriptor,) = array.array("i", attached[0][2])
        answer, order = socket.socket(fileno=descriptor), Order(**json.loads(message))
        pid = os.fork()
        if pid == 0:
            self._become_reader(order, answer)
        self.children[pid] = Child(answer, time.monotonic() + order.seconds)
        # The asker hanging up ends the child as well.
        self.selector.register(answer, selectors.EVENT_READ, pid)
        return True

    def _become_reader(self, order: Order, answer: socket.socket) -> None:
        """In the child: give up every way back but the directory, take the limits, read, and leave."""
        code = 1
        try:
            os.setsid()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for one in (answer, self.orders, *(child.answer for child in self.children.values())):
                one.close()
            self.selector.close()
            os.close(self.ended)
            os.close(self._wake)
            _speak_into(Path(order.directory) / SAID)
            _limit(order)
            read_into(Path(order.directory), Path(order.path), order.filename, self.readers, order.archive_bytes)
            code = 0
        except MemoryError:
            code = OUT_OF_MEMORY
        except BaseException:
            logging.getLogger(__name__).exception("reading %s failed", order.filename)
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
        for pid in self.children:
            self._kill(pid)

    def _reap(self) -> None:
        """Say how the children that ended did, and clear away what they started."""
        while self.children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            child = self.children.pop(pid)
            self.selector.unregister(child.answer)
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            said = {"code": os.waitstatus_to_exitcode(status), "timed_out": child.timed_out}
            # Whoever asked may be gone.
            with suppress(OSError):
                child.answer.send(json.dumps(said).encode(), socket.MSG_NOSIGNAL)
            child.answer.close()


def _speak_into(path: Path) -> None:
    """Let what the reader prints go to a file of bounded length, never to this process's own output."""
    spoken = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (spoken, 1), (spoken, 2)):
        os.dup2(source, target)


def _limit(order: Order) -> None:
    seconds = max(int(order.seconds), 1)
    for kind, limit in (
        (resource.RLIMIT_AS, order.memory_bytes),
        (resource.RLIMIT_FSIZE, order.memory_bytes),
        (resource.RLIMIT_CORE, 0),
        # Counts the time of all cores; it only bounds a child whose keeper was killed.
        (resource.RLIMIT_CPU, seconds * (os.cpu_count() or 1) + 10),
    ):
        resource.setrlimit(kind, (limit, limit))


def main(arguments: list[str]) -> None:
    """Load the readers, say so, and serve."""
    descriptor, builtin, directory = arguments
    logging.disable(logging.WARNING)
    sources: list[Any] = plugin_manager.find(builtin, directory)
    readers = list(plugin_manager.assemble(sources, only="register_readers").readers.values())
    logging.disable(logging.NOTSET)
    # Once here instead of once a file; pyarrow imports pandas at the first array it is given.
    import pandas  # type: ignore[import-untyped]  # noqa: F401
    import pyarrow.csv
    import pyarrow.parquet  # noqa: F401

    # What is loaded stays: the collector would copy its pages into every child.
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Server(socket.socket(fileno=int(descriptor)), readers).run()


if __name__ == "__main__":
    main(sys.argv[1:])
