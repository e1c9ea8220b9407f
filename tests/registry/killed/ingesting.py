"""Import files until killed (`ingesting.py ingest`, `upload` or `read`), or print the final state (`check`)."""

import hashlib
import io
import itertools
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django

django.setup()

from django.conf import settings
from django.db import connection, transaction

from registry.models import PENDING, UNREAD, AnalysisRun, Dataset, Measurement, Project, RawFile
from registry.selectors.analysis_inputs.facts import read_columns
from registry.services.files.ingest import ingest_files
from registry.services.files.staging import clean_files
from registry.services.files.upload import upload_file
from registry.services.jobs.background import do_due_work
from registry.services.record import save_record
from tests import factories

HEADER = "Time / s,Voltage / V,Current / A\n"


def get_or_create_cell():
    project = Project.objects.filter(slug="lab").first()
    if project is None:
        project = save_record(Project(slug="lab", name="Lab", visibility="private"), by=None)
    return project.cells.first() or factories.make_pellet(project)


def content(stamp: str) -> str:
    return HEADER + "".join(f"{row},0.1,{row}e-5\n" for row in range(2000)) + f"2000,0.1,{hash(stamp) % 9973}\n"


def ingest(stamp: str) -> None:
    """Read a file and store its data."""
    path = Path(settings.DATA_DIR) / f"{stamp}.csv"
    path.write_text(content(stamp))
    ingest_files(
        measurement=Measurement(cell=get_or_create_cell(), technique="chronoamperometry"), paths=[path], by=None
    )
    path.unlink()


def upload(stamp: str) -> None:
    """Upload a file and queue it."""
    with transaction.atomic():
        measurement = factories.make_measurement(get_or_create_cell(), technique="chronoamperometry")
        upload_file(measurement=measurement, file=io.BytesIO(content(stamp).encode()), filename="run.csv", by=None)


def read(stamp: str) -> None:
    """Upload a file and read it like a worker."""
    upload(stamp)
    do_due_work()


def import_until_killed(import_file: Callable[[str], None]) -> None:
    """Fork a child per input line: it prints its process id after a first file, then imports files until killed."""
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            import_file(f"warm-{line.strip()}")
            print(os.getpid(), flush=True)
            for number in itertools.count():
                import_file(f"{line.strip()}-{number}")
        os.waitpid(pid, 0)
        print("ended", flush=True)


def finish() -> None:
    """Finish the work of killed processes like a worker, once their leases have expired."""
    while Dataset.objects.filter(status__in=UNREAD).exists() or AnalysisRun.objects.filter(status__in=PENDING).exists():
        do_due_work()
        time.sleep(0.1)


def content_sha256(dataset: Dataset) -> str:
    columns = read_columns(dataset).items()
    digests = (hashlib.sha256(name.encode() + column.tobytes()).digest() for name, column in columns)
    return hashlib.sha256(b"".join(digests)).hexdigest()


def check() -> None:
    ingest("afterwards")
    finish()
    files = Path(settings.MEDIA_ROOT)
    datasets = list(Dataset.objects.select_related("raw_file"))
    wrong_raw_files = [
        raw.sha256
        for raw in RawFile.objects.all()
        if hashlib.sha256((files / raw.path).read_bytes()).hexdigest() != raw.sha256
    ]
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        integrity = cursor.fetchone()[0]
    incoming = len(list((files / "incoming").iterdir()))
    clean_files(older_than_seconds=0)
    print(
        json.dumps(
            {
                "datasets": len(datasets),
                "wrong_raw_files": wrong_raw_files,
                "wrong_contents": [
                    dataset.pk for dataset in datasets if content_sha256(dataset) != dataset.content_sha256
                ],
                "measurements_without_data": Measurement.objects.filter(datasets__isnull=True).count(),
                "not_parsed": Dataset.objects.exclude(status="parsed").count(),
                "without_runs": Dataset.objects.filter(queued_at__isnull=False, measurement__runs=None).count(),
                "resumed": Dataset.objects.filter(attempts__gt=1).count(),
                "integrity": integrity,
                "incoming_before_cleaning": incoming,
                "incoming_after_cleaning": len(list((files / "incoming").iterdir())),
                "raw_files_and_rows": [len(list((files / "raw").glob("*/*"))), RawFile.objects.count()],
            }
        )
    )


if __name__ == "__main__":
    check() if sys.argv[1] == "check" else import_until_killed(
        {"ingest": ingest, "upload": upload, "read": read}[sys.argv[1]]
    )
