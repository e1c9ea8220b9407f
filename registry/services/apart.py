"""Having work done by a process apart: a server for each process of this program, which forks a child an order."""

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

from registry import plugin_manager
from registry.apart.server import SAID

logger = logging.getLogger(__name__)
GRACE_SECONDS = 10
LAST_WORDS_BYTES = 32_768
LOADED = "\nExtension modules: "
SECRETS = ("SECRET", "PASSWORD", "TOKEN", "DATABASE_URL")


@dataclass(frozen=True)
class ChildEnded:
    """How a child ended: its exit code, or below zero the signal that killed it."""

    code: int
    timed_out: bool = False


class ServerGone(OSError):  # noqa: N818 - it is what happened
    """The server takes no orders any more."""


@dataclass
class Server:
    """The server of this process."""

    owner: int
    process: subprocess.Popen[bytes]
    orders: socket.socket


_lock = threading.Lock()
_servers: list[Server] = []


def child_order(
    *attached: socket.socket, directory: Path, server: "Server | None" = None, **order: Any
) -> socket.socket:
    """Have a child do this; what is attached it can write to. Returns where the server says how the child ended.

    A server found dead is replaced once, unless one is given. Closing the socket kills the child.
    """
    plugins = plugin_manager.places()
    message = json.dumps({"directory": str(directory), "plugins": plugins, **order}).encode()
    for is_last in (False, True):
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        asked = server or _server()
        try:
            descriptors = array.array("i", [theirs.fileno(), *(one.fileno() for one in attached)])
            asked.orders.sendmsg([message], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)])
        except OSError as error:
            mine.close()
            logger.warning("the server of processes apart is gone")
            _forget(asked)
            if is_last or server:
                raise ServerGone("no process can be started apart") from error
        else:
            return mine
        finally:
            theirs.close()
    raise AssertionError("the loop returns or raises")


def child_end(answer: socket.socket, seconds: float) -> ChildEnded | None:
    """Wait until the server says how the child ended; None if the server is gone too."""
    answer.settimeout(seconds)
    try:
        said = answer.recv(4096)
    except TimeoutError:
        return ChildEnded(0, timed_out=True)
    except OSError:
        said = b""
    return ChildEnded(**json.loads(said)) if said else None


def child_wait(*, directory: Path, seconds: float, **order: Any) -> ChildEnded:
    """Have a child do this and wait for its end; if the server dies meanwhile, another gets the order once."""
    for _ in range(2):
        try:
            with child_order(directory=directory, seconds=seconds, **order) as answer:
                if ended := child_end(answer, seconds + GRACE_SECONDS):
                    return ended
        except ServerGone:
            break
        server_forget()
    return ChildEnded(1)


def last_words(directory: Path) -> str:
    """The end of what a child said on standard error."""
    path = directory / SAID
    if not path.is_file():
        return ""
    with path.open("rb") as opened:
        opened.seek(max(path.stat().st_size - LAST_WORDS_BYTES, 0))
        return opened.read().decode(errors="replace").partition(LOADED)[0]


def _server() -> Server:
    """The server of this process, started if there is none."""
    with _lock:
        standing = _servers[0] if _servers else None
        if standing and standing.owner == os.getpid() and standing.process.poll() is None:
            return standing
        _servers.clear()
        if standing:
            server_end(standing)
        _servers.append(server_start())
        return _servers[0]


def server_start() -> Server:
    """Start one that only its starter knows; whoever does ends it."""
    mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    places = json.dumps(plugin_manager.places())
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "registry.apart.server", str(theirs.fileno()), places],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,
        )
    return Server(os.getpid(), process, mine)


def _environment() -> dict[str, str]:
    """This process's, less what a hostile file must not get at."""
    kept = {name: value for name, value in os.environ.items() if not any(word in name for word in SECRETS)}
    thrifty = {"OPENBLAS_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
    return kept | thrifty | {"PYTHONPATH": str(settings.BASE_DIR)}


def server_forget() -> None:
    """Let the next order start another server."""
    with _lock:
        servers: Sequence[Server] = tuple(_servers)
    for server in servers:
        _forget(server)


def _forget(server: Server) -> None:
    with _lock:
        if server in _servers:
            _servers.remove(server)
            server_end(server)


def server_end(server: Server) -> None:
    """Hang up; after a fork the process is the parent's to wait for."""
    server.orders.close()
    if server.owner == os.getpid():
        server.process.wait()


atexit.register(server_forget)
