"""Messages on a socket, each with its length in front, sent and received before a deadline."""

import socket
import struct
import time
from json import loads
from typing import Any

LENGTH = struct.Struct("!Q")
ARE_YOU_ALIVE = b"?"
"""Request of the parent side of a child, echoed by the server."""


def send(connection: socket.socket, message: bytes, deadline: float = 0) -> None:
    """Send a message; TimeoutError after the deadline, EOFError if the other end is closed."""
    try:
        connection.settimeout(_seconds_left(deadline))
        connection.sendall(LENGTH.pack(len(message)) + message)
    except TimeoutError:
        raise
    except OSError as error:
        raise EOFError from error


def receive(connection: socket.socket, longest: int, deadline: float = 0) -> Any:
    """The next message, decoded from JSON; ValueError if it is not JSON, or longer than allowed."""
    (length,) = LENGTH.unpack(_receive_exactly(connection, LENGTH.size, deadline))
    if length > longest:
        raise ValueError(f"{length} bytes were announced")
    return loads(_receive_exactly(connection, length, deadline))


def _receive_exactly(connection: socket.socket, length: int, deadline: float) -> bytes:
    parts = []
    while length:
        connection.settimeout(_seconds_left(deadline))
        try:
            part = connection.recv(min(length, 1 << 20))
        except TimeoutError:
            raise
        except OSError as error:
            raise EOFError from error
        if not part:
            raise EOFError
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _seconds_left(deadline: float) -> float | None:
    """Seconds until the deadline, as a socket takes them; None without a deadline."""
    return max(deadline - time.monotonic(), 0.001) if deadline else None
