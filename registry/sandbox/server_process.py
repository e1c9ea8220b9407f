"""The parent side of the fork server: one for each process of this program, started when it is first needed."""

import array
import atexit
import json
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from registry.sandbox.framing import ARE_YOU_ALIVE
from registry.sandbox.plugin_set import PluginSet, python_path

logger = logging.getLogger(__name__)
GRACE_SECONDS = 10
STOP_SECONDS = 5
MOST_SERVERS = 2
"""Shared servers of a process: of the plugins that are loaded, and of those loaded before."""
SECRETS = ("SECRET", "PASSWORD", "TOKEN", "DATABASE_URL")


@dataclass(frozen=True)
class ChildExit:
    """How a child ended: its exit code, or below zero the signal that killed it."""

    code: int
    timed_out: bool = False


class ServerUnavailable(OSError):  # noqa: N818 - clear without the suffix
    """The fork server does not respond, and a new one cannot be started."""


@dataclass
class ServerProcess:
    """A running fork server."""

    owner: int
    """Process id of the process that started it."""
    plugins: str
    """Key of the PluginSet it has loaded."""
    process: subprocess.Popen[bytes]
    orders: socket.socket

    def stop(self) -> None:
        """Close the connection, which ends it; only the process that started it can wait for it."""
        self.orders.close()
        if self.owner != os.getpid():
            return
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


_lock = threading.Lock()
_servers: list[ServerProcess] = []
"""The shared servers of this process, the last one used last."""


def start_child(
    *attached: socket.socket, plugins: PluginSet, directory: Path, server: ServerProcess | None = None, **order: Any
) -> socket.socket:
    """Fork a child that holds the attached sockets; return the socket that reports how it ends.

    A dead shared server is replaced once. Closing the socket kills the child.
    """
    message = json.dumps({"directory": str(directory), **order}).encode()
    for is_last in (False, True):
        own_end, other_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        chosen = server or _shared_server(plugins)
        try:
            descriptors = array.array("i", [other_end.fileno(), *(each.fileno() for each in attached)])
            chosen.orders.sendmsg([message], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)])
        except OSError as error:
            own_end.close()
            logger.warning("the fork server has ended")
            _forget(chosen)
            if is_last or server:
                raise ServerUnavailable("no sandbox process can be started") from error
        else:
            return own_end
        finally:
            other_end.close()
    raise AssertionError("the loop returns or raises")


def wait_for_exit(report: socket.socket, seconds: float) -> ChildExit | None:
    """Wait until the server reports how the child ended; None if the server ended too."""
    report.settimeout(seconds)
    try:
        message = report.recv(4096)
    except TimeoutError:
        return ChildExit(0, timed_out=True)
    except OSError:
        message = b""
    return ChildExit(**json.loads(message)) if message else None


def is_server_alive(report: socket.socket, seconds: float) -> bool:
    """Whether the server of a running child answers; a report that the child has ended is an answer too."""
    report.settimeout(seconds)
    try:
        report.send(ARE_YOU_ALIVE, socket.MSG_NOSIGNAL)
        return bool(report.recv(4096))
    except OSError:
        return False


def run_child(*, plugins: PluginSet, directory: Path, seconds: float, **order: Any) -> ChildExit:
    """Have a child carry out an order and wait for it; if the server dies, a new one gets the order once."""
    for _ in range(2):
        try:
            with start_child(plugins=plugins, directory=directory, seconds=seconds, **order) as report:
                if child_exit := wait_for_exit(report, seconds + GRACE_SECONDS):
                    return child_exit
        except ServerUnavailable:
            break
        stop_server()
    return ChildExit(1)


def _shared_server(plugins: PluginSet) -> ServerProcess:
    """The server of this process that has loaded these plugins, started if there is none."""
    with _lock:
        for server in [item for item in _servers if item.owner != os.getpid() or item.process.poll() is not None]:
            _servers.remove(server)
            server.stop()
        chosen = next((server for server in _servers if server.plugins == plugins.key), None)
        if chosen is None:
            # Of plugins that were loaded before; what still runs for them ends.
            while len(_servers) >= MOST_SERVERS:
                _servers.pop(0).stop()
            chosen = start_server(plugins)
        else:
            _servers.remove(chosen)
        _servers.append(chosen)
        return chosen


def start_server(plugins: PluginSet) -> ServerProcess:
    """Start a server; the caller stops it."""
    own_end, other_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with other_end:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "registry.sandbox.server", str(other_end.fileno()), plugins.key],
            pass_fds=[other_end.fileno()],
            stdin=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,
        )
    return ServerProcess(os.getpid(), plugins.key, process, own_end)


def _environment() -> dict[str, str]:
    """The environment of this process, without secrets, and with the same plugins on its path."""
    public = {name: value for name, value in os.environ.items() if not any(word in name for word in SECRETS)}
    thrifty = {"OPENBLAS_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
    return public | thrifty | {"PYTHONPATH": python_path(settings.BASE_DIR)}


def stop_server() -> None:
    """Stop the servers of this process; the next order starts another."""
    with _lock:
        servers: Sequence[ServerProcess] = tuple(_servers)
    for server in servers:
        _forget(server)


def _forget(server: ServerProcess) -> None:
    with _lock:
        if server in _servers:
            _servers.remove(server)
            server.stop()


atexit.register(stop_server)
