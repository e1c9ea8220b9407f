"""Runs an analysis in a process as the registry forks one for it, which loads the plugin anew."""

import os
import socket
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from registry import plugin_loading
from registry.contract.dataset_columns import IMAGE
from registry.hookspecs import Analysis, Columns, Message
from registry.numbers import catalogue
from registry.plugin_loading.loading import SANDBOX_HOOKS
from registry.plugin_loading.sources import Source
from registry.sandbox import framing
from registry.sandbox.analysis_runner_child import LARGEST_ORDER, READY, serve_runs
from registry.sandbox.columns import IMAGE_SUFFIX
from registry.sandbox.outcome_check import check_outcome
from registry.sandbox.run_result import RunResult
from registry.sandbox.serialization import dump_facts, dump_message, load_result, to_json_bytes
from registry.testing.example import Example

RUN_SECONDS = 300.0
OUT_OF_MEMORY = Message("out-of-memory", "ran out of memory", "warning")
Run = Callable[[Analysis, Example], RunResult]


@contextmanager
def sandbox(sources: Sequence[Source]) -> Iterator[Run]:
    """Fork a process that loads the sources as the registry does for runs; the function runs an analysis in it."""
    with tempfile.TemporaryDirectory(prefix="cellar-conformance-") as name:
        directory = Path(name)
        own_end, other_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with warnings.catch_warnings():
            # Python 3.12 warns of a fork next to the threads of a numerical library, which are idle.
            warnings.simplefilter("ignore")
            pid = os.fork()
        if pid == 0:
            own_end.close()
            _serve(sources, other_end, directory)
        other_end.close()
        try:
            yield lambda analysis, example: _run(analysis, example, own_end, directory)
        finally:
            own_end.close()
            os.waitpid(pid, 0)


def _serve(sources: Sequence[Source], connection: socket.socket, directory: Path) -> None:
    """In the child: load the plugins and run orders until the other end is closed."""
    code = 1
    try:
        output = os.open(directory / "output", os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        for descriptor in (1, 2):
            os.dup2(output, descriptor)
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
        catalogue.reset()
        serve_runs(connection, plugin_loading.assemble(sources, only=SANDBOX_HOOKS))
        code = 0
    finally:
        os._exit(code)


def _run(analysis: Analysis, example: Example, connection: socket.socket, directory: Path) -> RunResult:
    """Run an analysis in the child, and check the result again as the registry does."""
    example = example.for_analysis(analysis)
    order = {
        "number": 1,
        "analysis": analysis.name,
        "facts": dump_facts(example.facts),
        "parameters": example.parameters,
        "datasets": {key: _write(load(), directory) for key, load in example.data.items()},
        "seconds": RUN_SECONDS,
        "out_of_memory": dump_message(OUT_OF_MEMORY),
    }
    deadline = time.monotonic() + RUN_SECONDS
    try:
        reply: Any = READY
        with suppress(EOFError):
            framing.send(connection, to_json_bytes(order), deadline)
        while reply == READY:
            reply = framing.receive(connection, LARGEST_ORDER, deadline)
        result = load_result(reply["result"], example.facts)
        check_outcome(analysis, result.outcome)
    except EOFError:
        return RunResult.failed(Message("ended-its-process", "ended the process it ran in", "warning"))
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        return RunResult.failed(
            Message("invalid-result", "returned an invalid result: {error}", "warning", error=error)
        )
    return result


def _write(columns: Columns, directory: Path) -> str:
    """Write columns or an image as the registry stores them; return the path."""
    import pyarrow
    import pyarrow.parquet

    descriptor, path = tempfile.mkstemp(dir=directory, suffix=IMAGE_SUFFIX if IMAGE in columns else ".parquet")
    os.close(descriptor)
    if IMAGE in columns:
        np.save(path, columns[IMAGE], allow_pickle=False)
    else:
        pyarrow.parquet.write_table(pyarrow.table(dict(columns)), path)
    return path
