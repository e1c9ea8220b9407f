"""Set-up of a forked sandbox process: closes inherited descriptors, redirects output and sets limits."""

import os
import signal
import socket
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registry.sandbox.analysis_runner_child import serve_runs
from registry.sandbox.crash_location import OUTPUT
from registry.sandbox.file_reader_child import read_into
from registry.sandbox.plugin_set import SandboxPlugins
from registry.sandbox.process_tree import die_with_parent
from registry.sandbox.resource_limits import limit_analysis_runner, limit_file_reader

SCRATCH = "scratch"


@dataclass(frozen=True)
class Order:
    """An order for a child: read one file or, without a path, run analyses until the connection is closed."""

    directory: str
    memory_bytes: int
    seconds: float = float("inf")
    path: str = ""
    filename: str = ""
    archive_bytes: int = 0
    mapping: dict[str, Any] | None = None


def isolate(order: Order, descriptors: Iterable[int]) -> None:
    """Leave the session of the server, close its descriptors, and write output to the directory of this child."""
    os.setsid()
    die_with_parent()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for descriptor in descriptors:
        os.close(descriptor)
    directory = Path(order.directory)
    os.chdir(directory)
    _redirect_output(directory / OUTPUT)
    scratch = directory / SCRATCH
    scratch.mkdir(exist_ok=True)
    os.environ["TMPDIR"] = tempfile.tempdir = str(scratch)


def work(order: Order, connections: list[int], plugins: SandboxPlugins) -> None:
    """Carry out an order within its limits."""
    if not order.path:
        limit_analysis_runner(order.memory_bytes)
        return serve_runs(socket.socket(fileno=connections[0]), plugins)
    limit_file_reader(order.memory_bytes, order.seconds)
    signal.setitimer(signal.ITIMER_REAL, order.seconds)
    read_into(
        Path(order.directory),
        Path(order.path),
        order.filename,
        list(plugins.readers.values()),
        archive_bytes=order.archive_bytes,
        mapping=order.mapping,
    )
    return None


def _redirect_output(path: Path) -> None:
    """Redirect the output of the child to a file of limited size."""
    output = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
