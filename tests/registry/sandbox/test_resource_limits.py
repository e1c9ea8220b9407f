"""Limits apply to the child only; memory beyond the limit raises MemoryError there."""

import os
import resource
from collections.abc import Callable

import pytest

from registry.sandbox.resource_limits import (
    address_space_in_use,
    in_gib,
    limit_analysis_runner,
    limit_file_reader,
    limit_memory,
)

MIB = 1024**2


def in_child(work: Callable[[], int]) -> int:
    """Run a function in a forked child and return its exit code."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = work()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@pytest.mark.parametrize(
    "limit",
    [
        lambda: limit_memory(64 * MIB),
        lambda: limit_analysis_runner(64 * MIB),
        lambda: limit_file_reader(address_space_in_use() + 64 * MIB, 60.0),
    ],
    ids=["memory", "analysis runner", "file reader"],
)
def test_allocation_beyond_the_limit_raises(limit: Callable[[], None]) -> None:
    def work() -> int:
        limit()
        small = bytearray(8 * MIB)
        try:
            bytearray(256 * MIB)
        except MemoryError:
            return 3 if small else 1
        return 0

    before = resource.getrlimit(resource.RLIMIT_AS)
    assert in_child(work) == 3
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_limit_is_printed_in_gib() -> None:
    assert (in_gib(4 * 1024**3), in_gib(512 * MIB)) == ("4 GiB", "0.5 GiB")
