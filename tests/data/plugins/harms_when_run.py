"""A plugin that loads, and damages the process it runs in, each analysis in a different way."""

import ctypes
import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np

from analyses.cell import geometry
from analyses.uncertainty import Estimate
from registry import hookspecs
from registry.hookspecs import Analysis, Axis, Curve, Inputs, Message, Outcome, Refused, Result, Series, hookimpl

X, Y = Axis(label="x", unit=""), Axis(label="y", unit="")
RESULT = Outcome(values=(Result("resistance_ohm", Estimate.exact(1.0)),))


def ends_the_process(inputs: Inputs) -> Outcome:
    os._exit(0)


def crashes(inputs: Inputs) -> Any:
    ctypes.string_at(0)


def kills_itself(inputs: Inputs) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def kills_its_parent(inputs: Inputs) -> Any:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)


def kills_its_parent_and_returns(inputs: Inputs) -> Outcome:
    os.kill(os.getppid(), signal.SIGKILL)
    return RESULT


def kills_its_parent_and_refuses(inputs: Inputs) -> Outcome:
    os.kill(os.getppid(), signal.SIGKILL)
    raise Refused("killed")


def kills_the_group_of_its_parent(inputs: Inputs) -> Outcome:
    os.killpg(os.getpgid(os.getppid()), signal.SIGKILL)
    return RESULT


def kills_its_own_group(inputs: Inputs) -> Outcome:
    os.killpg(0, signal.SIGKILL)
    return RESULT


def stops_its_parent(inputs: Inputs) -> Outcome:
    os.kill(os.getppid(), signal.SIGSTOP)
    return RESULT


def loops(inputs: Inputs) -> Any:
    for _ in count():
        pass


def loops_deaf(inputs: Inputs) -> Any:
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    for _ in count():
        time.sleep(0.01)


def takes_ten_gigabytes(inputs: Inputs) -> Outcome:
    return Outcome(messages=(Message("sum", "{total}", total=np.ones(10 * 1024**3 // 8).sum()),))


def calls_itself(inputs: Inputs) -> Any:
    sys.setrecursionlimit(10**9)
    deeper: Callable[[int], Any] = lambda depth: list(map(deeper, [depth + 1]))  # noqa: E731
    return deeper(0)


def lifts_the_recursion_limit(inputs: Inputs) -> Outcome:
    sys.setrecursionlimit(123_456)
    return RESULT


def prints(inputs: Inputs) -> Outcome:
    print("R =", 1.0)  # noqa: T201
    return RESULT


def prints_past_python(inputs: Inputs) -> Outcome:
    os.write(1, b"iteration 1 of 1")
    return RESULT


def floods_standard_error(inputs: Inputs) -> Outcome:
    line = "not converged\n" * 80_000
    for _ in range(1_000):
        sys.stderr.write(line)
    return RESULT


def changes_directory(inputs: Inputs) -> Outcome:
    os.chdir("/")
    return RESULT


def changes_numpy_errors(inputs: Inputs) -> Outcome:
    np.seterr(all="ignore")
    return RESULT


def changes_environment(inputs: Inputs) -> Outcome:
    os.environ["OMP_NUM_THREADS"] = "64"
    return RESULT


def changes_a_filter_of_warnings(inputs: Inputs) -> Outcome:
    filters: Any = warnings.filters
    filters[0] = ("error", None, Warning, None, 0)
    return RESULT


def stops_the_collector(inputs: Inputs) -> Outcome:
    gc.disable()
    return RESULT


def traces(inputs: Inputs) -> Outcome:
    sys.settrace(lambda *args: None)
    return RESULT


def blocks_an_import(inputs: Inputs) -> Outcome:
    sys.modules["colorsys"] = None  # type: ignore[assignment]
    return RESULT


def changes_signals(inputs: Inputs) -> Outcome:
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
    return RESULT


def changes_logging(inputs: Inputs) -> Outcome:
    import logging

    logging.basicConfig(level=logging.DEBUG, force=True)
    return RESULT


def leaves_a_thread(inputs: Inputs) -> Outcome:
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    return RESULT


def leaves_a_process(inputs: Inputs) -> Outcome:
    subprocess.Popen(["sleep", "61.8"])
    return RESULT


def leaves_a_daemon(inputs: Inputs) -> Outcome:
    """A detached grandchild in its own session, whose parent has exited."""
    code = "import subprocess; subprocess.Popen(['sleep', '61.8'], start_new_session=True)"
    subprocess.run([sys.executable, "-c", code], check=True)
    return RESULT


def leaves_a_file(inputs: Inputs) -> Outcome:
    np.save("fit.npy", np.ones(3))
    return RESULT


def answers_twice(inputs: Inputs) -> Outcome:
    if os.fork() == 0:
        return Outcome(values=(Result("resistance_ohm", Estimate.exact(2.0)),))
    time.sleep(0.1)
    return RESULT


def closes_everything(inputs: Inputs) -> Outcome:
    os.closerange(3, 256)
    return RESULT


def closes_standard_output(inputs: Inputs) -> Outcome:
    os.close(1)
    return RESULT


def speaks_to_the_registry(inputs: Inputs) -> Outcome:
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, b"\xff" * 64)
        except OSError:
            continue
    return RESULT


def replaces_numpy(inputs: Inputs) -> Outcome:
    np.mean = np.median
    return RESULT


def replaces_scipy(inputs: Inputs) -> Outcome:
    import scipy.stats

    scipy.stats.theilslopes = np.median
    return RESULT


def changes_a_constant(inputs: Inputs) -> Outcome:
    geometry.UM_PER_CM = 10.0
    return RESULT


def changes_a_table_within(inputs: Inputs) -> Outcome:
    from registry.contract.reader_support.columns import column_units

    column_units.UNITS["V"]["TV"] = 1e12
    return RESULT


def swaps_a_module(inputs: Inputs) -> Outcome:
    sys.modules["analyses.cycling.capacity.cycle_life"] = geometry
    return RESULT


def replaces_json(inputs: Inputs) -> Outcome:
    json.dumps = lambda *args, **kwargs: "{}"
    return RESULT


def replaces_the_contract(inputs: Inputs) -> Outcome:
    Estimate.exact = classmethod(lambda cls, magnitude: cls(2 * magnitude, 0, 1e9))  # type: ignore[assignment]
    return RESULT


def changes_the_techniques(inputs: Inputs) -> Outcome:
    hookspecs.DATASET_COLUMNS["divination"] = hookspecs.DatasetColumn(meaning="", unit="1")  # type: ignore[index]
    return RESULT


def returns_too_much(inputs: Inputs) -> Outcome:
    return Outcome(messages=(Message("no-convergence", "no convergence; " * 2_400_000),))


def returns_too_many_points(inputs: Inputs) -> Outcome:
    x = np.zeros(1_000_001)
    return Outcome(curves=(Curve("fit", "Fit", X, Y, (Series("data", x, x),)),))


def draws_words(inputs: Inputs) -> Any:
    series = (Series("data", ("a", "b"), (1.0, 2.0)),)  # type: ignore[arg-type]
    return Outcome(curves=(Curve("fit", "Fit", X, Y, series),))


def draws_complex_numbers(inputs: Inputs) -> Any:
    series = (Series("data", np.ones(2), np.ones(2) * 1j),)
    return Outcome(curves=(Curve("fit", "Fit", X, Y, series),))


def labels_with_an_object(inputs: Inputs) -> Any:
    curve = Curve("fit", "Fit", Axis(label=object(), unit=""), Y, (Series("data", (1.0,), (1.0,)),))  # type: ignore[arg-type]
    return Outcome(curves=(curve,))


def notes_a_function(inputs: Inputs) -> Any:
    return Outcome(values=(Result("resistance_ohm", Estimate.exact(1.0), note=prints),))  # type: ignore[arg-type]


def notes_a_novel(inputs: Inputs) -> Outcome:
    return Outcome(values=(Result("resistance_ohm", Estimate.exact(1.0), note="Once upon a time. " * 40),))


def gives_one_value_alone(inputs: Inputs) -> Any:
    return Outcome(values=Result("resistance_ohm", Estimate.exact(1.0)))  # type: ignore[arg-type]


def raises_without_words(inputs: Inputs) -> Any:
    class UnspeakableError(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no words")

    raise UnspeakableError


def refuses_without_words(inputs: Inputs) -> Any:
    class Unspeakable(Refused):
        def __str__(self) -> str:
            raise SystemExit("no words")

    raise Unspeakable


def raises_in_tongues(inputs: Inputs) -> Any:
    """Returns characters that databases cannot store."""
    raise ValueError("a\0b\ud800c")


def raises_at_length(inputs: Inputs) -> Any:
    raise ValueError("no convergence; " * 1_000_000)


def reads_what_it_does_not_use(inputs: Inputs) -> Any:
    return Outcome(messages=(Message("seen", "{seen}", seen=str(inputs.computed("ionic_conductivity_s_cm"))),))


def reads_a_parameter_there_is_not(inputs: Inputs) -> Any:
    return Outcome(messages=(Message("seen", "{seen}", seen=inputs.parameter("window")),))


HARMS: tuple[Callable[[Inputs], Any], ...] = tuple(
    one
    for name, one in tuple(globals().items())
    if callable(one) and getattr(one, "__module__", "") == __name__ and not name.startswith("_")
)


@hookimpl
def register_analyses() -> list[Analysis]:
    return [
        Analysis(
            name=run.__name__.replace("_", "-"),
            version="1",
            title=run.__name__,
            description="A harm.",
            techniques=("eis",),
            outputs=("resistance_ohm",),
            run=run,
        )
        for run in HARMS
    ]
