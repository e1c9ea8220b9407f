"""What a process that runs analyses does: one order after the other, each under a limit of time, and looking after
each whether it left the process as it found it."""

import faulthandler
import json
import os
import signal
import sys
import threading
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from registry.apart.columns import columns_at
from registry.apart.executing import Ended, execute
from registry.apart.wire import ended_out, facts_in, packed
from registry.hookspecs import Analysis, Inputs

PRINTED = "printed.txt"
SHOWN = 80


@dataclass(frozen=True)
class State:
    """What of a process an analysis must leave as it is."""

    directory: str
    numpy_errors: Mapping[str, Any]
    environment: dict[str, str]
    threads: int
    filters: int
    modules: int
    umask: int

    @classmethod
    def now(cls) -> "State":
        umask = os.umask(0o077)
        os.umask(umask)
        return cls(
            os.getcwd(), np.geterr(), dict(os.environ), threading.active_count(), len(warnings.filters),
            len(sys.modules), umask,
        )  # fmt: skip

    def changed(self, before: "State") -> str:
        """What is not as it was, and the mend; empty if all is."""
        if self.directory != before.directory:
            return "changed the working directory: give open() a whole path instead"
        if self.numpy_errors != before.numpy_errors:
            return "changed how NumPy treats errors for all that runs after it: use `with numpy.errstate(...)`"
        if self.environment != before.environment:
            names = sorted(name for name, _ in self.environment.items() ^ before.environment.items())
            return f"changed the environment variable {names[0]}: declare a parameter instead"
        if self.threads > before.threads:
            return "left a thread running: join it before returning"
        # A library imported here for the first time may add filters of its own, once.
        if self.filters != before.filters and self.modules == before.modules:
            return "changed how warnings are treated: use `with warnings.catch_warnings()`"
        return "changed the umask" if self.umask != before.umask else ""


def serve(connection: Connection, analyses: Mapping[str, Analysis]) -> None:
    """Run what is ordered until the other end is gone, or until a run leaves this process unfit for another."""
    faulthandler.enable()
    printed = os.open(PRINTED, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(printed, 1)
    while True:
        try:
            order = json.loads(connection.recv_bytes())
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_REAL, order["seconds"])
        answer, is_fit = _answer(order, analyses)
        signal.setitimer(signal.ITIMER_REAL, 0)
        connection.send_bytes(packed({"answer": answer, "is_fit": is_fit}))
        if not is_fit:
            return


def _answer(order: Mapping[str, Any], analyses: Mapping[str, Analysis]) -> tuple[dict[str, Any], bool]:
    """How the run ended, and whether this process can take another."""
    before = State.now()
    inputs = Inputs(
        facts_in(order["facts"]),
        partial(columns_at, order["datasets"].get("", "")),
        order["parameters"],
        uses=tuple(analyses[order["analysis"]].uses),
        columns_of={refcode: partial(columns_at, path) for refcode, path in order["datasets"].items()},
    )
    try:
        ended = execute(analyses[order["analysis"]], inputs)
        answer = ended_out(ended)
        fault = _printed() or State.now().changed(before)
    except MemoryError:
        return ended_out(Ended.failed(order["out_of_memory"], inputs.reads)), False
    except (TypeError, ValueError, AttributeError) as error:
        return ended_out(Ended.failed(f"what it returned cannot be kept: {error}", inputs.reads)), False
    if fault:
        return ended_out(Ended.failed(fault, inputs.reads)), False
    return answer, True


def _printed() -> str:
    """What was written to standard output, as a fault; empty if nothing was."""
    sys.stdout.flush()
    if not os.fstat(1).st_size:
        return ""
    first = Path(PRINTED).read_text(errors="replace")[:SHOWN].strip()
    return f"printed to standard output (‘{first}’): return a Message for a remark, or use logging"
