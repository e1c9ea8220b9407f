"""Targets of group analyses: groups of cells with the numbers of their cells."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch

from registry.hookspecs import Analysis
from registry.models import CellGroup, GroupMember, Value
from registry.numbers import catalogue
from registry.plugin_loading.parameters import resolve_parameters
from registry.selectors.analysis_inputs.facts import Facts, layers_with_inputs
from registry.selectors.analysis_inputs.group_facts import ListedValue, list_values, member_facts
from registry.selectors.query.primary_key_in import PrimaryKeyIn


@dataclass(frozen=True)
class GroupTarget:
    """A group of cells with everything an analysis may read of it."""

    group: CellGroup
    members: int
    facts: Facts
    techniques: Mapping[int, frozenset[str]]
    """Techniques of the measurements of each cell, by primary key."""
    producing_runs: Mapping[str, int]
    """The run on a cell that computed each fact, by path of the fact."""
    datasets: Mapping[str, str] = field(default_factory=dict)
    """None: a group analysis reads numbers, not files."""

    def suits(self, analysis: Analysis) -> bool:
        """Whether the analysis applies to this group."""
        return suits_group(analysis, self.group.kind, self.members, self.techniques)

    def parameters(self, analysis: Analysis) -> dict[str, Any]:
        """Parameters set for the analysis here, not yet validated."""
        return resolve_parameters(analysis, self.group.project.parameters, self.group.parameters)


def suits_group(analysis: Analysis, kind: str, members: int, techniques: Mapping[int, frozenset[str]]) -> bool:
    """Whether an analysis applies to a group of this kind with this number of cells, and these techniques of each."""
    if analysis.scope != "group" or kind not in analysis.group_kinds:
        return False
    if analysis.techniques:
        members = sum(not of_cell.isdisjoint(analysis.techniques) for of_cell in techniques.values())
    return members >= analysis.min_members


def get_techniques(groups: Iterable[int]) -> dict[int, dict[int, frozenset[str]]]:
    """Techniques of the measurements of each cell of these groups, by primary keys of group and cell; one query."""
    rows = (
        GroupMember.objects.filter(PrimaryKeyIn("group_id", groups), cell__measurements__isnull=False)
        .order_by()
        .values_list("group_id", "cell_id", "cell__measurements__technique")
        .distinct()
    )
    collected: dict[int, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for group, cell, technique in rows:
        collected[group][cell].add(technique)
    return {
        group: {cell: frozenset(techniques) for cell, techniques in cells.items()} for group, cells in collected.items()
    }


def get_group_targets(groups: Iterable[int]) -> dict[int, GroupTarget]:
    """Targets of these groups, by primary key; constant number of queries."""
    rows = list(
        CellGroup.objects.filter(pk__in=list(groups))
        .select_related("project")
        .prefetch_related("members__cell", Prefetch("members__cell__layers", layers_with_inputs()))
    )
    values = _values_by_cell({member.cell_id for group in rows for member in group.members.all()})
    techniques = get_techniques([group.pk for group in rows])
    return {group.pk: _target(group, values, techniques.get(group.pk, {})) for group in rows}


def _values_by_cell(cells: set[int]) -> dict[int, list[ListedValue]]:
    values = (
        Value.objects.filter(cell__in=cells, is_latest=True, magnitude__isnull=False)
        .select_related("cell", "measurement", "run")
        .prefetch_related("measurement__conditions")
        .defer("run__inputs", "run__software", "run__messages", "run__parameters")
        .order_by("pk")
    )
    by_cell: dict[int, list[Value]] = defaultdict(list)
    for value in values:
        # A quantity whose plugin is not loaded has no unit in which numbers could be compared.
        if value.quantity in catalogue.catalogue:
            by_cell[value.cell_id].append(value)
    return {cell: list(list_values(of_cell)) for cell, of_cell in by_cell.items()}


def _target(
    group: CellGroup, values: Mapping[int, list[ListedValue]], techniques: Mapping[int, frozenset[str]]
) -> GroupTarget:
    members = sorted(group.members.all(), key=lambda member: member.position)
    facts: Facts = {"group.kind": group.kind, "group.over": group.over or None}
    facts["group.members"] = tuple(member.cell.refcode for member in members)
    producing_runs: dict[str, int] = {}
    for member in members:
        prefix, listed = f"members.{member.cell.refcode}.", values.get(member.cell_id, [])
        facts |= {prefix + path: fact for path, fact in member_facts(member, group.over, listed).items()}
        for item in listed:
            if item.value.run_id:
                producing_runs[f"{prefix}values.{item.value.quantity}.{item.key}"] = item.value.run_id
    return GroupTarget(group, len(members), facts, techniques, producing_runs)
