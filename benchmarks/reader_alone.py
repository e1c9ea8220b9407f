"""`python -m benchmarks.reader_alone FILE`: a reader called on a file and one plain Parquet write of what it returned.

In a process of its own, as files are read in the registry: memory that was used before costs less.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import django

from registry import plugin_loading
from registry.sandbox.file_reader_child import HEAD_BYTES


def main(filename: str) -> None:
    """Print the seconds of both."""
    django.setup()
    import pandas  # type: ignore[import-untyped]  # noqa: F401 - pyarrow imports it for the first array
    import pyarrow.csv
    import pyarrow.parquet

    path = Path(filename)
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    readers = [reader for reader in plugin_loading.current().readers.values() if reader.recognises(head, path.name)]
    reader = max(readers, key=lambda reader: reader.priority)
    began = time.perf_counter()
    (dataset,) = reader.read(path)
    read = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        table = pyarrow.table(dict(dataset.columns))
        pyarrow.parquet.write_table(table, Path(scratch) / "reference", compression="zstd", compression_level=3)
        written = time.perf_counter()
    sys.stdout.write(json.dumps({"reader": read - began, "write": written - read}))


if __name__ == "__main__":
    main(sys.argv[1])
