"""Analysis runs and their curves."""

from typing import NamedTuple

from django.conf import settings
from django.db import models

from registry.models.cell import Cell
from registry.models.lease import QUEUED, Leased, has_a_lease
from registry.models.measurement import Measurement
from registry.models.record import Scoped, SupersededQuerySet


class RunStatus(models.TextChoices):
    QUEUED = QUEUED, "Queued"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    REFUSED = "refused", "Not computed"
    FAILED = "failed", "Failed"


PENDING = (RunStatus.QUEUED, RunStatus.RUNNING)
UNSUCCESSFUL = models.Q(is_latest=True, status__in=(RunStatus.REFUSED, RunStatus.FAILED))
STALE = models.Q(is_latest=True, stale_since__isnull=False)


class StaleCause(models.TextChoices):
    """What changed since a run read it, the first that applies."""

    PARAMETER = "parameter", "a setting of the analysis changed"
    DATA = "data", "the data changed"
    RESULT = "result", "a result that they use changed"
    ENTERED = "entered", "an entered number or text changed"


class TargetKey(NamedTuple):
    """Target of an analysis: a measurement, a series of measurements of a cell, or else the cell."""

    cell: int
    measurement: int | None = None
    series: str = ""


class Run(Leased, Scoped):
    """One execution of an analysis. A re-run is a new row; once finished, only `is_latest` and what marks it stale
    change."""

    current = models.Q(is_latest=True) | models.Q(status__in=PENDING)
    objects = SupersededQuerySet.as_manager()

    analysis = models.CharField(max_length=80)
    plugin = models.CharField(max_length=200)
    version = models.CharField(max_length=40)
    source_hash = models.CharField(
        max_length=64,
        blank=True,
        default="",
        help_text="Hash of the source of the analysis; empty if it was not recorded.",
    )
    parameters = models.JSONField(default=dict)
    inputs = models.JSONField(default=dict, help_text="Every input the analysis read, by dotted path.")
    inputs_hash = models.CharField(max_length=64, blank=True)
    inferred_inputs = models.JSONField(default=list)
    status = models.CharField(max_length=8, choices=RunStatus)
    messages = models.JSONField(default=list)
    software = models.JSONField(default=dict)
    finished_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_latest = models.BooleanField("latest", default=True)
    stale_since = models.DateTimeField(null=True, blank=True)
    stale_because = models.CharField(
        max_length=16, blank=True, default="", help_text="What changed; empty if it is not stale or was not recorded."
    )

    class Meta:
        abstract = True


def run_constraints(name: str) -> list[models.CheckConstraint]:
    """Return the constraints on the state of a run, named after the model."""
    return [
        models.CheckConstraint(condition=models.Q(status__in=RunStatus.values), name=f"{name}_status_known"),
        models.CheckConstraint(
            condition=~models.Q(status__in=PENDING) | models.Q(is_latest=False),
            name=f"{name}_pending_is_not_latest",
        ),
        models.CheckConstraint(
            condition=models.Q(status__in=PENDING)
            | (models.Q(started_at__isnull=False) & models.Q(finished_at__isnull=False) & ~models.Q(inputs_hash="")),
            name=f"{name}_ended_is_complete",
        ),
        has_a_lease(RunStatus.RUNNING, name=f"{name}_running_has_a_lease"),
    ]


class AnalysisRun(Run):
    """A run on a measurement, a cell, or a series of measurements of a cell."""

    project_path = "cell__project"

    cell = models.ForeignKey(Cell, on_delete=models.CASCADE, related_name="runs")
    measurement = models.ForeignKey(
        Measurement,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="runs",
        help_text="Empty for an analysis of a cell or a series.",
    )
    series = models.TextField(
        blank=True,
        default="",
        help_text="Technique, varied condition and fixed conditions of a series; empty for other analyses.",
    )
    fixed_conditions = models.JSONField(
        default=dict, blank=True, help_text="Magnitudes of the conditions shared by all measurements of a series."
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["measurement", "analysis"],
                condition=models.Q(is_latest=True),
                name="run_one_latest",
            ),
            models.UniqueConstraint(
                fields=["cell", "analysis", "series"],
                condition=models.Q(is_latest=True, measurement__isnull=True),
                name="run_one_latest_of_cell",
            ),
            models.UniqueConstraint(
                fields=["measurement", "analysis"],
                condition=models.Q(status=RunStatus.QUEUED),
                name="run_one_queued",
            ),
            models.UniqueConstraint(
                fields=["cell", "analysis", "series"],
                condition=models.Q(status=RunStatus.QUEUED, measurement__isnull=True),
                name="run_one_queued_of_cell",
            ),
            *run_constraints("run"),
        ]
        indexes = [
            models.Index(fields=["analysis", "status"], name="run_analysis_status"),
            models.Index(fields=["id"], condition=models.Q(status__in=PENDING), name="run_pending"),
            models.Index(fields=["status"], condition=UNSUCCESSFUL, name="run_unsuccessful"),
            models.Index(fields=["cell"], condition=STALE, name="run_stale"),
        ]

    def __str__(self) -> str:
        return f"{self.analysis} {self.version} on {self.of}: {self.status}"

    @property
    def target(self) -> TargetKey:
        """Target of a run, by primary key."""
        return TargetKey(self.cell_id, self.measurement_id, self.series)

    @property
    def of(self) -> Cell | Measurement:
        """The record analysed: the measurement, or the cell of a cell-level or series run."""
        return self.measurement or self.cell


class CurveKind(models.TextChoices):
    LINE = "line", "Line"
    HEAT_MAP = "heat-map", "Heat map"
    PICTURE = "picture", "Image with mask"


class PlotColumns(models.Model):
    """Mixin for a plot of a run, with its axes and numbers."""

    name = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=CurveKind, default=CurveKind.LINE)
    x_quantity = models.CharField(max_length=64, blank=True, help_text="Slug of the quantity of the x axis.")
    y_quantity = models.CharField(max_length=64, blank=True, help_text="Slug of the quantity of the y axis.")
    data = models.JSONField(help_text="Axes and numbers.")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title


class Curve(PlotColumns, Scoped):
    """A plot an analysis returned."""

    project_path = "run__cell__project"
    current = models.Q(run__is_latest=True)

    run = models.ForeignKey(AnalysisRun, on_delete=models.CASCADE, related_name="curves")

    objects = SupersededQuerySet.as_manager()

    class Meta:
        ordering = ["run", "id"]
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="curve_name_unique_in_run")]
