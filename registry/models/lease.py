"""Rows that are also work to do: they wait, are taken by one worker at a time under a lease, and then have ended."""

from typing import ClassVar

from django.db import models

QUEUED = "queued"


class Leased(models.Model):
    """A row with a `status`: `queued`, then `at_work` under a lease, then whatever it ended as.

    Whoever took it extends the lease while at work; a lease that has run out is anybody's to take.
    """

    running_status: ClassVar[str] = "running"
    untracked_fields: ClassVar[tuple[str, ...]] = ("queued_at", "started_at", "lease_until", "heartbeat_at", "attempts")
    """Fields that move while a worker is at it; the history of a record leaves them out."""

    queued_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="How often a worker took it up.")

    class Meta:
        abstract = True


def has_a_lease(running_status: str, *, name: str) -> models.CheckConstraint:
    """A named constraint: what is being worked at has a lease that can run out."""
    condition = ~models.Q(status=running_status) | models.Q(lease_until__isnull=False)
    return models.CheckConstraint(condition=condition, name=name)
