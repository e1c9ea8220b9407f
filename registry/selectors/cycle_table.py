"""The per-cycle table of a measurement: all curves its analyses plot against the cycle number."""

from typing import TYPE_CHECKING, Any

from registry.models import Curve, Measurement

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]

CYCLE = "Cycle"
"""x-axis label of the curves in the table."""


def cycle_table(measurement: Measurement) -> "pd.DataFrame":
    """A row per cycle and a column per series, with its unit in the header; nan where a series has no value."""
    # Imported here so that starting the server does not load pandas.
    import pandas as pd

    latest_curves = Curve.objects.filter(run__measurement=measurement, run__is_latest=True, data__x__label=CYCLE)
    columns: dict[str, pd.Series] = {}
    for curve in latest_curves.order_by("pk"):
        for series in curve.data["series"]:
            numbers = pd.Series(series["y"], index=pd.Index(series["x"], dtype=float), dtype=float)
            is_valid = numbers.index.notna() & ~numbers.index.duplicated()
            columns.setdefault(_column_header(curve.data["y"], series["name"]), numbers[is_valid])
    table = pd.DataFrame(columns).sort_index()
    table.index = pd.Index([int(number) if number == int(number) else number for number in table.index], name=CYCLE)
    return table


def _column_header(axis: dict[str, Any], name: str) -> str:
    """`Discharge capacity / mAh`, `Capacity retention / %`, `Specific capacity, discharge / mAh g⁻¹`."""
    label = axis["label"]
    if label.lower() in name.lower():
        text = name
    elif name.lower() in label.lower():
        text = label
    else:
        text = f"{label}, {name[:1].lower()}{name[1:]}"
    return f"{text} / {axis['unit']}" if axis["unit"] else text
