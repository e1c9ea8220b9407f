"""Analyses in sandbox processes: a harmful analysis fails and does not affect other plugins or batches.

The analyses are those of tests/data/plugins/fails_when_run.py and harms_when_run.py, each with a sound one after it.
"""

import shutil
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from analyses.uncertainty import Estimate
from registry import plugin_loading
from registry.hookspecs import Fact
from registry.models import AnalysisRun, TargetKey, Value
from registry.sandbox import analysis_runner, server_process
from registry.sandbox.analysis_runner import AnalysisBatch
from registry.sandbox.run_result import RunResult
from registry.sandbox.server_process import ServerProcess
from registry.selectors.analysis_inputs.due import Job
from registry.services.runs.analysis import analysis_batch, run_jobs
from registry.services.runs.queue import do_due_runs, queue_jobs
from tests import factories

PLUGINS = Path(__file__).parent.parent.parent / "data" / "plugins"
SOUND = "doubled-thickness"
PELLET: dict[str, Fact] = {
    "layers.count": 1,
    "layers.1.role": "sample",
    "layers.1.name": "LPSCl",
    "layers.1.thickness_um": Estimate.exact(600.0),
}
FAILURES = {
    "raises": "ZeroDivisionError: division by zero (fails_when_run.py:",
    "exits": "SystemExit: no licence found (fails_when_run.py:",
    "raises-without-words": "UnspeakableError: its text cannot be read (harms_when_run.py:",
    "refuses-without-words": "missing 1 required positional argument: 'code' (harms_when_run.py:",
    "raises-in-tongues": "ValueError: a�b�c (harms_when_run.py:",
    "raises-at-length": "ValueError: no convergence; no convergence;",
    "returns-nothing": "run() returned a NoneType: the contract requires Outcome",
    "returns-numbers": "values[0] is a float: the contract requires Result",
    "gives-one-value-alone": "returned an Outcome whose `values` is a Result: write `values=(...,)`",
    "gives-a-bare-number": "the estimate of resistance_ohm is a float: the contract requires Estimate",
    "gives-nan": "an estimate must be finite, got nan",
    "gives-too-much": "returned resistance_ohm = 1e+305, too large to store: check the unit",
    "gives-a-negative-resistance": "returned resistance_ohm = -3: resistance must be above 0 Ω. Raise Refused if the",
    "gives-what-it-does-not-declare": "which is not declared in `outputs`: add it there, or do not return it",
    "gives-a-quantity-twice": "returned resistance_ohm twice: return each quantity once",
    "speaks-in-strings": "messages[0] is a str: the contract requires Message",
    "notes-a-function": "the note of resistance_ohm is a function: use text",
    "notes-a-novel": "the note of resistance_ohm has 720 characters: at most 300 can be stored",
    "draws-a-lopsided-curve": "x and y of the series ‘data’ of the curve ‘fit’ differ in shape",
    "draws-words": "x of the series ‘data’ of the curve ‘fit’ is not an array of real numbers: use floats",
    "draws-complex-numbers": "is not an array of real numbers: use floats",
    "labels-with-an-object": "the label of the x axis of the curve ‘fit’ is a object: use text",
    "returns-too-many-points": "have the shape (1000001,): return one-dimensional arrays of at most 1,000,000 points",
    "returns-too-much": "returned 37 MiB, more than can be stored: return curves of fewer points",
    "reads-what-it-does-not-use": "is not listed in `depends_on`",
    "reads-a-parameter-there-is-not": "the parameter ‘window’ is not declared",
    "ends-the-process": "ended the process it ran in (exit code 0): return an Outcome, or raise Refused",
    "crashes": "crashed (SIGSEGV) at harms_when_run.py:",
    "calls-itself": "check compiled libraries and infinite recursion",
    "kills-itself": "was killed (SIGKILL) on both attempts: check that it kills no processes",
    "kills-its-parent": "the process it ran in was lost on both attempts: check that it kills no processes",
    "kills-its-parent-and-returns": "the process it ran in was lost on both attempts: check that it kills no processes",
    "kills-its-parent-and-refuses": "the process it ran in was lost on both attempts: check that it kills no processes",
    "kills-the-group-of-its-parent": "the process it ran in was lost on both attempts",
    "kills-its-own-group": "was killed (SIGKILL) on both attempts: check that it kills no processes",
    "stops-its-parent": "the process it ran in was lost on both attempts",
    "loops": "was stopped after 2 s: check that it ends on these data, or raise RUN_SECONDS",
    "loops-deaf": "was stopped after 2 s: check that it ends on these data, or raise RUN_SECONDS",
    "takes-ten-gigabytes": "ran out of memory (limit 1 GiB): process the data in parts, or raise RUN_MEMORY_BYTES",
    "floods-standard-error": "OSError: [Errno 27] File too large (harms_when_run.py:",
    "closes-everything": "close only file descriptors it opened itself",
    "speaks-to-the-registry": "use only file descriptors it opened itself",
}
CHANGES = (
    "lifts-the-recursion-limit", "prints", "prints-past-python", "changes-directory", "changes-numpy-errors",
    "changes-environment", "changes-a-filter-of-warnings", "stops-the-collector", "traces", "blocks-an-import",
    "changes-signals", "changes-logging", "changes-the-techniques", "replaces-numpy", "replaces-scipy",
    "changes-a-constant", "changes-a-table-within", "swaps-a-module", "replaces-json", "replaces-the-contract",
    "leaves-a-thread", "leaves-a-process", "leaves-a-daemon", "leaves-a-file", "answers-twice",
    "closes-standard-output",
)  # fmt: skip
"""Analyses that change their process and still succeed."""


@pytest.fixture(scope="module")
def _loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Load the harmful and the sound analyses, with small limits."""
    directory = tmp_path_factory.mktemp("plugins")
    for name in ("fails_when_run", "harms_when_run", "remembers_runs", "sound"):
        shutil.copy(PLUGINS / f"{name}.py", directory)
    limits = {"RUN_SECONDS": 2, "RUN_MEMORY_BYTES": 1024**3}
    with override_settings(REGISTRY_BUILTIN_PLUGINS="", REGISTRY_PLUGINS_DIR=str(directory), **limits):
        plugin_loading.load()
        yield
    plugin_loading.load()


@pytest.fixture(scope="module")
def runs_by_name(
    _loaded: None, django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[dict[str, AnalysisRun]]:
    """One batch: each harmful analysis on a separate measurement, followed by the sound one.

    Harmful runs are keyed by analysis name, the sound runs after them by `NAME, then sound`.
    """
    analyses = plugin_loading.current().analyses
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        pellet = factories.make_pellet(factories.make_project())
        jobs = []
        for name in (*FAILURES, *CHANGES):
            measurement = factories.make_measurement(pellet, technique="eis", label=name)
            jobs += [Job(TargetKey(pellet.pk, measurement.pk), analyses[key], "requested", {}) for key in (name, SOUND)]
        runs = run_jobs(jobs, by=None, with_downstream=False)
        yield {run.analysis if run.analysis != SOUND else f"{run.measurement.label}, then sound": run for run in runs}
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_names_its_correction(runs_by_name: dict[str, AnalysisRun], name: str, db: None) -> None:
    run = runs_by_name[name]
    assert run.status == "failed"
    assert FAILURES[name] in run.messages[0]["text"]
    assert not run.values.exists()


@pytest.mark.parametrize("name", [*FAILURES, *CHANGES])
def test_other_plugins_are_not_affected(runs_by_name: dict[str, AnalysisRun], name: str, db: None) -> None:
    run = runs_by_name[f"{name}, then sound"]
    assert run.status == "done"
    assert [value.magnitude for value in run.values.all()] == [1200.0]
    assert run.inputs_hash == runs_by_name["raises, then sound"].inputs_hash


@pytest.mark.usefixtures("_loaded")
def test_every_harmful_analysis_is_tried() -> None:
    plugins = plugin_loading.current()
    files = ("fails_when_run", "harms_when_run")
    harmful = {name for name in plugins.analyses if plugins.plugin_of("analysis", name) in files}
    assert harmful == {*FAILURES, *CHANGES}


def run_in(batch: AnalysisBatch, name: str) -> RunResult:
    analysis = plugin_loading.current().analyses[name]
    parameters = {parameter.name: parameter.default for parameter in analysis.parameters}
    return batch.run(analysis, PELLET, parameters)


def run_alone(name: str) -> RunResult:
    with analysis_batch() as batch:
        return run_in(batch, name)


def counted(result: RunResult) -> float:
    return result.values["resistance_ohm"].magnitude


@pytest.mark.usefixtures("_loaded")
@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_the_process_does_not_reach_a_later_batch(name: str) -> None:
    assert run_alone(name).status == "done"
    assert counted(run_alone("reports-changes")) == 1.0


@pytest.mark.usefixtures("_loaded")
def test_within_a_batch_a_plugin_sees_its_earlier_runs_and_in_the_next_it_does_not() -> None:
    """State that persists within a batch is checked by the conformance kit."""
    for _ in range(2):
        with analysis_batch() as batch:
            assert [counted(run_in(batch, "counts-its-runs")) for _ in range(3)] == [1.0, 2.0, 3.0]


@pytest.mark.usefixtures("_loaded")
def test_killing_the_fork_server_fails_no_other_run() -> None:
    with ThreadPoolExecutor(4) as pool:
        killing = pool.submit(run_alone, "kills-its-parent")
        others = [pool.submit(run_alone, SOUND) for _ in range(60)]
        assert killing.result().status == "failed"
        assert {other.result().status for other in others} == {"done"}
        assert {other.result().outcome.values[0].estimate.magnitude for other in others} == {1200.0}


@pytest.mark.usefixtures("_loaded")
@pytest.mark.parametrize("name", ["kills-its-parent-from-a-thread", "kills-its-parent-from-a-process"])
def test_an_attempt_that_kills_the_fork_server_after_its_reply_gives_no_result(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run is repeated on a server of its own, and is done only if that survives."""
    repeated: list[ServerProcess] = []

    def start_server(*arguments: Any) -> ServerProcess:
        repeated.append(server_process.start_server(*arguments))
        return repeated[-1]

    monkeypatch.setattr(analysis_runner, "start_server", start_server)
    for _ in range(5):
        run_alone(SOUND)
        (server,) = server_process._servers
        repeated.clear()
        result = run_alone(name)
        assert bool(repeated) == (server.process.poll() is not None)
        survived = [own.process.returncode == 0 for own in repeated]
        assert result.status == ("done" if all(survived) else "failed")


@pytest.mark.usefixtures("_loaded")
def test_no_process_outlives_the_batch_that_started_it() -> None:
    for name in ("leaves-a-process", "leaves-a-daemon", "kills-its-parent"):
        run_alone(name)
    deadline = time.monotonic() + 5
    while (is_left := _is_running(b"sleep\x0061.8")) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_left


def _is_running(command: bytes) -> bool:
    commands = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            commands.append(path.read_bytes())
    return any(command in line for line in commands)


@pytest.mark.usefixtures("_loaded")
def test_no_process_runs_the_analyses_of_two_plugins() -> None:
    with analysis_batch() as batch:
        for name in (SOUND, "returns-nothing", SOUND, "notes-a-novel"):
            run_in(batch, name)
        assert set(batch._workers) == {"fails_when_run", "harms_when_run", "sound"}
        assert len({worker.connection for worker in batch._workers.values()}) == 3
    assert batch._workers == {}


@pytest.mark.usefixtures("_loaded")
def test_a_batch_keeps_few_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis_runner, "MOST_WORKERS", 2)
    with analysis_batch() as batch:
        for name in (SOUND, "returns-nothing", SOUND, "notes-a-novel"):
            run_in(batch, name)
        assert list(batch._workers) == ["sound", "harms_when_run"]


@pytest.mark.usefixtures("_loaded")
def test_a_worker_killed_between_runs_does_not_fail_the_next_run() -> None:
    with analysis_batch() as batch:
        run_in(batch, SOUND)
        for worker in batch._workers.values():
            worker.report.shutdown(socket.SHUT_RDWR)
        assert run_in(batch, SOUND).status == "done"


@pytest.mark.usefixtures("_loaded")
def test_failed_run_keeps_its_inputs_and_refusal_is_not_a_failure() -> None:
    assert set(run_alone("reads-what-it-does-not-use").reads) == set()
    refused = run_alone("pressure-above-ambient")
    assert (refused.status, [message.code for message in refused.messages]) == ("refused", ["missing-stack-pressure"])
    assert refused.reads == {"measurement.stack_pressure_mpa": None}


@pytest.mark.usefixtures("_loaded")
def test_a_queue_continues_after_each_failure(db: None) -> None:
    pellet = factories.make_pellet(factories.make_project())
    analyses = plugin_loading.current().analyses
    names = ["crashes", SOUND, "returns-nothing", "replaces-numpy"]
    measurement = factories.make_measurement(pellet, technique="eis")
    queue_jobs([Job(TargetKey(pellet.pk, measurement.pk), analyses[name], "requested", {}) for name in names], by=None)
    assert do_due_runs() == len(names)
    statuses = dict(measurement.runs.values_list("analysis", "status"))
    assert statuses == {"crashes": "failed", "returns-nothing": "failed", "replaces-numpy": "done", SOUND: "done"}
    assert Value.objects.get(measurement=measurement, run__analysis=SOUND).magnitude == 1200.0


@pytest.mark.usefixtures("_loaded")
def test_run_jobs_and_each_worker_claim_are_separate_batches(db: None) -> None:
    pellet = factories.make_pellet(factories.make_project())
    analysis = plugin_loading.current().analyses["counts-its-runs"]
    measurements = [factories.make_measurement(pellet, technique="eis", label=label) for label in "ab"]
    jobs = [Job(TargetKey(pellet.pk, measurement.pk), analysis, "requested", {}) for measurement in measurements]
    for _ in range(2):
        runs = run_jobs(jobs, by=None, with_downstream=False)
        assert [run.values.get().magnitude for run in runs] == [1.0, 2.0]
    queue_jobs(jobs, by=None)
    assert do_due_runs() == 2
    assert {value.magnitude for value in Value.objects.filter(cell=pellet, is_latest=True)} == {1.0}
