"""Queue runs or files for competing workers (`working.py runs NAME COUNT`, `files NAME COUNT`).

`working.py state` prints their rows; `working.py wait STATUS` first waits for the first to reach that status.
"""

import io
import json
import sys
import time
from typing import Any

import django

django.setup()

from registry import plugin_loading
from registry.models import AnalysisRun, Cell, Dataset, Project
from registry.services.files.upload import upload_file
from registry.services.record import save_record
from registry.services.runs.queue import queue_run
from tests import factories


def create_cell() -> Cell:
    return factories.make_cell(save_record(Project(slug="lab", name="Lab", visibility="private"), by=None))


def queue_runs(name: str, count: int) -> None:
    cell, analysis = create_cell(), plugin_loading.current().analyses[name]
    for _ in range(count):
        queue_run(measurement=factories.make_measurement(cell, technique="xrd"), analysis=analysis, by=None)


def queue_files(name: str, count: int) -> None:
    cell = create_cell()
    for number in range(count):
        measurement = factories.make_measurement(cell, technique="pressure")
        upload_file(measurement=measurement, file=io.BytesIO(f"{name} {number}".encode()), filename="run", by=None)


PATIENCE_SECONDS = 60


def rows() -> list[list[Any]]:
    runs = AnalysisRun.objects.order_by("pk")
    fields = ("status", "attempts", "is_latest", "measurement_id", "values__magnitude")
    files = Dataset.objects.order_by("pk").values_list("status", "attempts", "rows", "measurement_id")
    return [*(list(row) for row in files), *(list(row) for row in runs.values_list(*fields))]


def wait(status: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while rows()[0][0] != status and time.monotonic() < deadline:
        time.sleep(0.1)


if __name__ == "__main__":
    if sys.argv[1] in ("state", "wait"):
        if sys.argv[1] == "wait":
            wait(sys.argv[2])
        print(json.dumps(rows()))
    else:
        {"runs": queue_runs, "files": queue_files}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
