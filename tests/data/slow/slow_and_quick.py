"""Two analyses and two readers: one takes a minute the first time it is begun, one writes down each time it runs."""

import os
import time
from pathlib import Path

import numpy as np

from analyses.uncertainty import Estimate
from registry.hookspecs import Analysis, Inputs, Outcome, ParsedDataset, Reader, Result, hookimpl

PLACE = Path(os.environ.get("SLOW_AND_QUICK", "/nonexistent"))


def dawdle() -> None:
    begun = PLACE / "begun"
    if not begun.exists():
        begun.write_text(str(os.getpid()))
        time.sleep(60)


def note() -> None:
    with (PLACE / "ran").open("a") as log:
        log.write(f"{os.getpid()}\n")
    time.sleep(0.005)


def slow(inputs: Inputs) -> Outcome:
    dawdle()
    return Outcome(values=(Result("resistance_ohm", Estimate.exact(7.0)),))


def quick(inputs: Inputs) -> Outcome:
    note()
    return Outcome(values=(Result("resistance_ohm", Estimate.exact(3.0)),))


def read_slowly(path: Path) -> tuple[ParsedDataset, ...]:
    dawdle()
    return (ParsedDataset("pressure", {"test_time_second": np.arange(7.0), "stack_pressure_megapascal": np.ones(7)}),)


def read_quickly(path: Path) -> tuple[ParsedDataset, ...]:
    note()
    return (ParsedDataset("pressure", {"test_time_second": np.arange(3.0), "stack_pressure_megapascal": np.ones(3)}),)


@hookimpl
def register_readers() -> list[Reader]:
    return [
        Reader(
            name="slow",
            version="1",
            title="Slow",
            recognises=lambda head, name: head.startswith(b"slow"),
            read=read_slowly,
        ),
        Reader(
            name="quick",
            version="1",
            title="Quick",
            recognises=lambda head, name: head.startswith(b"quick"),
            read=read_quickly,
        ),
    ]


@hookimpl
def register_analyses() -> list[Analysis]:
    return [
        Analysis(
            name=run.__name__,
            version="1",
            title=run.__name__,
            description="For tests of workers.",
            techniques=("xrd",),
            outputs=("resistance_ohm",),
            run=run,
        )
        for run in (slow, quick)
    ]
