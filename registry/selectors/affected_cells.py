"""Which cells' analyses may have read a record: their results are checked when it changes."""

from functools import singledispatch

from django.db.models import Q, QuerySet

from registry.models import (
    Cell,
    Dataset,
    Formulation,
    HardwareSetup,
    Ingredient,
    Layer,
    Material,
    Measurement,
    Project,
    Value,
)
from registry.models.record import Scoped


@singledispatch
def affected_cells(record: Scoped) -> QuerySet[Cell]:
    """The cells whose analyses may have read this record; none for kinds of records that no analysis reads."""
    return Cell.objects.none()


@affected_cells.register
def _(record: Cell) -> QuerySet[Cell]:
    return Cell.objects.filter(pk=record.pk)


@affected_cells.register(Layer)
@affected_cells.register(Measurement)
@affected_cells.register(Value)
def _(record: Layer | Measurement | Value) -> QuerySet[Cell]:
    return Cell.objects.filter(pk=record.cell_id)


@affected_cells.register
def _(record: Dataset) -> QuerySet[Cell]:
    return Cell.objects.filter(measurements=record.measurement_id)


@affected_cells.register
def _(record: HardwareSetup) -> QuerySet[Cell]:
    return Cell.objects.filter(measurements__setup=record).distinct()


@affected_cells.register
def _(record: Formulation) -> QuerySet[Cell]:
    return Cell.objects.filter(layers__formulation=record).distinct()


@affected_cells.register
def _(record: Ingredient) -> QuerySet[Cell]:
    return Cell.objects.filter(layers__formulation=record.formulation_id).distinct()


@affected_cells.register
def _(record: Material) -> QuerySet[Cell]:
    uses = Q(layers__material=record) | Q(layers__formulation__ingredients__material=record)
    return Cell.objects.filter(uses).distinct()


@affected_cells.register
def _(record: Project) -> QuerySet[Cell]:
    """All of its cells while its parameters are about to change, else none: analyses read nothing more of it."""
    changes = bool(record.pk) and record.parameters != record.parameters_stored()
    return Cell.objects.filter(project=record.pk) if changes else Cell.objects.none()
