"""Group analyses that are due: never run, stale, outdated, or with changed parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet

from registry import plugin_loading
from registry.hookspecs import Analysis
from registry.models import CellGroup, GroupRun
from registry.plugin_loading.parameters import resolve_parameters
from registry.selectors.analysis_inputs.due import DUE, LatestRun, Reason, due_reasons
from registry.selectors.analysis_inputs.group_targets import get_techniques, suits_group


@dataclass(frozen=True)
class GroupJob:
    """An analysis to run on a group."""

    group: int
    analysis: Analysis
    reason: Reason
    parameters: Mapping[str, Any] = field(compare=False)
    """Parameters set for the analysis, not yet validated."""

    @property
    def key(self) -> tuple[int, str]:
        return self.group, self.analysis.name


def list_due_group_jobs(
    groups: QuerySet[CellGroup],
    *,
    names: Sequence[str] = (),
    reasons: Sequence[Reason] = DUE,
    everything: bool = False,
) -> list[GroupJob]:
    """Jobs due on these groups, of the named analyses or all; at most three queries."""
    analyses = [item for item in plugin_loading.current().analyses.values() if not names or item.name in names]
    counted = groups.annotate(number=Count("members")).order_by("pk")
    rows = list(counted.values_list("pk", "kind", "number", "parameters", "project__parameters"))
    pks = [row[0] for row in rows]
    latest = _latest_runs(pks) if rows else {}
    techniques = (
        get_techniques(pks) if rows and any(item.scope == "group" and item.techniques for item in analyses) else {}
    )
    jobs = []
    for pk, kind, members, own_settings, project_settings in rows:
        for analysis in analyses:
            if not suits_group(analysis, kind, members, techniques.get(pk, {})):
                continue
            parameters = resolve_parameters(analysis, project_settings, own_settings)
            due = due_reasons(latest.get((pk, analysis.name)), analysis, parameters)
            chosen: list[Reason] = [reason for reason in due if everything or reason in reasons]
            if everything or chosen:
                reason: Reason = next(iter(chosen), "requested")
                jobs.append(GroupJob(pk, analysis, reason, parameters))
    return jobs


def _latest_runs(groups: Sequence[int]) -> dict[tuple[int, str], LatestRun]:
    runs = GroupRun.objects.filter(is_latest=True, group__in=groups)
    columns = ("group_id", "analysis", "version", "source_hash", "parameters", "stale_since")
    return {
        (group, analysis): LatestRun(version, source_hash, parameters, stale_since is not None)
        for group, analysis, version, source_hash, parameters, stale_since in runs.values_list(*columns)
    }
