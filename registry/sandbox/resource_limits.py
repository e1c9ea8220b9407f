"""Limits on memory, time and file size of sandbox processes, and the consequences of exceeding them.

Out of memory: the address space of each child is limited, so an allocation beyond the limit raises MemoryError there.
A child that reads a file ends with exit code OUT_OF_MEMORY, and the file is refused (`file_reader`). A child that runs
an analysis returns a failed run and is not reused (`analysis_runner_child`). The server and other children are not
affected.

Out of time: a timer (SIGALRM) kills the child; if that fails, the parent side does.
"""

import math
import os
import resource
from pathlib import Path

OUT_OF_MEMORY = 3
"""Exit code of a child that needed more memory than it may use."""
LARGEST_FILE = 64 * 1024**2
"""Limits the temporary files and the log of an analysis."""


def limit_file_reader(memory_bytes: int, seconds: float) -> None:
    """Set the limits for reading a file; its output may be as large as its memory limit."""
    _limit(memory_bytes, memory_bytes)
    if seconds < math.inf:
        # Counts the time of all cores; it only bounds a child whose server was killed.
        cpu_seconds = max(int(seconds), 1) * (os.cpu_count() or 1) + 10
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))


def limit_analysis_runner(memory_bytes: int) -> None:
    """Set the limits for running analyses; libraries already loaded do not count."""
    _limit(memory_bytes + address_space_in_use(), LARGEST_FILE)


def limit_memory(memory_bytes: int) -> None:
    """Limit the memory this process can use in addition to its current use."""
    _limit(memory_bytes + address_space_in_use(), None)


def _limit(address_space: int, file_size: int | None) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if file_size is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))


def address_space_in_use() -> int:
    """Address space in use, mostly libraries; 0 if the system does not report it."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[0]) * resource.getpagesize() if statm.is_file() else 0


def in_gib(memory_bytes: float) -> str:
    """`4 GiB`."""
    return f"{memory_bytes / 1024**3:.3g} GiB"
