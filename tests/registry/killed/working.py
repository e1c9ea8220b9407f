"""Queue runs for workers to fight over (`working.py queue NAME COUNT`), or say what became of them (`state`)."""

import json
import sys

import django

django.setup()

from registry import plugin_manager
from registry.models import AnalysisRun, Project
from registry.services.queue import run_queue
from registry.services.record import record_save
from tests import factories


def queue(name: str, count: int) -> None:
    project = record_save(Project(slug="lab", name="Lab", visibility="private"), by=None)
    cell = factories.make_cell(project)
    analysis = plugin_manager.current().analyses[name]
    for _ in range(count):
        run_queue(measurement=factories.make_measurement(cell, technique="xrd"), analysis=analysis, by=None)


def state() -> None:
    runs = AnalysisRun.objects.order_by("pk")
    fields = ("status", "attempts", "is_latest", "measurement_id")
    print(json.dumps([[*row, values] for *row, values in runs.values_list(*fields, "values__magnitude")]))


if __name__ == "__main__":
    queue(sys.argv[2], int(sys.argv[3])) if sys.argv[1] == "queue" else state()
