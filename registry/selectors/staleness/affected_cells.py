"""Cells whose analyses may have read a record: their results are checked when the record changes."""

from functools import singledispatch

from django.db.models import Q, QuerySet

from registry.models import (
    Cell,
    Condition,
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
    """Cells whose analyses may have read this record; none for record types that no analysis reads."""
    return Cell.objects.none()


@affected_cells.register
def _(record: Cell) -> QuerySet[Cell]:
    return Cell.objects.filter(pk=record.pk)


@affected_cells.register(Layer)
@affected_cells.register(Measurement)
@affected_cells.register(Value)
def _(record: Layer | Measurement | Value) -> QuerySet[Cell]:
    return Cell.objects.filter(pk=record.cell_id)


@affected_cells.register(Condition)
@affected_cells.register(Dataset)
def _(record: Condition | Dataset) -> QuerySet[Cell]:
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
    uses_material = Q(layers__material=record) | Q(layers__formulation__ingredients__material=record)
    return Cell.objects.filter(uses_material).distinct()


@affected_cells.register
def _(record: Project) -> QuerySet[Cell]:
    """All cells of the project if its parameters are about to change, else none: analyses read nothing else of it."""
    parameters_change = bool(record.pk) and record.parameters != record.parameters_stored()
    return Cell.objects.filter(project=record.pk) if parameters_change else Cell.objects.none()
