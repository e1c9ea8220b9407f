"""The values of all measurements of one technique of a cell."""

from collections import defaultdict

from registry.models import Cell, Measurement, Value


def list_technique_values(cell: Cell, technique: str) -> list[tuple[Measurement, list[Value]]]:
    """The measurements in order of entry, each with its latest values that have no place; three queries."""
    measurements = Measurement.objects.filter(cell=cell, technique=technique).prefetch_related("conditions")
    values: dict[int | None, list[Value]] = defaultdict(list)
    latest = Value.objects.filter(cell=cell, measurement__technique=technique, is_latest=True, at_number=None)
    for value in latest.order_by("pk"):
        values[value.measurement_id].append(value)
    return [(measurement, values[measurement.pk]) for measurement in measurements.order_by("pk")]
