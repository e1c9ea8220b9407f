import json
import logging
import warnings
from pathlib import Path

import numpy as np

from registry.hookspecs import ParsedDataset, Reader
from registry.sandbox.file_reader_child import MANIFEST, read_into


def test_each_dataset_has_what_libraries_reported_while_it_was_read(tmp_path: Path) -> None:
    def read(path: Path) -> tuple[ParsedDataset, ...]:
        logging.getLogger("fastnda.ndax").critical("missing channel")
        warnings.warn("damaged block", UserWarning, stacklevel=1)
        return tuple(ParsedDataset("cycling", {"cycle_count": np.arange(3.0)}) for _ in range(2))

    reader = Reader(name="lab", version="1", title="Lab", recognises=lambda head, name: True, read=read)
    (tmp_path / "raw").write_bytes(b"LAB")
    read_into(tmp_path, tmp_path / "raw", "raw", [reader], archive_bytes=1 << 20)
    for dataset in json.loads((tmp_path / MANIFEST).read_text())["datasets"]:
        assert [(message["code"], message["level"]) for message in dataset["messages"]] == [
            ("library-report", "warning"),
            ("library-report", "warning"),
        ]
        assert dataset["messages"][0]["parameters"] == {"library": "fastnda", "report": "missing channel"}
