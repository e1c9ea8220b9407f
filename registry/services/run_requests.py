"""Request a run, optionally with new parameters or with the change of one that a run offers."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction

from registry import plugin_loading
from registry.hookspecs import Analysis
from registry.models import AnalysisRun, Cell, CellGroup, GroupRun, Measurement
from registry.selectors.analysis_inputs.targets import get_run_target
from registry.services.parameters import set_parameters
from registry.services.permissions import Actor, require_editor
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
def accept_offer(run: AnalysisRun, *, message: int, offer: int, by: Actor) -> AnalysisRun:
    """Make the change of a parameter that a message of a run offers, and queue the analysis again.

    Raise PermissionDenied unless the actor may edit the record, ObjectDoesNotExist if there is no such offer, and
    ValidationError (`offer-outdated`) if a later run superseded this one or the parameter has been changed since.
    """
    require_editor(run.cell.project, by)
    # Locked, so that of two clicks at once the second sees what the first changed.
    type(run.of).objects.select_for_update().get(pk=run.of.pk)
    run = AnalysisRun.objects.select_related("cell__project", "measurement__cell__project").get(pk=run.pk)
    change = get_offer(run.messages, message, offer)
    analysis = plugin_loading.current().analyses.get(run.analysis)
    target = get_run_target(run)
    parameter = change["parameter"]
    set_now = target.parameters(analysis) if analysis and target and run.is_latest else {}
    if analysis is None or parameter not in set_now or set_now[parameter] != run.parameters.get(parameter):
        raise ValidationError(
            "The results or their parameters have changed since this page was shown; nothing was changed.",
            code="offer-outdated",
        )
    return request_run(
        measurement=run.measurement,
        cell=None if run.measurement else run.cell,
        series=run.series,
        analysis=analysis,
        parameters={parameter: change["value"]},
        by=by,
    )


def get_offer(messages: Sequence[Mapping[str, Any]], message: int, offer: int) -> Mapping[str, Any]:
    """The offer at a place of a message at a place, both from 0, as it is stored; ObjectDoesNotExist without one."""
    offers = messages[message].get("offers", []) if 0 <= message < len(messages) else []
    if not 0 <= offer < len(offers):
        raise ObjectDoesNotExist("This change is not available for the run.")
    change: Mapping[str, Any] = offers[offer]
    return change


@transaction.atomic
def request_group_run(
    *, group: CellGroup, analysis: Analysis, parameters: Mapping[str, Any] | None = None, by: Actor
) -> GroupRun:
    """Queue one analysis of a group; parameters, if any, are first saved on the group."""
    if parameters:
        set_parameters(group, {analysis.name: parameters}, by=by)
    return queue_group_run(group=group, analysis=analysis, by=by)
