"""The peak of memory while something runs, of this process and of the children of the one that reads files."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

KIB = 1024
EVERY_SECONDS = 0.001


@dataclass
class Peaks:
    """Highest resident memory above what each process had before [bytes]."""

    own: int = 0
    reading: int = 0
    _before: dict[int, int] = field(default_factory=dict)

    def see(self, pid: int) -> None:
        """Look at a child that reads. Its highest memory only grows, so that a look too early misses nothing."""
        status = _status(pid)
        if status:
            before = self._before.setdefault(pid, status["VmRSS"])
            self.reading = max(self.reading, status["VmHWM"] - before)


def peaks(task: Callable[[], object]) -> Peaks:
    """Run a task and return the peaks.

    What a child has at its first millisecond is what it shares with the process it was forked from.
    """
    Path("/proc/self/clear_refs").write_text("5")
    before, found, done = _status("self")["VmRSS"], Peaks(), threading.Event()
    known = _descendants()

    def watch() -> None:
        while not done.is_set():
            for pid in _descendants() - known:
                found.see(pid)
            time.sleep(EVERY_SECONDS)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        task()
    finally:
        done.set()
        watcher.join()
    found.own = _status("self")["VmHWM"] - before
    return found


def _descendants(pid: int | str = "self") -> set[int]:
    """Children, and theirs."""
    found: set[int] = set()
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            own = {int(word) for word in children.read_text().split()}
        except OSError:
            # The thread ended since it was listed.
            continue
        found |= own.union(*(_descendants(child) for child in own)) if own else set()
    return found


def _status(pid: int | str) -> dict[str, int]:
    """Resident memory and its highest [bytes], empty if the process is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return {}
    entries = (line.split() for line in lines if line.startswith(("VmRSS", "VmHWM")))
    return {name.rstrip(":"): int(size) * KIB for name, size, _ in entries}
