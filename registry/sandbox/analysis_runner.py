"""The parent side of runs: analyses run in sandbox processes that live for one batch.

A batch is one `with AnalysisBatch(...)` block. Each plugin gets a newly forked process that runs its analyses one by
one; all are killed at the end, so nothing a run changed affects another plugin or a later batch. A process that
crashed, hung or ran out of memory is replaced within the batch, and its run fails with the reason.
"""

import itertools
import logging
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from django.conf import settings

from registry.contract.analysis import Analysis
from registry.contract.input_dataset import Fact
from registry.contract.outcome import Message
from registry.sandbox import framing
from registry.sandbox.analysis_runner_child import CONNECTION_CLOSED, MAX_REPLY_BYTES, READY
from registry.sandbox.crash_location import crash_line, last_output
from registry.sandbox.outcome_check import check_outcome
from registry.sandbox.plugin_set import PluginSet
from registry.sandbox.resource_limits import in_gib
from registry.sandbox.run_result import STATUSES, RunResult
from registry.sandbox.serialization import dump_facts, dump_message, load_result, to_json_bytes
from registry.sandbox.server_process import (
    ChildExit,
    ServerProcess,
    ServerUnavailable,
    is_server_alive,
    start_child,
    start_server,
    stop_server,
    wait_for_exit,
)

logger = logging.getLogger(__name__)
MOST_WORKERS = 8
GRACE_SECONDS = 3
START_SECONDS = 120
SERVER_LOST = "the process it ran in was lost"
Reply = Mapping[str, Any] | Message
"""The reply of a worker, or how it ended without one."""
_numbers = itertools.count(1)


class WorkerLost(Exception):  # noqa: N818 - clear without the suffix
    """The worker process ended for a reason the analysis may not have caused; the text gives it."""

    def __init__(self, text: str, *, with_its_server: bool = False) -> None:
        super().__init__(text)
        self.with_its_server = with_its_server


@dataclass
class _Worker:
    """A sandbox process that runs the analyses of one plugin."""

    directory: Path
    connection: socket.socket
    report: socket.socket
    server: ServerProcess | None = None
    """The dedicated fork server, if there is one."""
    is_ready: bool = False
    is_reusable: bool = True

    @classmethod
    def start(cls, plugins: PluginSet, server: ServerProcess | None) -> "_Worker":
        """Fork it from the shared server or from a dedicated one."""
        own_end, other_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        directory = Path(tempfile.mkdtemp(prefix="cellar-run-"))
        options: dict[str, Any] = {"server": server, "memory_bytes": settings.RUN_MEMORY_BYTES}
        with other_end:
            try:
                report = start_child(other_end, plugins=plugins, directory=directory, **options)
            except ServerUnavailable:
                own_end.close()
                shutil.rmtree(directory)
                if server:
                    server.stop()
                raise
        return cls(directory, own_end, report, server)

    def expect_ready(self) -> None:
        """Wait until it is ready: the server may have to load the plugins first."""
        if not self.is_ready:
            deadline = time.monotonic() + START_SECONDS
            with suppress(EOFError, TimeoutError, ValueError):
                self.is_ready = framing.receive(self.connection, MAX_REPLY_BYTES, deadline) == READY
        if not self.is_ready:
            raise WorkerLost("the process to run it in did not start", with_its_server=True)

    def expect_server(self) -> None:
        """After a reply, make sure that the run, or what it left running, has not killed or stopped the server.

        A process that is not used again has ended, with everything it left, when the server reports its end.
        """
        if self.is_reusable:
            is_alive = is_server_alive(self.report, GRACE_SECONDS)
        else:
            child_exit = wait_for_exit(self.report, GRACE_SECONDS)
            is_alive = child_exit is not None and not child_exit.timed_out
        if not is_alive:
            if self.server is None:
                stop_server()
            raise WorkerLost(SERVER_LOST, with_its_server=True)

    def has_ended(self) -> bool:
        """Whether it ended between runs; an idle worker sends nothing."""
        return bool(wait([self.connection, self.report], 0))

    def stop(self) -> None:
        """Close the connections, which kills the process and its children."""
        self.connection.close()
        self.report.close()
        if self.server:
            self.server.stop()
        shutil.rmtree(self.directory, ignore_errors=True)


class AnalysisBatch:
    """Runs analyses in processes forked for this batch; not thread-safe."""

    def __init__(self, plugins: PluginSet) -> None:
        self.plugins = plugins
        self._workers: dict[str, _Worker] = {}
        """Workers by plugin, least recently used first."""

    def __enter__(self) -> "AnalysisBatch":
        return self

    def __exit__(self, *exception: object) -> None:
        while self._workers:
            self._workers.popitem()[1].stop()

    def run(
        self,
        analysis: Analysis,
        facts: Mapping[str, Fact],
        parameters: Mapping[str, Any],
        datasets: Mapping[str, str] | None = None,
    ) -> RunResult:
        """Run an analysis; whatever happens in its process becomes a status and a message.

        `datasets` are paths of parsed columns: under an empty name for a measurement, by refcode for a cell.
        """
        order = {
            "number": next(_numbers),
            "analysis": analysis.name,
            "facts": dump_facts(facts),
            "parameters": dict(parameters),
            "datasets": dict(datasets or {}),
            "seconds": settings.RUN_SECONDS,
            "out_of_memory": dump_message(_out_of_memory()),
        }
        reply = self._ask(analysis, order)
        if isinstance(reply, Message):
            logger.warning("the analysis %s failed: %s", analysis.name, reply.text)
            return RunResult.failed(reply)
        if reply["log"]:
            logger.warning("the analysis %s failed: %s", analysis.name, reply["log"])
        return _checked_result(analysis, reply, facts)

    def _ask(self, analysis: Analysis, order: Mapping[str, Any]) -> Reply:
        """Get the reply of a worker; if the worker was lost, repeat the run once, on a dedicated server if needed."""
        plugin = self.plugins.plugin_of.get(analysis.name, "")
        lost = WorkerLost("")
        for is_retry in (False, True):
            try:
                return self._ask_worker(plugin, order, is_retry=is_retry, is_alone=is_retry and lost.with_its_server)
            except ServerUnavailable:
                return _failure("no-process", "could not be run, because its process did not start: see the log")
            except WorkerLost as error:
                lost = error
        return _failure(
            "worker-lost",
            "{lost} on both attempts: check that it kills no processes, and check the log and the available memory",
            lost=lost,
        )

    def _ask_worker(self, plugin: str, order: Mapping[str, Any], *, is_retry: bool, is_alone: bool) -> Reply:
        worker = self._workers.pop(plugin, None)
        if worker and (is_retry or worker.has_ended()):
            worker.stop()
            worker = None
        if worker is None:
            worker = _Worker.start(self.plugins, start_server(self.plugins) if is_alone else None)
        is_kept = False
        try:
            worker.expect_ready()
            reply = _exchange(worker, order)
            is_kept = worker.is_reusable and not is_alone and not worker.has_ended()
        finally:
            if not is_kept:
                worker.stop()
        if is_kept:
            self._workers[plugin] = worker
            if len(self._workers) > MOST_WORKERS:
                self._workers.pop(next(iter(self._workers))).stop()
        return reply


def _checked_result(analysis: Analysis, reply: Mapping[str, Any], facts: Mapping[str, Fact]) -> RunResult:
    """Load the result of a reply and check it against the contract again on this side."""
    try:
        result = load_result(reply["result"], facts)
        check_outcome(analysis, result.outcome)
        if result.status not in STATUSES:
            raise ValueError(f"ended as {result.status!r}")
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        return RunResult.failed(_failure("invalid-result", "returned an invalid result: {error}", error=error))
    return result


def _exchange(worker: _Worker, order: Mapping[str, Any]) -> Reply:
    """Send an order and receive the reply, which also says whether the worker can be reused."""
    worker.is_reusable = False
    deadline = time.monotonic() + order["seconds"] + GRACE_SECONDS
    try:
        framing.send(worker.connection, to_json_bytes(order), deadline)
    except EOFError:
        raise WorkerLost("the process to run it in had ended before it began") from None
    try:
        reply = framing.receive(worker.connection, MAX_REPLY_BYTES, deadline)
    except TimeoutError:
        return _timed_out()
    except EOFError:
        return _describe_exit(wait_for_exit(worker.report, GRACE_SECONDS), worker.directory)
    except ValueError as error:
        return _failure(
            "wrote-to-its-connection",
            "wrote to the connection of its process ({error}): use only file descriptors it opened itself",
            error=error,
        )
    if not isinstance(reply, Mapping) or not {"result", "is_reusable", "log"} <= reply.keys():
        return _failure("invalid-reply", "sent an invalid reply: an analysis must not change the modules of Cellar")
    if reply.get("number") != order["number"]:
        raise WorkerLost("received the reply to another run")
    worker.is_reusable = reply["is_reusable"]
    worker.expect_server()
    return reply


def _describe_exit(child_exit: ChildExit | None, directory: Path) -> Message:
    """Describe how a worker ended without a reply, with the last line if known."""
    output = last_output(directory)
    if output:
        logger.warning("a process that ran an analysis printed: %s", output)
    if child_exit is None or child_exit.timed_out:
        raise WorkerLost(SERVER_LOST, with_its_server=True)
    if child_exit.code == -signal.SIGALRM:
        return _timed_out()
    if child_exit.code == -signal.SIGKILL:
        raise WorkerLost("was killed (SIGKILL)")
    if child_exit.code < 0:
        return _failure(
            "crashed",
            "crashed ({signal}){line}: check compiled libraries and infinite recursion",
            signal=signal.Signals(-child_exit.code).name,
            line=crash_line(output),
        )
    if child_exit.code == CONNECTION_CLOSED:
        return _failure(
            "closed-its-connection",
            "closed the connection of its process: close only file descriptors it opened itself",
        )
    return _failure(
        "ended-its-process",
        "ended the process it ran in (exit code {exit_code}): return an Outcome, or raise Refused",
        exit_code=child_exit.code,
    )


def _timed_out() -> Message:
    return _failure(
        "timed-out",
        "was stopped after {seconds:g} s: check that it ends on these data, or raise RUN_SECONDS",
        seconds=settings.RUN_SECONDS,
    )


def _out_of_memory() -> Message:
    return _failure(
        "out-of-memory",
        "ran out of memory (limit {limit}): process the data in parts, or raise RUN_MEMORY_BYTES",
        limit=in_gib(settings.RUN_MEMORY_BYTES),
    )


def _failure(code: str, text: str, **parameters: Any) -> Message:
    return Message(code, text, level="warning", **parameters)
