"""Reported and computed values. Rows are superseded, never changed."""

from typing import Any

from django.conf import settings
from django.db import models

from registry.contract.place import LONGEST_KIND, Place, place_of, value_key
from registry.models.analysis_run import AnalysisRun
from registry.models.cell import Cell
from registry.models.measurement import Measurement
from registry.models.number import MissingReasonColumns, NumberColumns, UncertaintyColumns, number_constraints
from registry.models.publication import Publication
from registry.models.record import History, Scoped, SupersededQuerySet
from registry.numbers import catalogue


class ValueOrigin(models.TextChoices):
    REPORTED = "reported", "Reported"
    COMPUTED = "computed", "Computed"


def place_columns(place: Place | None) -> dict[str, Any]:
    """The columns of a place, also to filter by; empty and null without one."""
    return {"at_kind": place.kind if place else "", "at_number": place.number if place else None}


LATEST_REPORT = models.Q(is_latest=True, origin=ValueOrigin.REPORTED)


def _once(owner: str, condition: models.Q, *, name: str) -> tuple[models.UniqueConstraint, models.UniqueConstraint]:
    """One value of a quantity, and one at each place: two constraints, since databases take no null for another."""
    fields = [owner, "quantity"]
    placeless, placed = models.Q(at_number__isnull=True), models.Q(at_number__isnull=False)
    return (
        models.UniqueConstraint(fields=fields, condition=condition & placeless, name=name),
        models.UniqueConstraint(
            fields=[*fields, "at_kind", "at_number"], condition=condition & placed, name=f"{name}_at"
        ),
    )


class Value(NumberColumns, UncertaintyColumns, MissingReasonColumns, Scoped):
    """A number with its bounds and standard uncertainty, or the reason it is missing."""

    project_path = "cell__project"
    current = models.Q(is_latest=True)
    objects = SupersededQuerySet.as_manager()
    # Superseded rows are their own history; only deletions are tracked.
    skip_history_when_saving = True
    deleted = History()

    cell = models.ForeignKey(Cell, on_delete=models.CASCADE, related_name="values")
    measurement = models.ForeignKey(Measurement, on_delete=models.CASCADE, null=True, blank=True, related_name="values")
    quantity = models.CharField(max_length=64)
    at_kind = models.CharField(
        max_length=LONGEST_KIND, blank=True, default="", help_text="Kind of place, e.g. peak; empty for none."
    )
    at_number = models.IntegerField(null=True, blank=True, help_text="Number of its place; empty for none.")
    note = models.CharField(max_length=300, blank=True)
    origin = models.CharField(max_length=8, choices=ValueOrigin)
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, null=True, blank=True, related_name="values")
    run = models.ForeignKey(AnalysisRun, on_delete=models.CASCADE, null=True, blank=True, related_name="values")
    is_latest = models.BooleanField("latest", default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(origin__in=ValueOrigin.values), name="value_origin_known"),
            *number_constraints("value"),
            models.CheckConstraint(
                condition=models.Q(origin=ValueOrigin.COMPUTED, run__isnull=False)
                | models.Q(origin=ValueOrigin.REPORTED, run__isnull=True),
                name="value_computed_by_a_run",
            ),
            models.CheckConstraint(
                condition=models.Q(at_kind="", at_number__isnull=True)
                | (~models.Q(at_kind="") & models.Q(at_number__gte=0)),
                name="value_place_complete",
            ),
            *_once("measurement", LATEST_REPORT, name="value_one_latest_report"),
            *_once("cell", LATEST_REPORT & models.Q(measurement__isnull=True), name="value_one_latest_report_of_cell"),
            *_once("run", models.Q(run__isnull=False), name="value_once_per_run"),
        ]
        indexes = [
            models.Index(
                fields=["quantity", "magnitude", "measurement"],
                condition=models.Q(is_latest=True),
                name="value_latest_magnitude",
            ),
        ]

    def __str__(self) -> str:
        name = catalogue.get_or_placeholder(self.quantity).name
        return f"{name}{f', {self.place.label}' if self.place else ''} {self.text} ({self.origin})"

    @property
    def place(self) -> Place | None:
        """Its place, such as peak 2; None without one."""
        return place_of(self.at_kind, self.at_number)

    @property
    def key(self) -> str:
        """Its quantity and place, `relaxation_time_s@peak:2`."""
        return value_key(self.quantity, self.place)

    @property
    def text(self) -> str:
        """The value as written, the reason it is missing, or the computed number with its unit."""
        unit = catalogue.get_or_placeholder(self.quantity).unit_label
        return self.written or self.missing or f"{self.magnitude} {unit}".strip()
