"""Two analyses: one that takes a minute the first time it is begun, one that writes down each time it runs."""

import os
import time
from pathlib import Path

from analyses.uncertainty import Estimate
from registry.hookspecs import Analysis, Inputs, Outcome, Result, hookimpl

PLACE = Path(os.environ.get("SLOW_AND_QUICK", "/nonexistent"))


def slow(inputs: Inputs) -> Outcome:
    begun = PLACE / "begun"
    if not begun.exists():
        begun.write_text(str(os.getpid()))
        time.sleep(60)
    return Outcome(values=(Result("resistance_ohm", Estimate.exact(7.0)),))


def quick(inputs: Inputs) -> Outcome:
    with (PLACE / "ran").open("a") as log:
        log.write(f"{os.getpid()}\n")
    time.sleep(0.005)
    return Outcome(values=(Result("resistance_ohm", Estimate.exact(3.0)),))


@hookimpl
def register_analyses() -> list[Analysis]:
    return [
        Analysis(run.__name__, "1", run.__name__, "For tests of workers.", ("xrd",), ("resistance_ohm",), run)
        for run in (slow, quick)
    ]
