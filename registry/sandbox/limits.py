"""Limits of memory, time and file size on sandbox processes, and what happens when one is exceeded.

Out of memory: the address space of each child is limited, so an allocation beyond the limit raises MemoryError there.
A child that reads a file ends with exit code OUT_OF_MEMORY, and the file is refused in words (`file_reader`). A child
that runs an analysis returns a failed run and is not used again (`analysis_runner_child`). The server and the other
children are not affected.

Out of time: a timer kills the child (SIGALRM); where that does not help, the parent side kills it.
"""

import math
import os
import resource
from pathlib import Path

OUT_OF_MEMORY = 3
"""Exit code of a child that needed more memory than it may use."""
LARGEST_FILE = 64 * 1024**2
"""An analysis writes none to keep; this bounds its scratch files and its log."""


def limit_file_reader(memory_bytes: int, seconds: float) -> None:
    """Limit this process as one that reads a file; the columns it writes may take as much as its memory."""
    _limit(memory_bytes, memory_bytes)
    if seconds < math.inf:
        # Counts the time of all cores; it only bounds a child whose server was killed.
        cpu_seconds = max(int(seconds), 1) * (os.cpu_count() or 1) + 10
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))


def limit_analysis_runner(memory_bytes: int) -> None:
    """Limit this process as one that runs analyses; the libraries it has loaded already do not count."""
    _limit(memory_bytes + address_space_in_use(), LARGEST_FILE)


def limit_memory(memory_bytes: int) -> None:
    """Let this process use so much memory beyond what it uses now."""
    _limit(memory_bytes + address_space_in_use(), None)


def _limit(address_space: int, file_size: int | None) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if file_size is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))


def address_space_in_use() -> int:
    """Bytes of address space in use, libraries for the most part; 0 where the system does not say."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[0]) * resource.getpagesize() if statm.is_file() else 0


def in_gib(memory_bytes: float) -> str:
    """`4 GiB`."""
    return f"{memory_bytes / 1024**3:.3g} GiB"
