import json
import logging
import warnings
from pathlib import Path

import numpy as np
import pytest

from registry.hookspecs import OtherFormatError, ParsedDataset, Reader, UnreadableFile
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


def reader(name: str, priority: int, error: UnreadableFile | None = None) -> Reader:
    def read(path: Path) -> tuple[ParsedDataset, ...]:
        if error:
            raise error
        return (ParsedDataset("cycling", {"cycle_count": np.arange(3.0)}),)

    return Reader(name=name, version="1", title=name, recognises=lambda head, _: True, read=read, priority=priority)


OTHER, DAMAGED = OtherFormatError("other-format"), UnreadableFile("damaged")


@pytest.mark.parametrize(
    ("first", "second", "name", "code"),
    [
        (OTHER, None, "second", None),
        (DAMAGED, None, "first", "damaged"),
        (OTHER, DAMAGED, "second", "damaged"),
        (OTHER, OTHER, "second", "other-format"),
        (None, None, "first", None),
    ],
)
def test_a_reader_below_is_asked_if_the_content_is_of_another_format(
    first: UnreadableFile | None, second: UnreadableFile | None, name: str, code: str | None, tmp_path: Path
) -> None:
    (tmp_path / "raw").write_bytes(b"LAB")
    readers = [reader("second", -1, second), reader("first", 0, first)]
    read_into(tmp_path, tmp_path / "raw", "raw", readers, archive_bytes=1 << 20)
    manifest = json.loads((tmp_path / MANIFEST).read_text())
    assert (manifest["reader"], (manifest["refusal"] or {"code": None})["code"]) == (name, code)
    assert len(manifest["datasets"]) == (code is None)
