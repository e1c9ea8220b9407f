"""Who belongs to whom among processes, so that none outlives what started it; on systems other than Linux this does
nothing."""

import ctypes
import os
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


def die_with_parent() -> None:
    """Have this process killed when its parent ends, and whatever it leaves behind be its parent's to find."""
    parent = os.getppid()
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    adopt_orphans()
    # The parent may have ended before it was asked for.
    if os.getppid() != parent:
        os._exit(1)


def adopt_orphans() -> None:
    """Become the parent of every process further down whose own parent ended."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def children_of_this_process() -> list[int]:
    """Those that are there now, as far as the system says."""
    listed = Path(f"/proc/self/task/{os.getpid()}/children")
    return [int(pid) for pid in listed.read_text().split()] if listed.is_file() else []


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
