"""The fork server: loads the plugins once, and forks a child for each file to read and each batch of runs.

Started as `python -m registry.sandbox.server FD PLUGINS`; FD is a socket on which each message is one order, with a
socket to answer on attached. A fork takes milliseconds where a fresh interpreter takes most of a second, and a web
server with threads must not fork itself. The server ends when the other end of FD is closed.
"""

import array
import gc
import json
import logging
import math
import os
import selectors
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass

from registry.sandbox.child import Order, isolate, work
from registry.sandbox.framing import ARE_YOU_ALIVE
from registry.sandbox.plugin_set import SandboxPlugins, load_plugins
from registry.sandbox.process_state import import_shared
from registry.sandbox.process_tree import adopt_orphans, kill_group, kill_orphans
from registry.sandbox.resource_limits import OUT_OF_MEMORY

LONGEST_ORDER = 65_536
PATIENCE_SECONDS = 1.0


@dataclass
class Child:
    """A running child process."""

    answer: socket.socket
    deadline: float
    timed_out: bool = False


class Server:
    """Takes orders, forks, kills children that exceed their time, and reports how each ended."""

    def __init__(self, orders: socket.socket, key: str) -> None:
        self.orders = orders
        self.plugins = load_quietly(key)
        self.is_ready_for_runs = False
        self.children: dict[int, Child] = {}
        self.selector = selectors.DefaultSelector()
        self.child_ended, self._wake = os.pipe()
        adopt_orphans()

    def serve(self) -> None:
        """Serve until the other end is closed."""
        os.set_blocking(self._wake, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        self.selector.register(self.orders, selectors.EVENT_READ)
        self.selector.register(self.child_ended, selectors.EVENT_READ)
        while True:
            for key, _ in self.selector.select(self._seconds_to_next_deadline()):
                if key.fileobj is self.orders:
                    if not self._take_order():
                        return self._kill_all()
                elif key.fileobj == self.child_ended:
                    os.read(self.child_ended, 4096)
                else:
                    self._confirm_or_kill(key.data)
            for pid, child in self.children.items():
                if time.monotonic() > child.deadline and not child.timed_out:
                    child.timed_out = True
                    kill_group(pid)
            self._reap()

    def _seconds_to_next_deadline(self) -> float | None:
        deadlines = [
            child.deadline for child in self.children.values() if not child.timed_out and child.deadline < math.inf
        ]
        return max(min(deadlines) - time.monotonic(), 0) + 0.01 if deadlines else None

    def _take_order(self) -> bool:
        """Fork for the next order; False if there will be none."""
        space = socket.CMSG_SPACE(2 * array.array("i").itemsize)
        message, attached, _, _ = self.orders.recvmsg(LONGEST_ORDER, space)
        if not message:
            return False
        descriptors = array.array("i", attached[0][2])
        answer, order = socket.socket(fileno=descriptors[0]), Order(**json.loads(message))
        if not order.path:
            self._prepare_for_runs()
        pid = os.fork()
        if pid == 0:
            self._become_child(order, answer, list(descriptors[1:]))
        for descriptor in descriptors[1:]:
            os.close(descriptor)
        self.children[pid] = Child(answer, time.monotonic() + order.seconds)
        self.selector.register(answer, selectors.EVENT_READ, pid)
        return True

    def _confirm_or_kill(self, pid: int) -> None:
        """Tell the parent side of a child that this server is alive; a child whose parent side has gone is killed."""
        answer = self.children[pid].answer
        try:
            question = answer.recv(len(ARE_YOU_ALIVE))
            is_needed = bool(question) and answer.send(question, socket.MSG_NOSIGNAL) > 0
        except OSError:
            is_needed = False
        if not is_needed:
            kill_group(pid)

    def _prepare_for_runs(self) -> None:
        """Import the libraries of analyses, and hash their source, once instead of in every child; reading files does
        not wait for this."""
        if not self.is_ready_for_runs:
            import scipy.optimize
            import scipy.special
            import scipy.stats  # noqa: F401

            for analysis in self.plugins.analyses:
                self.plugins.source_hash(analysis)
            self.is_ready_for_runs = True
            # What is loaded stays: the collector would copy its pages into every child.
            gc.freeze()

    def _become_child(self, order: Order, answer: socket.socket, connections: list[int]) -> None:
        """In the child: carry out the order and exit."""
        code = 1
        try:
            self.selector.close()
            sockets = (answer, self.orders, *(child.answer for child in self.children.values()))
            isolate(order, [*(each.detach() for each in sockets), self.child_ended, self._wake])
            work(order, connections, self.plugins)
            code = 0
        except MemoryError:
            code = OUT_OF_MEMORY
        except BaseException:
            logging.getLogger(__name__).exception("%s failed", order)
        finally:
            os._exit(code)

    def _kill_all(self) -> None:
        """Kill every child and any process left by them."""
        for pid in self.children:
            kill_group(pid)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._reap() and time.monotonic() < deadline:
            time.sleep(0.01)

    def _reap(self) -> bool:
        """Report how children ended and kill the processes they left; False if no children remain."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            child = self.children.pop(pid, None)
            # First, so that the report of its end covers what it left.
            kill_orphans(own=self.children)
            if child:
                self._report(child, os.waitstatus_to_exitcode(status))

    def _report(self, child: Child, code: int) -> None:
        self.selector.unregister(child.answer)
        report = json.dumps({"code": code, "timed_out": child.timed_out}).encode()
        # The parent side may have closed its end.
        with suppress(OSError):
            child.answer.send(report, socket.MSG_NOSIGNAL)
        child.answer.close()


def load_quietly(key: str) -> SandboxPlugins:
    """Load the plugins; their problems are reported by the process that started this one."""
    logging.disable(logging.WARNING)
    plugins = load_plugins(key)
    logging.disable(logging.NOTSET)
    return plugins


def main(arguments: list[str]) -> None:
    """Load the plugins, and serve."""
    descriptor, key = int(arguments[0]), arguments[1]
    # Once here instead of in every child; pyarrow imports pandas when it gets its first array.
    import pandas  # type: ignore[import-untyped]  # noqa: F401
    import pyarrow.csv
    import pyarrow.parquet  # noqa: F401

    import_shared()
    server = Server(socket.socket(fileno=descriptor), key)
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server.serve()


if __name__ == "__main__":
    main(sys.argv[1:])
