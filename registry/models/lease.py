"""Rows processed in the background: queued, leased by one worker at a time, then finished."""

from typing import ClassVar

from django.db import models

QUEUED = "queued"


class Leased(models.Model):
    """A row whose `status` goes from `queued` to `running_status` to a final status.

    The worker holding the lease extends it while running; once a lease expires, any worker may claim the row.
    """

    running_status: ClassVar[str] = "running"
    untracked_fields: ClassVar[tuple[str, ...]] = ("queued_at", "started_at", "lease_until", "heartbeat_at", "attempts")
    """Fields that change while the row is processed; they are left out of the history."""

    queued_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="Number of times a worker has started it.")

    class Meta:
        abstract = True


def has_a_lease(running_status: str, *, name: str) -> models.CheckConstraint:
    """Return a constraint: a running row has a lease."""
    condition = ~models.Q(status=running_status) | models.Q(lease_until__isnull=False)
    return models.CheckConstraint(condition=condition, name=name)
