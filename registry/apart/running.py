"""What a process that runs analyses does: one order after the other, each under a limit of time, and looking after
each whether it left the process as it found it."""

import faulthandler
import os
import resource
import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from registry.apart import talk
from registry.apart.columns import columns_at
from registry.apart.executing import Ended, execute
from registry.apart.names import Names, names_now
from registry.apart.surroundings import LIBRARIES_CHANGE, SHOWN, Surroundings, addresses_in_use
from registry.apart.wire import ended_out, facts_in, packed
from registry.hookspecs import Analysis, Inputs
from registry.raised import raised_words

PRINTED = "printed.txt"
LARGEST_ORDER = 1024**3
LARGEST_ANSWER = 32 * 1024**2
READY = "ready"
"""What a process says first: until then it may take long, afterwards the seconds of a run count."""
MOST_SAID = 1024**2
HUNG_UP = 4
"""Exit code of a process that could not answer, because the analysis closed what it answers by."""
MOST_READS = 10_000
GROWN = 4
"""A process that holds one part in so many of the memory it may use is not given another run."""
LAST_WORDS_BYTES = 4096


@dataclass(frozen=True)
class Before:
    """This process before the first run."""

    pid: int
    surroundings: Surroundings
    names: Names
    files: frozenset[str]
    addresses: int
    modules: int

    @classmethod
    def any_run(cls, names: Names) -> "Before":
        files = frozenset(os.listdir())
        return cls(os.getpid(), Surroundings.now(), names, files, addresses_in_use(), len(sys.modules))

    def fault(self) -> str:
        """What a run did to this process, in words that name the mend; empty if it is as it was."""
        libraries_do = LIBRARIES_CHANGE if self.is_past() else ()
        try:
            return (
                _printed()
                or Surroundings.now().changed(self.surroundings, besides=libraries_do)
                or _left_behind(self.files)
                or self.names.replaced()
            )
        except (OSError, ValueError):
            return "closed a file of the process it ran in: close what it opened itself, by `with open(...)`"

    def is_past(self) -> bool:
        """Whether modules were imported since, which may have changed a little themselves."""
        return len(sys.modules) != self.modules

    @staticmethod
    def flood() -> str:
        """That more was written to standard error than anybody reads, as a fault."""
        with suppress(OSError):
            if (size := os.fstat(2).st_size) > MOST_SAID:
                return f"wrote {size / 1024**2:,.0f} MiB to standard error: a Message says it shorter"
        return ""


def serve(asker: socket.socket, analyses: Mapping[str, Analysis], names: Names) -> None:
    """Run what is ordered until the other end is gone, or until a run leaves this process unfit for another.

    `names` is what the names of this process stand for.
    """
    faulthandler.enable()
    printed = os.open(PRINTED, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(printed, 1)
    before = Before.any_run(names)
    talk.send(asker, packed(READY))
    while True:
        try:
            order = talk.receive(asker, LARGEST_ORDER)
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_REAL, order["seconds"])
        ended, is_fit = _run(order, analyses, before)
        answer = _answer(order, ended, is_fit)
        signal.setitimer(signal.ITIMER_REAL, 0)
        # A copy that the analysis made of this process must not answer in its place.
        if os.getpid() != before.pid:
            os._exit(1)
        try:
            talk.send(asker, answer)
        except EOFError:
            os._exit(HUNG_UP)
        if not is_fit:
            return
        os.ftruncate(2, 0)
        if before.is_past():
            before.surroundings.put_back()
            before = replace(Before.any_run(names_now()), addresses=before.addresses)


def _run(order: Mapping[str, Any], analyses: Mapping[str, Analysis], before: Before) -> tuple[Ended, bool]:
    """How the run ended, and whether this process can take another."""
    inputs = Inputs(
        facts_in(order["facts"]),
        partial(columns_at, order["datasets"].get("", "")),
        order["parameters"],
        depends_on=tuple(analyses[order["analysis"]].depends_on),
        columns_of={refcode: partial(columns_at, path) for refcode, path in order["datasets"].items()},
    )
    try:
        ended = execute(analyses[order["analysis"]], inputs)
        fault, flood = before.fault(), before.flood()
    except MemoryError:
        return Ended.failed(order["out_of_memory"], inputs.reads), False
    if flood:
        return Ended.failed(flood, inputs.reads), False
    # An error says more than what it left undone.
    if fault and ended.status != "failed":
        return Ended.failed(fault, inputs.reads), False
    return ended, not (fault or _has_grown(before))


def _answer(order: Mapping[str, Any], ended: Ended, is_fit: bool) -> bytes:
    """The end of a run for whoever ordered it; one that cannot be sent is a failure."""
    about = {"number": order["number"], "is_fit": is_fit, "log": _log() if ended.status == "failed" else ""}
    try:
        answer = packed({**about, "answer": ended_out(ended)})
        fault = f"returned {len(answer) / 1024**2:,.0f} MiB: a curve is a picture, some thousand points are enough"
    except MemoryError:
        answer, fault = b"", order["out_of_memory"]
    except Exception as error:
        answer, fault = b"", f"returned what cannot be kept: {raised_words(error)}"
    if 0 < len(answer) <= LARGEST_ANSWER:
        return answer
    reads = dict(islice(ended.reads.items(), MOST_READS))
    return packed({**about, "answer": ended_out(Ended.failed(fault, reads))})


def _log() -> str:
    """The end of what was written to standard error: the traceback, for the log."""
    with suppress(OSError):
        start = max(os.fstat(2).st_size - LAST_WORDS_BYTES, 0)
        return os.pread(2, LAST_WORDS_BYTES, start).decode(errors="replace")
    return ""


def _printed() -> str:
    """What was written to standard output, as a fault; empty if nothing was."""
    if sys.__stdout__:
        sys.__stdout__.flush()
    os.fstat(2)
    if not os.fstat(1).st_size:
        return ""
    with Path(PRINTED).open("rb") as opened:
        first = opened.read(SHOWN).decode(errors="replace").strip()
    return f"printed to standard output (‘{first}’): return a Message for a remark, or use logging"


def _left_behind(before: frozenset[str]) -> str:
    """A file that was not here, as a fault; empty if there is none."""
    new = sorted(set(os.listdir()) - before)
    return f"left the file ‘{new[0]}’ behind: return a Curve or a Message, or remove it" if new else ""


def _has_grown(before: Before) -> bool:
    """Whether the runs so far left so much in memory that a later one might find too little."""
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    room = limit - before.addresses
    return limit != resource.RLIM_INFINITY and addresses_in_use() - before.addresses > room / GROWN
