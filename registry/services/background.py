"""Background work: what is due is done by whichever worker wakes first, through the Django Tasks API.

A task says "something is due" and nothing else; one that is lost, doubled or late changes nothing but the hour.
"""

from django.db import transaction
from django_tasks import task

from registry.services.leases import WorkKind, work_until_idle

_kinds: list[WorkKind] = []


def register_work(*kinds: WorkKind) -> None:
    """Say which kinds of work there are, the most urgent first; called once, when the app starts."""
    _kinds[:] = kinds


def do_due_work() -> int:
    """Do what is due until nothing is or this process is to end; return how many pieces of work ended."""
    return work_until_idle(*_kinds)


@task()
def wake_worker() -> int:
    """Do whatever is due; safe to call at any time, from anywhere, any number of times."""
    return do_due_work()


def wake_on_commit() -> None:
    """Wake a worker once what is due can be seen."""
    transaction.on_commit(wake_worker.enqueue, robust=True)
