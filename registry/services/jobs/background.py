"""Background jobs, run by workers through the Django Tasks API.

A task carries no data: it only wakes a worker, which looks in the database for due jobs. A lost, duplicate or late task
therefore delays work but never loses or repeats it.
"""

from django.db import transaction
from django_tasks import task

from registry.services.jobs.leases import WorkKind, work_until_idle

_kinds: list[WorkKind] = []


def register_work(*kinds: WorkKind) -> None:
    """Register the kinds of work, most urgent first; called once at app start-up."""
    _kinds[:] = kinds


def do_due_work() -> int:
    """Run due jobs until none are left or a stop is requested; return how many finished."""
    return work_until_idle(*_kinds)


@task()
def wake_worker() -> int:
    """Run all due jobs; safe to call at any time and any number of times."""
    return do_due_work()


def wake_on_commit() -> None:
    """Wake a worker once the current transaction has committed."""
    transaction.on_commit(wake_worker.enqueue, robust=True)
