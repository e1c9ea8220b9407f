"""Combine the measurements of a cell that a row of a pivot shows."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence

from registry.models import Measurement

Conditions = Mapping[str, Hashable]
"""The conditions a measurement states, by slug, each as what is equal if two are."""
ValueKey = tuple[str, str]
"""Quantity and origin of a value."""


def group_by_condition(
    measurements: Iterable[Measurement],
    condition: str,
    *,
    conditions_of: Callable[[Measurement], Conditions],
    keys_of: Callable[[Measurement], Collection[ValueKey]],
) -> list[list[Measurement]]:
    """Group measurements of any technique by cell and value of a condition; those that do not state it are left out.

    Measurements of a group agree in every condition that several of them state, and no two have a value of the same
    quantity. One that states fewer conditions is in every group it fits: a conductivity at 10 MPa is shown next to the
    retention at each C-rate at 10 MPa.
    """
    members: dict[tuple[int, Hashable], list[Measurement]] = {}
    for measurement in measurements:
        if condition in (stated := conditions_of(measurement)):
            members.setdefault((measurement.cell_id, stated[condition]), []).append(measurement)
    conditions = {item.pk: conditions_of(item) for group in members.values() for item in group}
    keys = {item.pk: set(keys_of(item)) for group in members.values() for item in group}

    def fits(measurement: Measurement, group: Sequence[Measurement]) -> bool:
        return not any(
            keys[item.pk] & keys[measurement.pk] or _differ(conditions[item.pk], conditions[measurement.pk])
            for item in group
        )

    groups: list[list[Measurement]] = []
    for same in members.values():
        of_value: list[list[Measurement]] = []
        # First those that state most, which no other one can be combined with twice.
        for measurement in sorted(same, key=lambda item: (-len(conditions[item.pk]), item.pk)):
            fitting = [group for group in of_value if fits(measurement, group)]
            for group in fitting:
                group.append(measurement)
            if not fitting:
                of_value.append([measurement])
        groups += of_value
    for group in groups:
        group.sort(key=lambda item: item.pk)
    return sorted(groups, key=lambda group: (group[0].cell_id, group[0].pk))


def _differ(conditions: Conditions, others: Conditions) -> bool:
    """Whether a condition that both state differs."""
    return any(others.get(slug, condition) != condition for slug, condition in conditions.items())
