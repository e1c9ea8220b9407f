"""Parents, children and orphans among processes, so that none outlives the process that started it.

On systems other than Linux the functions here do nothing.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Container
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


def die_with_parent() -> None:
    """Have this process killed when its parent ends, and adopt the orphans it leaves, for its parent to find."""
    parent = os.getppid()
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    adopt_orphans()
    # The parent may have ended before the call above.
    if os.getppid() != parent:
        os._exit(1)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ended."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def list_children() -> list[int]:
    """Process ids of the children of this process."""
    listing = Path(f"/proc/self/task/{os.getpid()}/children")
    return [int(pid) for pid in listing.read_text().split()] if listing.is_file() else []


def kill_orphans(own: Container[int] = ()) -> None:
    """Kill children this process did not start itself: those of former children, started in other sessions."""
    for pid in list_children():
        if pid not in own:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def kill_group(pid: int) -> None:
    """Kill a child with all processes in its group."""
    with suppress(ProcessLookupError):
        try:
            os.killpg(pid, signal.SIGKILL)
        except ProcessLookupError:
            # Between its fork and its setsid a child is in the group of this process.
            os.kill(pid, signal.SIGKILL)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
