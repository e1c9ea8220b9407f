"""The child side of runs: takes orders one by one, runs each within a time limit, and replies.

A run that exceeds the memory limit raises MemoryError and fails; the process is then not reused.
"""

import faulthandler
import os
import resource
import signal
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

from registry.contract.analysis import Analysis
from registry.contract.inputs import Inputs
from registry.contract.outcome import Message
from registry.sandbox import framing
from registry.sandbox.columns import load_data
from registry.sandbox.executor import execute
from registry.sandbox.plugin_errors import error_summary
from registry.sandbox.plugin_set import SandboxPlugins
from registry.sandbox.process_tree import list_children
from registry.sandbox.resource_limits import address_space_in_use
from registry.sandbox.run_result import RunResult
from registry.sandbox.serialization import dump_result, load_facts, load_message, to_json_bytes

LARGEST_ORDER = 1024**3
MAX_REPLY_BYTES = 32 * 1024**2
READY = "ready"
"""The first message of a child; the time limit of runs applies only afterwards."""
CONNECTION_CLOSED = 4
"""Exit code of a child that could not reply because the analysis closed its connection."""
MOST_READS = 10_000
LARGEST_SHARE = 1 / 4
"""A child that uses more than this share of its memory after a run is not reused."""
LOG_BYTES = 4096


def serve_runs(connection: socket.socket, plugins: SandboxPlugins) -> None:
    """Run orders until the other end is closed."""
    faulthandler.enable()
    pid, initial_address_space = os.getpid(), address_space_in_use()
    framing.send(connection, to_json_bytes(READY))
    while True:
        try:
            order = framing.receive(connection, LARGEST_ORDER)
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_REAL, order["seconds"])
        if (analysis := plugins.analyses.get(order["analysis"])) is None:
            result, is_reusable = RunResult.failed(_not_loaded()), True
        else:
            result, is_reusable = _run(order, analysis, initial_address_space)
        result = replace(result, source_hash=plugins.source_hash(order["analysis"]))
        is_reusable = is_reusable and not _left_something_running()
        answer = _answer(order, result, is_reusable)
        signal.setitimer(signal.ITIMER_REAL, 0)
        # A process forked by the analysis must not reply as well.
        if os.getpid() != pid:
            os._exit(1)
        try:
            framing.send(connection, answer)
        except EOFError:
            os._exit(CONNECTION_CLOSED)
        if not is_reusable:
            return
        # Each run starts with an empty log.
        with suppress(OSError):
            os.ftruncate(2, 0)


def _not_loaded() -> Message:
    return Message(
        "analysis-not-loaded",
        "is not loaded in the process it would run in: check that its plugin registers the same analyses in every "
        "process, then restart Cellar",
        level="warning",
    )


def _run(order: Mapping[str, Any], analysis: Analysis, address_space: int) -> tuple[RunResult, bool]:
    """Run an order; return the result and whether this process can be reused."""
    paths = order["datasets"]
    inputs = Inputs(
        load_facts(order["facts"]),
        partial(load_data, paths.get("", "")),
        order["parameters"],
        depends_on=tuple(analysis.depends_on),
        columns_of={refcode: partial(load_data, path) for refcode, path in paths.items()},
    )
    try:
        return execute(analysis, inputs), not _holds_much_memory(address_space)
    except MemoryError:
        return RunResult.failed(load_message(order["out_of_memory"]), inputs.reads), False


def _answer(order: Mapping[str, Any], result: RunResult, is_reusable: bool) -> bytes:
    """Serialize the result; one that cannot be sent becomes a failed run."""
    log = _log() if result.status == "failed" else ""
    envelope = {"number": order["number"], "is_reusable": is_reusable, "log": log}
    try:
        answer = to_json_bytes({**envelope, "result": dump_result(result)})
        failure = Message(
            "result-too-large",
            "returned {mebibytes:,.0f} MiB, more than can be stored: return curves of fewer points",
            level="warning",
            mebibytes=len(answer) / 1024**2,
        )
    except MemoryError:
        answer, failure = b"", load_message(order["out_of_memory"])
    except Exception as error:
        answer, failure = (
            b"",
            Message(
                "result-not-storable",
                "returned a result that cannot be stored: {error}",
                level="warning",
                error=error_summary(error),
            ),
        )
    if 0 < len(answer) <= MAX_REPLY_BYTES:
        return answer
    failed = RunResult.failed(failure, dict(islice(result.reads.items(), MOST_READS)))
    return to_json_bytes({**envelope, "result": dump_result(replace(failed, source_hash=result.source_hash))})


def _log() -> str:
    """The end of the output, which contains the traceback."""
    with suppress(OSError):
        start = max(os.fstat(2).st_size - LOG_BYTES, 0)
        return os.pread(2, LOG_BYTES, start).decode(errors="replace")
    return ""


def _left_something_running() -> bool:
    """Whether the run left a thread or a process, which ends with this process."""
    return threading.active_count() > 1 or bool(list_children())


def _holds_much_memory(initial_address_space: int) -> bool:
    """Whether earlier runs use so much memory that a later one might run out."""
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    held = address_space_in_use() - initial_address_space
    return limit != resource.RLIM_INFINITY and held > (limit - initial_address_space) * LARGEST_SHARE
