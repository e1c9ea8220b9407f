"""Waking workers by the Django Tasks API.

A task says "something is due" and nothing else; one that is lost, doubled or late changes nothing but the hour.
"""

from django.db import transaction
from django_tasks import task


@task()
def work_wake() -> int:
    """Do whatever is due; safe to call at any time, from anywhere, any number of times."""
    # What puts work in the queue wakes the workers, so this module comes before all that is worked at.
    from registry.services.work import work_due

    return work_due()


def wake_on_commit() -> None:
    """Wake a worker once what is due can be seen."""
    transaction.on_commit(work_wake.enqueue, robust=True)
