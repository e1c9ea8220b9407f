"""What of a process a plugin must leave as it found it, because whatever runs there next relies on it."""

import _thread
import decimal
import gc
import locale
import logging
import os
import resource
import signal
import sys
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

SIGNALS = (
    signal.SIGALRM, signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGSEGV,
    signal.SIGFPE, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGXCPU, signal.SIGXFSZ, signal.SIGUSR1,
    signal.SIGUSR2, signal.SIGPROF, signal.SIGVTALRM,
)  # fmt: skip
SHOWN = 80
"""So much of what was printed is told."""
LIMITS = (resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE, resource.RLIMIT_CPU)
LIBRARIES_CHANGE = ("environment", "filters")
"""What importing a library may change as well; it does no harm."""
MENDS: Mapping[str, str] = {
    "directory": "changed the working directory: give open() a whole path instead",
    "numpy_errors": "changed how NumPy treats errors for all that runs after it: use `with numpy.errstate(...)`",
    "threads": "left a thread running: join it before returning",
    "children": "left a process running: wait for its end before returning",
    "filters": "changed how warnings are treated: use `with warnings.catch_warnings()`",
    "numpy_call": "changed what NumPy calls at errors: use `with numpy.errstate(call=...)`",
    "printing": "changed how NumPy prints: use `with numpy.printoptions(...)`",
    "decimals": "changed how Decimal computes: use `with decimal.localcontext()`",
    "is_collecting": "switched the garbage collector off: leave it alone",
    "tracing": "left a trace or profile function set: take it away with sys.settrace(None) before returning",
    "is_blocking": "made a module impossible to import: leave sys.modules alone",
    "umask": "changed the umask: give the one file its mode with os.chmod()",
    "handlers": "changed how signals are handled: leave them alone, by one of them it is stopped in time",
    "limits": "changed the limits of its process: leave them alone",
    "recursion": "changed the recursion limit: write the recursion as a loop",
    "path": "changed sys.path, by which others import: let modules that belong together be a package",
    "locale": "changed the locale, in which numbers are read and written: format the one number instead",
    "logs": "changed how logs are written: use `logging.getLogger(__name__)` and set nothing up",
    "streams": "replaced sys.stdout or sys.stderr: use logging",
}


@dataclass(frozen=True)
class Surroundings:
    """The state of this process."""

    environment: Mapping[str, str]
    directory: str
    numpy_errors: Mapping[str, Any]
    threads: int
    children: bool
    filters: tuple[Any, ...]
    umask: int
    handlers: tuple[Any, ...]
    limits: tuple[Any, ...]
    recursion: int
    path: tuple[str, ...]
    locale: str
    logs: tuple[Any, ...]
    streams: tuple[Any, ...]
    numpy_call: Any
    printing: Mapping[str, Any]
    decimals: tuple[Any, ...]
    is_collecting: bool
    tracing: tuple[Any, ...]
    is_blocking: bool

    @classmethod
    def now(cls) -> "Surroundings":
        umask = os.umask(0o077)
        os.umask(umask)
        return cls(
            environment=dict(os.environ),
            directory=_directory(),
            numpy_errors=np.geterr(),
            threads=_thread._count(),
            children=_has_children(),
            filters=tuple(warnings.filters),
            umask=umask,
            handlers=(*map(signal.getsignal, SIGNALS), signal.pthread_sigmask(signal.SIG_BLOCK, [])),
            limits=tuple(resource.getrlimit(kind) for kind in LIMITS),
            recursion=sys.getrecursionlimit(),
            path=tuple(sys.path),
            locale=locale.setlocale(locale.LC_ALL),
            logs=(*logging.root.handlers, logging.root.level, logging.root.manager.disable),
            streams=(sys.stdout, sys.stderr),
            numpy_call=np.geterrcall(),
            printing=np.get_printoptions(),
            decimals=_decimals(decimal.getcontext()),
            is_collecting=gc.isenabled(),
            tracing=(sys.gettrace(), sys.getprofile()),
            is_blocking=None in tuple(sys.modules.values()),
        )

    def changed(self, before: "Surroundings", besides: Iterable[str] = ()) -> str:
        """What is not as it was, and the mend; empty if all is, `besides` what may be another."""
        if self.environment != before.environment and "environment" not in besides:
            names = sorted(name for name, _ in self.environment.items() ^ before.environment.items())
            return f"changed the environment variable {names[0]}: declare a parameter instead"
        for one in fields(self):
            now, then = getattr(self, one.name), getattr(before, one.name)
            # A thread that was there already may have ended.
            if now != then and one.name not in (*besides, "environment") and (one.name != "threads" or now > then):
                return MENDS[one.name]
        return ""

    def put_back(self) -> None:
        """Undo what importing a library may change."""
        warnings.filters = [*self.filters]
        # At its end Python decides anew which filter a warning meets.
        with warnings.catch_warnings():
            pass
        if os.environ != self.environment:
            os.environ.clear()
            os.environ.update(self.environment)


def _decimals(context: decimal.Context) -> tuple[Any, ...]:
    """How it computes, without what it remembers of having computed."""
    traps = tuple(context.traps.values())
    return context.prec, context.rounding, context.Emin, context.Emax, context.capitals, context.clamp, traps


def _directory() -> str:
    try:
        return os.getcwd()
    except FileNotFoundError:
        return ""


def _has_children() -> bool:
    """Whether a process this one started is there still, running or not waited for."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def addresses_in_use() -> int:
    """Bytes of addresses in use, libraries for the most part; 0 where the system does not say."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[0]) * resource.getpagesize() if statm.is_file() else 0
