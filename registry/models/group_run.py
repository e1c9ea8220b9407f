"""Runs on groups of cells, with their values and curves. They have tables of their own, so that no query of cells can
show the number of a group as that of a cell."""

from django.db import models

from registry.contract.place import LONGEST_KIND, Place, place_of, value_key
from registry.models.analysis_run import PENDING, PlotColumns, Run, RunStatus, run_constraints
from registry.models.cell_group import CellGroup
from registry.models.number import MissingReasonColumns, NumberColumns, UncertaintyColumns, number_constraints
from registry.models.record import Scoped, SupersededQuerySet
from registry.numbers import catalogue


class GroupRun(Run):
    """A run on a group of cells."""

    project_path = "group__project"

    group = models.ForeignKey(CellGroup, on_delete=models.CASCADE, related_name="runs")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "analysis"], condition=models.Q(is_latest=True), name="group_run_one_latest"
            ),
            models.UniqueConstraint(
                fields=["group", "analysis"],
                condition=models.Q(status=RunStatus.QUEUED),
                name="group_run_one_queued",
            ),
            *run_constraints("group_run"),
        ]
        indexes = [models.Index(fields=["id"], condition=models.Q(status__in=PENDING), name="group_run_pending")]

    def __str__(self) -> str:
        return f"{self.analysis} {self.version} on {self.group}: {self.status}"


class GroupValue(NumberColumns, UncertaintyColumns, MissingReasonColumns, Scoped):
    """A number computed for a group, under the conditions that the values of its cells share; or why it is missing."""

    project_path = "run__group__project"
    current = models.Q(run__is_latest=True)
    objects = SupersededQuerySet.as_manager()

    run = models.ForeignKey(GroupRun, on_delete=models.CASCADE, related_name="values")
    quantity = models.CharField(max_length=64)
    at_kind = models.CharField(
        max_length=LONGEST_KIND, blank=True, default="", help_text="Kind of place, e.g. peak; empty for none."
    )
    at_number = models.IntegerField(null=True, blank=True, help_text="Number of its place; empty for none.")
    conditions = models.JSONField(
        default=dict, blank=True, help_text="Technique and conditions shared by the values of the cells."
    )
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["run", "id"]
        constraints = [
            *number_constraints("group_value"),
            models.CheckConstraint(
                condition=models.Q(at_kind="", at_number__isnull=True)
                | (~models.Q(at_kind="") & models.Q(at_number__gte=0)),
                name="group_value_place_complete",
            ),
        ]
        indexes = [models.Index(fields=["quantity", "magnitude"], name="group_value_magnitude")]

    def __str__(self) -> str:
        quantity = catalogue.get_or_placeholder(self.quantity)
        number = self.missing or f"{self.magnitude} {quantity.unit_label}".strip()
        return f"{quantity.name}{f', {self.place.label}' if self.place else ''} {number}"

    @property
    def place(self) -> Place | None:
        """Its place, such as peak 2; None without one."""
        return place_of(self.at_kind, self.at_number)

    @property
    def key(self) -> str:
        """Its quantity and place, `relaxation_time_s@peak:2`."""
        return value_key(self.quantity, self.place)


class GroupCurve(PlotColumns, Scoped):
    """A plot that a group analysis returned."""

    project_path = "run__group__project"
    current = models.Q(run__is_latest=True)
    objects = SupersededQuerySet.as_manager()

    run = models.ForeignKey(GroupRun, on_delete=models.CASCADE, related_name="curves")

    class Meta:
        ordering = ["run", "id"]
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="group_curve_name_unique_in_run")]
