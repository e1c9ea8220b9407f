"""Requests for a run with parameters of its own."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from registry.hookspecs import Analysis
from registry.models import AnalysisRun, Cell, Measurement
from registry.services.parameters import parameters_set
from registry.services.permissions import Actor
from registry.services.runs.queue import run_queue


@transaction.atomic
def request_run(
    *,
    measurement: Measurement | None = None,
    cell: Cell | None = None,
    analysis: Analysis,
    parameters: Mapping[str, Any] | None = None,
    by: Actor,
) -> AnalysisRun:
    """Queue one analysis of a measurement or of a cell; the parameters, if there are any, are set on that record."""
    record = measurement or cell
    assert record is not None
    if parameters:
        parameters_set(record, {analysis.name: parameters}, by=by)
    return run_queue(measurement=measurement, cell=cell, analysis=analysis, by=by)
