"""The per-cycle table of a measurement: all that its analyses drew against the number of the cycle."""

from typing import TYPE_CHECKING, Any

from registry.models import Curve, Measurement

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]

CYCLE = "Cycle"
"""Label of the axis across of a curve that belongs to the table."""


def cycle_table(measurement: Measurement) -> "pd.DataFrame":
    """A row for each cycle, a column for each series with its unit in the head; nan where a series has no number."""
    # Only who asks for a table pays for pandas; a starting server does not.
    import pandas as pd

    latest = Curve.objects.filter(run__measurement=measurement, run__is_latest=True, data__x__label=CYCLE)
    columns: dict[str, pd.Series] = {}
    for curve in latest.order_by("pk"):
        for series in curve.data["series"]:
            numbers = pd.Series(series["y"], index=pd.Index(series["x"], dtype=float), dtype=float)
            known = numbers.index.notna() & ~numbers.index.duplicated()
            columns.setdefault(_head(curve.data["y"], series["name"]), numbers[known])
    table = pd.DataFrame(columns).sort_index()
    table.index = pd.Index([int(number) if number == int(number) else number for number in table.index], name=CYCLE)
    return table


def _head(axis: dict[str, Any], name: str) -> str:
    """`Discharge capacity / mAh`, `Capacity retention / %`, `Specific capacity, discharge / mAh g⁻¹`."""
    label = axis["label"]
    if label.lower() in name.lower():
        words = name
    elif name.lower() in label.lower():
        words = label
    else:
        words = f"{label}, {name[:1].lower()}{name[1:]}"
    return f"{words} / {axis['unit']}" if axis["unit"] else words
