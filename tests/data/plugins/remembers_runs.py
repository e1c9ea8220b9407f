"""A plugin whose analyses report what earlier runs left in the process."""

import gc
import json
import os
import signal
import sys
import threading
import warnings
from threading import Timer

import numpy as np

from analyses.cell import geometry
from analyses.uncertainty import Estimate
from registry import hookspecs
from registry.hookspecs import Analysis, Inputs, Outcome, Result, hookimpl

RUNS: list[int] = []


def _outcome(number: float) -> Outcome:
    return Outcome(values=(Result("resistance_ohm", Estimate(number, number, number)),))


def counts_its_runs(inputs: Inputs) -> Outcome:
    """Counts its runs in this process."""
    RUNS.append(1)
    return _outcome(len(RUNS))


def reports_changes(inputs: Inputs) -> Outcome:
    """Returns 1 unless something that harms_when_run changes has been left changed."""
    intact = (
        np.mean([0.0, 0.0, 3.0]) == 1.0
        and json.dumps([1]) == "[1]"
        and geometry.UM_PER_CM == 1e4
        and "divination" not in hookspecs.DATASET_COLUMNS
        and Estimate.exact(1.0).magnitude == 1.0
        and np.geterr()["divide"] == "warn"
        and os.environ.get("OMP_NUM_THREADS") != "64"
        and threading.active_count() == 1
        and gc.isenabled()
        and sys.gettrace() is None
        and warnings.filters[0][2] is not Warning
        and not os.path.exists("fit.npy")
    )
    return _outcome(1.0 if intact else 2.0)


def kills_its_parent_from_a_thread(inputs: Inputs) -> Outcome:
    """Kills the server just after it has returned."""
    Timer(0.001, os.kill, (os.getppid(), signal.SIGKILL)).start()
    return _outcome(1.0)


def kills_its_parent_from_a_process(inputs: Inputs) -> Outcome:
    """Kills the server when this process, which has replied by then, has ended."""
    worker, server = os.getpid(), os.getppid()
    if os.fork() == 0:
        os.setsid()
        while os.getppid() == worker:
            pass
        os.kill(server, signal.SIGKILL)
        os._exit(0)
    return _outcome(1.0)


@hookimpl
def register_analyses() -> list[Analysis]:
    return [
        Analysis(
            name=run.__name__.replace("_", "-"),
            version="1",
            title=run.__name__,
            description="Text.",
            techniques=("eis",),
            outputs=("resistance_ohm",),
            run=run,
        )
        for run in (
            counts_its_runs,
            reports_changes,
            kills_its_parent_from_a_thread,
            kills_its_parent_from_a_process,
        )
    ]
