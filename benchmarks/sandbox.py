"""Cost of running an analysis in a sandbox process: the first run of a batch, which is forked, and later ones."""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import django

from benchmarks.report import Bounded, Section

ROUNDS = 40
LATER_RUNS = 50
ANALYSIS = "energy-density"
TEXT = (
    "One run of the analysis `energy-density` on the example inputs, compared with a call of the same function in "
    "this process. A batch forks a process for each plugin: the first run includes the fork, later runs only the "
    "messages. The fork server is already running; the last row includes its start."
)


def measure() -> Section:
    """Time a call in process, the first and later runs of a batch, and the very first run."""
    django.setup()
    import pyarrow
    import pyarrow.parquet

    from registry import plugin_loading
    from registry.sandbox.executor import execute
    from registry.services.runs.analysis import analysis_batch
    from registry.testing import example_inputs

    analysis = plugin_loading.current().analyses[ANALYSIS]
    inputs = example_inputs("cycling").for_analysis(analysis)
    with tempfile.TemporaryDirectory() as scratch:
        path = str(Path(scratch) / "columns.parquet")
        pyarrow.parquet.write_table(pyarrow.table(dict(inputs.columns)), path)

        def first_run() -> None:
            with analysis_batch() as batch:
                assert batch.run(analysis, inputs.facts, inputs.parameters, {"": path}).status == "done"

        starting = seconds_of(first_run)
        first, call = [], []
        for _ in range(ROUNDS):
            first.append(seconds_of(first_run))
            call.append(seconds_of(lambda: execute(analysis, inputs)))
        with analysis_batch() as batch:
            batch.run(analysis, inputs.facts, inputs.parameters, {"": path})
            later = [
                seconds_of(lambda: batch.run(analysis, inputs.facts, inputs.parameters, {"": path}))
                for _ in range(LATER_RUNS)
            ]
    in_process = statistics.median(call)
    times = {
        "First run of a batch, in a new fork": statistics.median(first),
        "Later run of the batch": statistics.median(later),
        "Very first run, which starts the fork server": starting,
    }
    rows = [
        Bounded(
            task, "one run", "a call in process", taken / in_process, None,
            f"{1e3 * taken:.2f} ms against {1e3 * in_process:.2f} ms",
        )
        for task, taken in times.items()
    ]  # fmt: skip
    return Section("Runs in sandbox processes", TEXT, rows)


def seconds_of(task: Callable[[], object]) -> float:
    """Return the seconds of a call."""
    began = time.perf_counter()
    task()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.stdout.write(measure().text_block())
