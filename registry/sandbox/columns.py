"""The parsed columns or the image of a dataset."""

from pathlib import Path

import numpy as np

from registry.contract.dataset_columns import IMAGE

IMAGE_SUFFIX = ".npy"


def load_data(path: str | Path) -> dict[str, np.ndarray]:
    """Read the columns of a Parquet file, or the image of a NumPy file as `image`; read-only."""
    return {IMAGE: load_image(path)} if Path(path).suffix == IMAGE_SUFFIX else load_columns(path)


def load_image(path: str | Path) -> np.ndarray:
    """Read an image; read-only."""
    pixels: np.ndarray = np.load(path, allow_pickle=False)
    pixels.flags.writeable = False
    return pixels


def load_columns(path: str | Path) -> dict[str, np.ndarray]:
    """Read a Parquet file; the columns are read-only."""
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(path)
    columns = {name: table.column(name).to_numpy() for name in table.column_names}
    for column in columns.values():
        column.flags.writeable = False
    return columns
