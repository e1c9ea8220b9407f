"""Peak memory of this process and of the file-reading child processes during a task."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

KIB = 1024
POLL_SECONDS = 0.001


@dataclass
class Peaks:
    """Peak resident memory of each process above its initial value [bytes]."""

    own: int = 0
    reading: int = 0
    _before: dict[int, int] = field(default_factory=dict)

    def update(self, pid: int) -> None:
        """Record the peak of a reading child; it only grows, so repeated calls miss nothing."""
        status = _status(pid)
        if status:
            before = self._before.setdefault(pid, status["VmRSS"])
            self.reading = max(self.reading, status["VmHWM"] - before)


def peaks(task: Callable[[], object]) -> Peaks:
    """Run a task and return the peaks.

    The memory of a child in its first millisecond is shared with its parent.
    """
    Path("/proc/self/clear_refs").write_text("5")
    before, peaks_seen, done = _status("self")["VmRSS"], Peaks(), threading.Event()
    known = _descendants()

    def watch() -> None:
        while not done.is_set():
            for pid in _descendants() - known:
                peaks_seen.update(pid)
            time.sleep(POLL_SECONDS)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        task()
    finally:
        done.set()
        watcher.join()
    peaks_seen.own = _status("self")["VmHWM"] - before
    return peaks_seen


def _descendants(pid: int | str = "self") -> set[int]:
    """Return all descendants of a process."""
    descendants: set[int] = set()
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            own = {int(word) for word in children.read_text().split()}
        except OSError:
            # The thread has ended meanwhile.
            continue
        descendants |= own.union(*(_descendants(child) for child in own)) if own else set()
    return descendants


def _status(pid: int | str) -> dict[str, int]:
    """Return current and peak resident memory [bytes], empty if the process has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return {}
    entries = (line.split() for line in lines if line.startswith(("VmRSS", "VmHWM")))
    return {name.rstrip(":"): int(size) * KIB for name, size, _ in entries}
