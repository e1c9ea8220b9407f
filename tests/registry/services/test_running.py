"""Analyses in processes apart: whatever one does there ends as its own failure, in words, and changes no other.

The analyses are those of tests/data/plugins/fails_when_run.py and harms_when_run.py, each beside one that is sound.
"""

import shutil
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings

from analyses.uncertainty import Estimate
from registry import plugin_manager
from registry.apart.executing import Ended
from registry.hookspecs import Fact
from registry.models import AnalysisRun, Value
from registry.selectors.analysis_inputs.due import Job
from registry.services import running
from registry.services.running import run_apart, runners_end
from registry.services.runs.analysis import run_jobs
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
FAULTS = {
    "raises": "ZeroDivisionError: division by zero (fails_when_run.py:",
    "exits": "SystemExit: no licence found (fails_when_run.py:",
    "raises-without-words": "UnspeakableError: its text cannot be read (harms_when_run.py:",
    "refuses-without-words": "Unspeakable: its text cannot be read (harms_when_run.py:",
    "raises-in-tongues": "ValueError: a�b?c (harms_when_run.py:",
    "raises-at-length": "ValueError: no convergence; no convergence;",
    "returns-nothing": "run() returned a NoneType: the contract asks for Outcome",
    "returns-numbers": "values hold a float: the contract asks for Result",
    "gives-one-value-alone": "returned an Outcome whose `values` are a Result: write `values=(...,)`",
    "gives-a-bare-number": "the estimate of resistance_ohm is a float: the contract asks for Estimate",
    "gives-nan": "an estimate must be finite, got nan",
    "gives-too-much": "gave resistance_ohm = 1e+305, too large a number to keep: is the unit right?",
    "gives-a-negative-resistance": "gave resistance_ohm = -3: resistance must be above 0 Ω. Raise Refused where",
    "gives-what-it-does-not-declare": "which is not among the quantities it declares in `outputs`: add it there, or",
    "gives-a-quantity-twice": "gave a quantity twice: one run gives each quantity once",
    "speaks-in-strings": "messages hold a str: the contract asks for Message",
    "notes-a-function": "the note of resistance_ohm is a function: give text",
    "notes-a-novel": "the note of resistance_ohm has 720 characters: 300 can be kept",
    "draws-a-lopsided-curve": "the series ‘data’ of the curve ‘fit’ has x and y of unequal length",
    "draws-words": "has x or y that are no real numbers: give arrays of floats",
    "draws-complex-numbers": "has x or y that are no real numbers: give arrays of floats",
    "labels-with-an-object": "the label of the x axis of the curve ‘fit’ is a object: give text",
    "returns-too-many-points": "of the shape (1000001,): give two rows of at most 1,000,000 points",
    "returns-too-much": "returned 37 MiB: a curve is a picture, some thousand points are enough",
    "reads-what-it-does-not-use": "without naming it in `depends_on`: add it there",
    "reads-a-parameter-there-is-not": "reads the parameter ‘window’ without declaring it in `parameters`",
    "ends-the-process": "ended the process it ran in (exit code 0): return an Outcome, or raise Refused",
    "crashes": "crashed (SIGSEGV) at harms_when_run.py:",
    "calls-itself": "is a compiled library at fault, or a recursion without an end?",
    "kills-itself": "was killed (SIGKILL), twice: does it kill processes?",
    "kills-its-parent": "the process it ran in was lost, twice: does it kill processes?",
    "loops": "was stopped after 2 s: does it end on these data? RUN_SECONDS allows more",
    "loops-deaf": "was stopped after 2 s: does it end on these data? RUN_SECONDS allows more",
    "takes-ten-gigabytes": "needed more than the 1 GiB of memory it may use: work on a part of the data at a time",
    "lifts-the-recursion-limit": "changed the recursion limit: write the recursion as a loop",
    "prints": "printed to standard output (‘R = 1.0’): return a Message for a remark, or use logging",
    "prints-past-python": "printed to standard output (‘iteration 1 of 1’)",
    "floods-standard-error": "wrote 64 MiB to standard error: a Message says it shorter",
    "changes-directory": "changed the working directory: give open() a whole path instead",
    "changes-numpy-errors": "changed how NumPy treats errors for all that runs after it: use `with numpy.errstate",
    "changes-environment": "changed the environment variable OMP_NUM_THREADS: declare a parameter instead",
    "changes-a-filter-of-warnings": "changed how warnings are treated: use `with warnings.catch_warnings()`",
    "changes-decimals": "changed how Decimal computes: use `with decimal.localcontext()`",
    "stops-the-collector": "switched the garbage collector off: leave it alone",
    "changes-how-arrays-are-printed": "changed how NumPy prints: use `with numpy.printoptions(...)`",
    "calls-at-errors-of-numpy": "changed what NumPy calls at errors: use `with numpy.errstate(call=...)`",
    "traces": "left a trace or profile function set: take it away with sys.settrace(None) before returning",
    "blocks-an-import": "made a module impossible to import: leave sys.modules alone",
    "changes-signals": "changed how signals are handled: leave them alone",
    "changes-logging": "changed how logs are written: use `logging.getLogger(__name__)`",
    "changes-the-techniques": "changed registry.hookspecs.TECHNIQUES, which others use: work on a copy",
    "replaces-numpy": "replaced numpy.mean for all that runs after it: give your own another name",
    "replaces-scipy": "replaced scipy.stats.theilslopes for all that runs after it",
    "changes-a-constant": "changed analyses.cell.geometry.UM_PER_CM, which others use: give your own another name",
    "changes-a-table-within": "changed registry.contract.reader_support.column_headers.UNITS, which others use",
    "swaps-a-module": "changed sys.modules.analyses.cycling.cycle_life, which others use",
    "replaces-json": "replaced json.dumps for all that runs after it",
    "replaces-the-contract": "replaced analyses.uncertainty.Estimate.exact for all that runs after it",
    "leaves-a-thread": "left a thread running: join it",
    "leaves-a-process": "left a process running: wait for its end",
    "leaves-a-daemon": "left a process running: wait for its end",
    "leaves-a-file": "left the file ‘fit.npy’ behind: return a Curve or a Message, or remove it",
    "answers-twice": "left a process running: wait for its end",
    "closes-everything": "leave file descriptors alone that it did not open",
    "closes-standard-output": "close what it opened itself, by `with open(...)`",
    "speaks-to-the-registry": "leave file descriptors alone that it did not open",
}


@pytest.fixture(scope="module")
def _loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The harmful analyses beside the sound ones, under small limits."""
    directory = tmp_path_factory.mktemp("plugins")
    for name in ("fails_when_run", "harms_when_run", "imports_when_run", "sound"):
        shutil.copy(PLUGINS / f"{name}.py", directory)
    limits = {"RUN_SECONDS": 2, "RUN_MEMORY_BYTES": 1024**3}
    with override_settings(REGISTRY_BUILTIN_PLUGINS="", REGISTRY_PLUGINS_DIR=str(directory), **limits):
        plugin_manager.load()
        yield
        runners_end()
    plugin_manager.load()


@pytest.fixture(scope="module")
def ran(
    _loaded: None, django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[dict[str, AnalysisRun]]:
    """All at once: each harmful analysis on a measurement of its own, the sound one on the same after it.

    By the name of the harmful one its run, and by `NAME, then sound` that of the sound one.
    """
    analyses = plugin_manager.current().analyses
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        pellet = factories.make_pellet(factories.make_project())
        jobs = []
        for name in FAULTS:
            measurement = factories.make_measurement(pellet, technique="eis", label=name)
            jobs += [Job(pellet.pk, measurement.pk, analyses[one], "asked for", {}) for one in (name, SOUND)]
        runs = run_jobs(jobs, by=None, with_downstream=False)
        yield {run.analysis if run.analysis != SOUND else f"{run.measurement.label}, then sound": run for run in runs}
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_ends_as_failed_in_words_that_name_the_mend(ran: dict[str, AnalysisRun], name: str, db: None) -> None:
    run = ran[name]
    assert run.status == "failed"
    assert FAULTS[name] in run.messages[0]["text"]
    assert not run.values.exists()


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_leaves_the_sound_result_as_it_is(ran: dict[str, AnalysisRun], name: str, db: None) -> None:
    run = ran[f"{name}, then sound"]
    assert run.status == "done"
    assert [value.magnitude for value in run.values.all()] == [1200.0]
    assert run.inputs_hash == ran["raises, then sound"].inputs_hash


@pytest.mark.usefixtures("_loaded")
def test_every_harm_there_is_is_tried() -> None:
    plugins = plugin_manager.current()
    harmful = {
        name for name in plugins.analyses if plugins.plugin_of("analysis", name) in ("fails_when_run", "harms_when_run")
    }
    assert harmful == set(FAULTS)


def apart(name: str) -> Ended:
    analysis = plugin_manager.current().analyses[name]
    parameters = {one.name: one.default for one in analysis.parameters}
    return run_apart(analysis, PELLET, parameters)


@pytest.mark.usefixtures("_loaded")
def test_what_kills_the_server_of_all_fails_none_of_those_that_run_beside_it() -> None:
    with ThreadPoolExecutor(4) as pool:
        killing = pool.submit(apart, "kills-its-parent")
        beside = [pool.submit(apart, SOUND) for _ in range(200)]
        assert killing.result().status == "failed"
        assert {one.result().status for one in beside} == {"done"}
        assert {one.result().outcome.values[0].estimate.magnitude for one in beside} == {1200.0}


@pytest.mark.usefixtures("_loaded")
def test_no_process_outlives_the_run_that_started_it() -> None:
    for name in ("leaves-a-process", "leaves-a-daemon", "kills-its-parent"):
        apart(name)
    commands = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert not any(b"sleep\x0061.8" in command for command in commands)


@pytest.mark.usefixtures("_loaded")
def test_no_process_runs_the_analyses_of_two_plugins() -> None:
    runners_end()
    for name in (SOUND, "returns-nothing", SOUND, "notes-a-novel"):
        apart(name)
    assert sorted(one.plugin for one in running._idle) == ["fails_when_run", "harms_when_run", "sound"]


@pytest.mark.usefixtures("_loaded")
def test_a_process_is_used_again_while_it_is_as_it_was() -> None:
    runners_end()
    apart(SOUND)
    (before,) = (one.talk for one in running._idle if one.plugin == "sound")
    apart(SOUND)
    assert [one.talk for one in running._idle if one.plugin == "sound"] == [before]


@pytest.mark.usefixtures("_loaded")
def test_what_the_import_of_a_library_changed_is_put_back_before_the_next_run() -> None:
    runners_end()
    for _ in range(2):
        assert apart("imports-a-library").status == "done"
        (process,) = (one.talk for one in running._idle)
        told = apart("warns")
        assert (told.status, told.values["resistance_ohm"].magnitude) == ("done", 1.0)
        assert [one.talk for one in running._idle] == [process]
        runners_end()


@pytest.mark.usefixtures("_loaded")
def test_idle_processes_are_few() -> None:
    for _ in range(running.MOST_IDLE + 3):
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(apart, [SOUND, "returns-nothing"]))
    assert len(running._idle) <= running.MOST_IDLE


@pytest.mark.usefixtures("_loaded")
def test_a_process_killed_while_it_was_idle_is_no_fault_of_the_next_run() -> None:
    apart(SOUND)
    for one in running._idle:
        one.answer.shutdown(socket.SHUT_RDWR)
    assert apart(SOUND).status == "done"


@pytest.mark.usefixtures("_loaded")
def test_a_failure_keeps_what_it_read_and_a_refusal_is_none() -> None:
    assert set(apart("reads-what-it-does-not-use").reads) == set()
    refused = apart("pressure-above-ambient")
    assert (refused.status, refused.messages[0].text) == (
        "refused",
        "needs the stack pressure: the measurement has none",
    )
    assert refused.reads == {"measurement.stack_pressure_mpa": None}


@pytest.mark.usefixtures("_loaded")
def test_a_queue_goes_on_after_each_fault(db: None) -> None:
    pellet = factories.make_pellet(factories.make_project())
    analyses = plugin_manager.current().analyses
    names = ["crashes", SOUND, "prints", "replaces-numpy"]
    measurement = factories.make_measurement(pellet, technique="eis")
    queue_jobs([Job(pellet.pk, measurement.pk, analyses[name], "asked for", {}) for name in names], by=None)
    assert do_due_runs() == len(names)
    found = dict(measurement.runs.values_list("analysis", "status"))
    assert found == {"crashes": "failed", "prints": "failed", "replaces-numpy": "failed", SOUND: "done"}
    assert Value.objects.get(measurement=measurement).magnitude == 1200.0
