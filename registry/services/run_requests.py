"""Request a run, optionally with new parameters."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from registry.hookspecs import Analysis
from registry.models import AnalysisRun, Cell, CellGroup, GroupRun, Measurement
from registry.services.parameters import set_parameters
from registry.services.permissions import Actor
from registry.services.runs.groups import queue_group_run
from registry.services.runs.queue import queue_run


@transaction.atomic
def request_run(
    *,
    measurement: Measurement | None = None,
    cell: Cell | None = None,
    series: str = "",
    analysis: Analysis,
    parameters: Mapping[str, Any] | None = None,
    by: Actor,
) -> AnalysisRun:
    """Queue one analysis of a measurement, a cell or a series of the cell; parameters, if any, are first saved on that
    record."""
    record = measurement or cell
    assert record is not None
    if parameters:
        set_parameters(record, {analysis.name: parameters}, by=by)
    return queue_run(measurement=measurement, cell=cell, series=series, analysis=analysis, by=by)


@transaction.atomic
def request_group_run(
    *, group: CellGroup, analysis: Analysis, parameters: Mapping[str, Any] | None = None, by: Actor
) -> GroupRun:
    """Queue one analysis of a group; parameters, if any, are first saved on the group."""
    if parameters:
        set_parameters(group, {analysis.name: parameters}, by=by)
    return queue_group_run(group=group, analysis=analysis, by=by)
