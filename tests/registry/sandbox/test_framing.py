"""Messages between processes end at a deadline, whatever the other side does."""

import socket
import time
from collections.abc import Iterator

import pytest

from registry.sandbox.framing import LENGTH, receive, send

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    first, second = socket.socketpair()
    with first, second:
        yield first, second


def soon() -> float:
    return time.monotonic() + 0.05


def test_message_round_trip(pair: Pair) -> None:
    send(pair[0], b'{"number": 1}')
    assert receive(pair[1], 100) == {"number": 1}


def test_receiving_times_out_at_the_deadline(pair: Pair) -> None:
    with pytest.raises(TimeoutError):
        receive(pair[1], 100, soon())


def test_partial_message_times_out_at_the_deadline(pair: Pair) -> None:
    pair[0].sendall(LENGTH.pack(50) + b'{"number"')
    with pytest.raises(TimeoutError):
        receive(pair[1], 100, soon())


def test_sending_times_out_at_the_deadline(pair: Pair) -> None:
    with pytest.raises(TimeoutError):
        send(pair[0], b" " * 10_000_000, soon())


def test_closed_connection_is_reported(pair: Pair) -> None:
    pair[0].close()
    with pytest.raises(EOFError):
        receive(pair[1], 100, soon())
    with pytest.raises(EOFError):
        send(pair[1], b"{}", soon())


@pytest.mark.parametrize("sent", [b"\xff" * 64, LENGTH.pack(101) + b" " * 101, LENGTH.pack(3) + b"no!"])
def test_invalid_message_is_refused(pair: Pair, sent: bytes) -> None:
    pair[0].sendall(sent)
    with pytest.raises(ValueError, match=r"announced|Expecting"):
        receive(pair[1], 100, soon())
