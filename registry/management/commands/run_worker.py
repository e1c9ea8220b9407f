"""Process the queue: `manage.py run_worker`, or `manage.py run_worker --once` until it is empty."""

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

from registry.services.drafts.draft import discard_old_drafts
from registry.services.files.staging import clean_files
from registry.services.jobs.background import do_due_work
from registry.services.jobs.leases import stop_requested

logger = logging.getLogger(__name__)
CLEANUP_SECONDS = 3600
TASK_RETENTION = timedelta(days=1)


class Command(BaseCommand):
    requires_system_checks: tuple[str, ...] = ()
    help = (
        "Read queued files and run queued analyses until stopped. Several workers can run at the same time, and "
        "stopping one at any time is safe."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="Exit when the queue is empty.")
        parser.add_argument(
            "--interval",
            type=float,
            default=1.0,
            metavar="SECONDS",
            help="Seconds between polls (default: %(default)s).",
        )
        parser.add_argument(
            "--parent", type=int, default=0, metavar="PID", help="Exit when this parent process has ended."
        )

    def handle(self, *args: Any, once: bool, interval: float, parent: int, **options: Any) -> None:
        stop_requested.clear()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop_requested.set())
        cleaned_at = 0.0
        while not stop_requested.is_set():
            close_old_connections()
            try:
                if not once and time.monotonic() - cleaned_at > CLEANUP_SECONDS:
                    cleaned_at = time.monotonic()
                    clean_up()
                run_wake_up_tasks()
                # Also without a wake-up: an expired lease sends none.
                do_due_work()
            except DatabaseError:
                logger.exception("database error; retrying")
            if once or (parent and os.getppid() != parent):
                return
            stop_requested.wait(interval)


def run_wake_up_tasks() -> None:
    """Run tasks queued in the database, if the task backend keeps them there."""
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


def clean_up() -> None:
    """Delete old drafts, leftovers of killed processes (unfinished uploads) and old wake-up tasks."""
    discard_old_drafts()
    clean_files()
    DBTaskResult.objects.filter(enqueued_at__lt=timezone.now() - TASK_RETENTION).delete()
