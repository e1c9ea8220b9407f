"""Rows of a table in which replicates, nominally identical cells, stand as their mean or as their champion."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from django.db.models import Count

from analyses.statistics.replicates import FEWEST_CELLS, ReplicateMean, replicate_mean
from registry.hookspecs import Table
from registry.models import CellGroup, GroupKind, GroupMember
from registry.models.visibility import AnyUser
from registry.numbers import catalogue
from registry.numbers.formatting import to_typographic
from registry.selectors.comparison.comparability import COMPARABLE, COMPARE_WITH, KEY
from registry.selectors.comparison.formatting import column_unit, is_numeric
from registry.selectors.comparison.row import EITHER, REPORTED, LatestValue, Row, ValueKey
from registry.selectors.query.errors import QueryError
from registry.selectors.query.parsing import nearest
from registry.selectors.query.primary_key_in import PrimaryKeyIn
from registry.text.search_tokens import full_refcode

REPLICATES = ("each", "mean", "champion")
SETTINGS = ("replicates", "champion", "this_work", "compare_with", "comparable")


def with_settings(table: Table, parameters: Mapping[str, Iterable[str]]) -> tuple[Table, dict[str, Iterable[str]]]:
    """Return the table with the settings among the query parameters, and the other parameters.

    The column of a champion alone asks for champions.
    """
    chosen = {name: ",".join(parameters[name]) for name in SETTINGS if name in parameters}
    if "replicates" in chosen and chosen["replicates"] != "champion":
        chosen.setdefault("champion", "")
    elif chosen.get("champion"):
        chosen["replicates"] = "champion"
    if chosen.get("compare_with") == "":
        chosen.setdefault(KEY, "all")
    others = {name: value for name, value in parameters.items() if name not in SETTINGS}
    table = replace(table, **chosen) if chosen else table  # type: ignore[arg-type]
    check_settings(table)
    return table, others


def check_settings(table: Table) -> None:
    """Raise QueryError unless the settings are known and fit each other."""
    if table.replicates not in REPLICATES:
        hint = nearest(table.replicates, REPLICATES)
        raise QueryError("replicates", f"`replicates` must be each, mean or champion, not ‘{table.replicates}’.{hint}")
    keys = [column.key for column in table.columns]
    key = table.champion.removeprefix("-")
    if table.replicates == "champion" and key not in keys:
        text = (
            "`champion` must be the column whose largest value determines the champion (with a leading hyphen, the "
            f"smallest); columns of this table: {', '.join(keys)}."
        )
        raise QueryError("champion", text)
    if key and key in keys and not is_numeric(key):
        raise QueryError("champion", f"`champion` names a column of numbers, not ‘{key}’.")
    if table.compare_with and not full_refcode(table.compare_with):
        text = "`compare_with` names a row by the refcode of its cell or measurement, such as C-35, not "
        raise QueryError(COMPARE_WITH, f"{text}‘{table.compare_with}’.")
    if table.comparable not in COMPARABLE:
        hint = nearest(table.comparable, COMPARABLE)
        raise QueryError(KEY, f"`{KEY}` must be all or only, not ‘{table.comparable}’.{hint}")
    if table.comparable == "only" and not table.compare_with:
        raise QueryError(KEY, f"`{KEY}` needs `compare_with`: the refcode of the row to compare with.")
    if table.replicates != "champion" and key:
        raise QueryError("champion", "`champion` requires `replicates=champion`.")


class MeanRow(Row):
    """Replicates under equal conditions: each value is the mean over the cells that have it."""

    def __init__(self, rows: Sequence[Row], group: CellGroup) -> None:
        super().__init__([item for row in rows for item in row.measurements], rows[0].publication)
        self.rows = rows
        self.group = group
        self.notes = (f"Means of replicates: {_of(rows, group)}; uncertainties are those of the mean.",)

    @property
    def parts(self) -> Sequence[Row]:
        return self.rows

    @cached_property
    def _means(self) -> dict[ValueKey, tuple[LatestValue, ReplicateMean | str]]:
        keys = dict.fromkeys(key for row in self.rows for key in row.values if key[2] != EITHER)
        means = {key: self._mean(key) for key in keys}
        for (quantity, place, origin), mean in tuple(means.items()):
            if origin == REPORTED or (quantity, place, REPORTED) not in means:
                means[quantity, place, EITHER] = mean
        return means

    def _mean(self, key: ValueKey) -> tuple[LatestValue, ReplicateMean | str]:
        """Return the mean of a quantity as a value without a measurement, and the scatter; the value of the only cell
        that has one, and its refcode."""
        stated = {row.cell.refcode: row.values[key] for row in self.rows if key in row.values}
        numbers = {refcode: value for refcode, value in stated.items() if value.is_number}
        if len(numbers) < FEWEST_CELLS:
            refcode, value = next(iter((numbers or stated).items()))
            return value, refcode
        estimates = [estimate for value in numbers.values() if (estimate := value.estimate()) is not None]
        scatter = replicate_mean(estimates)
        first = next(iter(numbers.values()))
        stale = next((value for value in numbers.values() if value.stale_since), first)
        mean = first._replace(
            measurement_id=None,
            magnitude=scatter.mean.magnitude,
            lower=scatter.mean.lower,
            upper=scatter.mean.upper,
            standard_uncertainty=scatter.mean.standard_uncertainty,
            degrees_of_freedom=scatter.mean.degrees_of_freedom,
            written="",
            inferred=any(value.inferred for value in numbers.values()),
            stale_since=stale.stale_since,
            stale_because=stale.stale_because,
        )
        return mean, scatter

    @cached_property
    def values(self) -> dict[ValueKey, LatestValue]:
        return {key: value for key, (value, _) in self._means.items()}

    def notes_of(self, value: LatestValue, factor: float, unit: str) -> tuple[str, ...]:
        of = self._means[value.quantity, value.place, value.origin][1]
        if isinstance(of, str):
            return (f"From {of} only: no mean.",)
        count = f"{of.count}" if of.count == len(self.rows) else f"{of.count} of {len(self.rows)}"
        deviation = _number(of.standard_deviation * factor, 2, unit)
        median = _number(of.median * factor, 4, unit)
        return (f"n = {count}, standard deviation between cells {deviation}, median {median}.",)


def _number(magnitude: float, digits: int, unit: str) -> str:
    return f"{to_typographic(f'{magnitude:.{digits}g}')} {unit}".rstrip()


def combine_replicates(rows: list[Row], table: Table, user: AnyUser) -> list[Row]:
    """Return the rows with those of replicates under equal conditions combined, as the table says.

    Replicates are the cells of a group of this kind; of a cell in several groups, the one entered first counts. Cells
    of two groups, and rows whose technique or conditions differ, stay apart.
    """
    if table.replicates == "each":
        return rows
    groups = _groups_of({row.cell.pk for row in rows}, user)
    sets: dict[Hashable, list[Row]] = defaultdict(list)
    for row in rows:
        group = groups.get(row.cell.pk)
        sets[(group.pk, _conditions(row)) if group else row].append(row)
    return [_combined(members, groups.get(members[0].cell.pk), table) for members in sets.values()]


def _groups_of(cells: set[int], user: AnyUser) -> dict[int, Any]:
    """Return the group of replicates of each cell, with the number of its members."""
    visible = CellGroup.objects.visible_to(user).filter(kind=GroupKind.REPLICATES)
    groups = {group.pk: group for group in visible.annotate(built=Count("members"))}
    members = GroupMember.objects.filter(PrimaryKeyIn("cell_id", cells), group__in=groups)
    pairs = members.order_by("-group_id").values_list("cell_id", "group_id")
    return {cell: groups[group] for cell, group in pairs}


def _conditions(row: Row) -> Hashable:
    """Properties that rows of replicates must share: technique and conditions."""
    conditions = {
        (slug, condition.magnitude, condition.qualifier, condition.scale)
        for item in row.measurements
        for slug, condition in item.table_conditions.items()  # type: ignore[attr-defined]
    }
    return frozenset(item.technique for item in row.measurements), frozenset(conditions)


def _combined(rows: list[Row], group: Any, table: Table) -> Row:
    if len({row.cell.pk for row in rows}) < FEWEST_CELLS:
        return rows[0]
    if table.replicates == "mean":
        return MeanRow(rows, group)
    key = table.champion.removeprefix("-")
    best = min if table.champion.startswith("-") else max
    numbers = {row: number for row in rows if isinstance(number := row.sort_key(key), float | int)}
    if not numbers:
        return rows[0]
    champion = best(numbers, key=lambda row: numbers[row])
    column = next(column for column in table.columns if column.key == key)
    scale, unit = column_unit(column)
    least, most = (_number(bound(numbers.values()) * float(scale), 4, unit) for bound in (min, max))
    which = "smallest" if best is min else "largest"
    title = column.title or catalogue.get_or_placeholder(key).name
    champion.notes = (f"Champion of {_of(rows, group)}: the {which} of {least} to {most} ({title}).",)
    return champion


def _of(rows: Sequence[Row], group: Any) -> str:
    refcodes = list(dict.fromkeys(row.cell.refcode for row in rows))
    built = f" of {group.built} built" if group.built > len(refcodes) else ""
    return f"{len(refcodes)} cells{built} ({', '.join(refcodes)}) in the group ‘{group.name}’"
