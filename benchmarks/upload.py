"""A cycling file of 1,000,000 rows from upload to stored results, and the peak memory.

The reference is the reader alone, in a separate process as in the registry, and one plain Parquet write of its result.
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
"""Environment variables of the processes that read files."""
MOST_TIMES = 2.0
MOST_COLUMNS = 4.0
MIB = 1024**2
PER_CYCLE_TABLE = "capacity-retention"
"""The analysis that stores the capacities of each cycle; it runs first."""
MAX_WORKER_RUNS = 5


@dataclass(frozen=True)
class Round:
    """Seconds of one round since the upload, and of the reference."""

    to_queued: float
    to_table: float
    to_all: float
    reader: float
    write: float


def write_file(path: Path, seed: int) -> None:
    """Write time, voltage, current and cycle of a million rows; each seed gives other bytes."""
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
    """Upload a file each round and time the reference in turn."""
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "cycler.csv"
        rounds = []
        for number in range(ROUNDS + 1):
            write_file(path, number)
            # Flush the new file first, so that the upload does not wait for it.
            os.sync()
            rounds.append(_round(path))
        write_file(path, ROUNDS + 1)
        memory = _memory_row(path)
    return Section("A cycling file of 1,000,000 rows", TEXT, [*_time_rows(rounds[1:]), *memory])


TEXT = (
    "From `upload_file` in this process to the stored per-cycle table, including all steps: hashing and syncing the "
    "bytes, reading the file in a sandbox process, writing, checking, hashing and moving its columns, the database "
    "rows, and queueing, executing and storing the run. The reference is the reader alone, in a separate process, and "
    "one plain Parquet write (zstd, level 3) of its result. Each time is the fastest of nine rounds taken in turn, "
    "because other load only adds time. Memory is the peak above the initial value, of the reading process (peak "
    "resident set of the kernel) plus that of the process that receives the upload, although the peaks are not "
    "simultaneous, divided by the size of the parsed columns."
)


def _round(path: Path) -> Round:
    from registry.services.files.upload import upload_file

    measurement = _measurement()
    began = time.perf_counter()
    with path.open("rb") as file:
        upload_file(measurement=measurement, file=file, filename=path.name, by=None)
    times = {"to_queued": time.perf_counter() - began}
    with _moment_stored(PER_CYCLE_TABLE) as moments:
        _work_until_done(measurement)
    times |= {"to_table": moments[0] - began, "to_all": time.perf_counter() - began}
    return Round(**times, **_time_reference(path))


def _time_reference(path: Path) -> dict[str, float]:
    """Return the seconds of the reader alone and of a plain write of its result."""
    command = [sys.executable, "-m", "benchmarks.reader_alone", str(path)]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=os.environ | AS_IN_THE_REGISTRY)
    seconds: dict[str, float] = json.loads(output.stdout)
    return seconds


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
    """Record when the first run of an analysis is stored."""
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
    """Run a worker until the run is stored."""
    from django.core.management import call_command

    from registry.models import AnalysisRun, RunStatus

    runs = AnalysisRun.objects.filter(measurement=measurement)
    for _ in range(MAX_WORKER_RUNS):
        call_command("run_worker", once=True)
        if runs.filter(analysis=PER_CYCLE_TABLE, status=RunStatus.DONE).exists() and not runs.filter(
            status__in=(RunStatus.QUEUED, RunStatus.RUNNING)
        ):
            return
    raise RuntimeError(f"no per-cycle table: {list(runs.values_list('analysis', 'status', 'messages'))}")


def _time_rows(rounds: Sequence[Round]) -> list[Bounded]:
    reference = min(rounds, key=lambda item: item.reader + item.write)

    def row(task: str, name: str, bound: float | None) -> Bounded:
        cellar = min(getattr(item, name) for item in rounds)
        measured = f"{cellar:.2f} s against {reference.reader:.2f} + {reference.write:.2f} s"
        size = f"{ROWS:,} rows of four columns"
        ratio = cellar / (reference.reader + reference.write)
        return Bounded(task, size, "the reader and one Parquet write", ratio, bound, measured)

    return [
        row("Upload, until the file is stored and queued", "to_queued", None),
        row("Upload to the stored per-cycle table", "to_table", MOST_TIMES),
        row("Upload to all results of the measurement", "to_all", None),
    ]


def _memory_row(path: Path) -> list[Bounded]:
    from registry.services.files.reading import claim_file, read_claimed_file
    from registry.services.files.upload import upload_file

    measurement = _measurement()

    def ingest() -> None:
        with path.open("rb") as file:
            upload_file(measurement=measurement, file=file, filename=path.name, by=None)
        # The analyses that the file makes due have processes and a memory of their own.
        claimed = claim_file()
        if claimed is None or not read_claimed_file(claimed):
            raise RuntimeError(f"{path.name} was not read")

    peak = peaks(ingest)
    (dataset,) = measurement.datasets.all()
    columns = dataset.rows * len(dataset.columns) * np.dtype(float).itemsize
    measured = (
        f"{peak.reading / MIB:.0f} MiB reading + {peak.own / MIB:.0f} MiB receiving the upload against "
        f"{columns / MIB:.0f} MiB of columns"
    )
    together = (peak.reading + peak.own) / columns
    size = f"{dataset.rows:,} rows of {len(dataset.columns)} columns"
    return [Bounded("Peak memory of both processes", size, "the parsed columns", together, MOST_COLUMNS, measured)]


if __name__ == "__main__":
    sys.stdout.write(measure().text_block())
