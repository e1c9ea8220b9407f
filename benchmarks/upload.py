"""A cycling file of 1,000,000 rows from its upload to the stored results, and the memory its ingestion takes.

Beside it stand the reader alone, called on the file in a process of its own as it is in the registry, and one plain
Parquet write of what it returned.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
import numpy as np

from benchmarks.cycle_summary import ROWS, series
from benchmarks.peak_memory import peaks
from benchmarks.report import Bounded, Section

ROUNDS = 9
AS_IN_THE_REGISTRY = {"ARROW_DEFAULT_MEMORY_POOL": "system", "OPENBLAS_NUM_THREADS": "1"}
"""What the processes that read files are started with."""
MOST_TIMES = 2.0
MOST_COLUMNS = 4.0
MIB = 1024**2
PER_CYCLE_TABLE = "capacity-retention"
"""The analysis that stores the capacities of each cycle; it runs first of those on cycling."""
MOST_LOOKS = 5


@dataclass(frozen=True)
class Round:
    """Seconds of one round, from the upload on, and of what stands beside it."""

    to_kept: float
    to_table: float
    to_all: float
    reader: float
    write: float


def write_file(path: Path, seed: int) -> None:
    """Write time, voltage, current and cycle of a million rows, each seed other bytes."""
    import pyarrow
    import pyarrow.csv

    seconds, voltage, current, cycle = series()
    table = {
        "test_time_second": seconds + seed,
        "voltage_volt": voltage.round(5),
        "current_ampere": current.round(7),
        "cycle_count": cycle.astype(np.int64),
    }
    pyarrow.csv.write_csv(pyarrow.table(table), path)


def measure() -> Section:
    """Upload a file each round, and read and write it beside, in turn."""
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "cycler.csv"
        rounds = []
        for number in range(ROUNDS + 1):
            write_file(path, number)
            # What the making of the file left to be written is not the upload's to wait for.
            os.sync()
            rounds.append(_round(path))
        write_file(path, ROUNDS + 1)
        memory = _memory_row(path)
    return Section("A cycling file of 1,000,000 rows", WORDS, [*_time_rows(rounds[1:]), *memory])


WORDS = (
    "From `file_upload` in this process to the stored per-cycle table, with everything that is done on the way: the "
    "bytes hashed and made safe on disk, the file read in a sandbox process, its columns written, checked, hashed and "
    "moved into place, the rows of the database, the run queued, taken up, executed and stored. Beside it the "
    "reader alone, called on the same file in a process of its own too, and one plain Parquet write (zstd, level 3) "
    "of what it returned. Each is the fastest of nine rounds taken in turn, as what else the machine does only "
    "adds. Memory is the peak above what each process had before, of the process that reads (its highest resident "
    "set, as the kernel counts it) and of the one that takes the upload, added up though they do not fall together, "
    "over the bytes of the parsed columns."
)


def _round(path: Path) -> Round:
    from registry.services.files.upload import upload_file

    measurement = _measurement()
    began = time.perf_counter()
    with path.open("rb") as file:
        upload_file(measurement=measurement, file=file, filename=path.name, by=None)
    found = {"to_kept": time.perf_counter() - began}
    with _moment_stored(PER_CYCLE_TABLE) as moments:
        _work_until_done(measurement)
    found |= {"to_table": moments[0] - began, "to_all": time.perf_counter() - began}
    return Round(**found, **_beside(path))


def _beside(path: Path) -> dict[str, float]:
    """Seconds of the reader alone, and of a plain write of what it gives."""
    command = [sys.executable, "-m", "benchmarks.reader_alone", str(path)]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=os.environ | AS_IN_THE_REGISTRY)
    alone: dict[str, float] = json.loads(answer.stdout)
    return alone


def _measurement() -> Any:
    from registry.models import Cell, Measurement, Project
    from registry.services.record import save_record

    project, _ = Project.objects.get_or_create(slug="bench", defaults={"name": "Benchmark", "visibility": "public"})
    cell = Cell(project=project, label=f"Cell {Cell.objects.count() + 1}", format="die")
    save_record(cell, by=None)
    measurement = Measurement(cell=cell, technique="cycling")
    save_record(measurement, by=None)
    return measurement


@contextmanager
def _moment_stored(analysis: str) -> Iterator[list[float]]:
    """Note when the first run of an analysis is stored."""
    from django.db.models.signals import post_save

    from registry.models import AnalysisRun, RunStatus

    moments: list[float] = []

    def note(instance: Any, **_: Any) -> None:
        if instance.analysis == analysis and instance.status == RunStatus.DONE and instance.is_latest:
            moments.append(time.perf_counter())

    post_save.connect(note, sender=AnalysisRun)
    try:
        yield moments
    finally:
        post_save.disconnect(note, sender=AnalysisRun)


def _work_until_done(measurement: Any) -> None:
    """Do what a worker does, until the run is there."""
    from django.core.management import call_command

    from registry.models import AnalysisRun, RunStatus

    runs = AnalysisRun.objects.filter(measurement=measurement)
    for _ in range(MOST_LOOKS):
        call_command("run_worker", once=True)
        if runs.filter(analysis=PER_CYCLE_TABLE, status=RunStatus.DONE).exists() and not runs.filter(
            status__in=(RunStatus.QUEUED, RunStatus.RUNNING)
        ):
            return
    raise RuntimeError(f"no per-cycle table: {list(runs.values_list('analysis', 'status', 'messages'))}")


def _time_rows(rounds: Sequence[Round]) -> list[Bounded]:
    beside = min(rounds, key=lambda one: one.reader + one.write)

    def row(task: str, name: str, bound: float | None) -> Bounded:
        ours = min(getattr(item, name) for item in rounds)
        words = f"{ours:.2f} s against {beside.reader:.2f} + {beside.write:.2f} s"
        size = f"{ROWS:,} rows of four columns"
        ratio = ours / (beside.reader + beside.write)
        return Bounded(task, size, "the reader and one Parquet write", ratio, bound, words)

    return [
        row("Upload, until the file is kept and queued", "to_kept", None),
        row("Upload to the stored per-cycle table", "to_table", MOST_TIMES),
        row("Upload to all results of the measurement", "to_all", None),
    ]


def _memory_row(path: Path) -> list[Bounded]:
    from registry.services.files.upload import upload_file

    measurement = _measurement()

    def ingest() -> None:
        with path.open("rb") as file:
            upload_file(measurement=measurement, file=file, filename=path.name, by=None)
        if not measurement.datasets.filter(status="parsed").exists():
            _work_until_done(measurement)

    found = peaks(ingest)
    (dataset,) = measurement.datasets.all()
    columns = dataset.rows * len(dataset.columns) * np.dtype(float).itemsize
    words = (
        f"{found.reading / MIB:.0f} MiB reading + {found.own / MIB:.0f} MiB taking the upload against "
        f"{columns / MIB:.0f} MiB of columns"
    )
    together = (found.reading + found.own) / columns
    size = f"{dataset.rows:,} rows of {len(dataset.columns)} columns"
    return [
        Bounded("Peak memory of ingesting, both processes", size, "the parsed columns", together, MOST_COLUMNS, words)
    ]


if __name__ == "__main__":
    sys.stdout.write(measure().text_block())
