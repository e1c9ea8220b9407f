"""Do what waits in the background: `manage.py run_worker`, or `manage.py run_worker --once` until nothing is due."""

import logging
import os
import signal
import time
import uuid
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management import BaseCommand
from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from django_tasks import task_backends
from django_tasks_db.backend import DatabaseBackend
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from registry.services.background import do_due_work
from registry.services.files.staging import clean_files
from registry.services.leases import stop_requested

logger = logging.getLogger(__name__)
TIDY_SECONDS = 3600
KEPT = timedelta(days=1)


class Command(BaseCommand):
    requires_system_checks: tuple[str, ...] = ()
    help = (
        "Read files and run analyses that are queued, until stopped. Any number of workers; one killed loses nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="End when nothing is due.")
        parser.add_argument("--interval", type=float, default=1.0, help="Seconds between looks (default: %(default)s).")
        parser.add_argument(
            "--parent", type=int, default=0, metavar="PID", help="End when this parent process is gone."
        )

    def handle(self, *args: Any, once: bool, interval: float, parent: int, **options: Any) -> None:
        stop_requested.clear()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop_requested.set())
        tidied = 0.0
        while not stop_requested.is_set():
            close_old_connections()
            try:
                if not once and time.monotonic() - tidied > TIDY_SECONDS:
                    tidied = time.monotonic()
                    tidy()
                wake_ups_take()
                # Also without a wake-up: a lease that ran out sends none.
                do_due_work()
            except DatabaseError:
                logger.exception("the database did not answer as it should; trying again")
            if once or (parent and os.getppid() != parent):
                return
            stop_requested.wait(interval)


def wake_ups_take() -> None:
    """Let the tasks that wait in the database run, where that is where they wait."""
    if isinstance(task_backends["default"], DatabaseBackend):
        Worker(
            queue_names=["*"],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=uuid.uuid4().hex,
            excluded_queue_names=[],
        ).run()


def tidy() -> None:
    """Remove what killed processes left: unfinished uploads, and tasks nobody will finish, which are wake-ups only."""
    clean_files()
    DBTaskResult.objects.filter(enqueued_at__lt=timezone.now() - KEPT).delete()
