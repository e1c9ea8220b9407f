"""Messages on a socket, with their length before them, sent and received up to a deadline."""

import socket
import struct
import time
from json import loads
from typing import Any

LENGTH = struct.Struct("!Q")


def send(to: socket.socket, message: bytes, deadline: float = 0) -> None:
    """Send a message; TimeoutError if it is not taken in time, EOFError if nobody is there to take it."""
    try:
        to.settimeout(_left(deadline))
        to.sendall(LENGTH.pack(len(message)) + message)
    except TimeoutError:
        raise
    except OSError as error:
        raise EOFError from error


def receive(by: socket.socket, longest: int, deadline: float = 0) -> Any:
    """The next message, which is JSON; ValueError if it is not, or longer than it may be."""
    (length,) = LENGTH.unpack(_exactly(by, LENGTH.size, deadline))
    if length > longest:
        raise ValueError(f"{length} bytes were announced")
    return loads(_exactly(by, length, deadline))


def _exactly(by: socket.socket, length: int, deadline: float) -> bytes:
    parts = []
    while length:
        by.settimeout(_left(deadline))
        try:
            part = by.recv(min(length, 1 << 20))
        except TimeoutError:
            raise
        except OSError as error:
            raise EOFError from error
        if not part:
            raise EOFError
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _left(deadline: float) -> float | None:
    """Seconds until the deadline, as a socket takes them; None for ever without one."""
    return max(deadline - time.monotonic(), 0.001) if deadline else None
