"""The parsed columns of a dataset."""

from pathlib import Path

import numpy as np


def load_columns(path: str | Path) -> dict[str, np.ndarray]:
    """Read a Parquet file; the columns are read-only."""
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(path)
    columns = {name: table.column(name).to_numpy() for name in table.column_names}
    for column in columns.values():
        column.flags.writeable = False
    return columns
