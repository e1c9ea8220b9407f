"""Readers that do the worst a reader can; each recognises files that begin with its own word."""

import json
import os
import subprocess
import time
from pathlib import Path

import numpy as np

from registry.hookspecs import ParsedDataset, Reader, hookimpl


def hangs(path: Path) -> tuple[ParsedDataset, ...]:
    subprocess.Popen(["sleep", "600"])
    while True:
        time.sleep(1)


def eats(path: Path) -> tuple[ParsedDataset, ...]:
    hoard = []
    while True:
        hoard.append(np.ones(4_000_000))


def crashes(path: Path) -> tuple[ParsedDataset, ...]:
    os.abort()


def leaves(path: Path) -> tuple[ParsedDataset, ...]:
    raise SystemExit(0)


def vanishes(path: Path) -> tuple[ParsedDataset, ...]:
    os._exit(0)


def raises(path: Path) -> tuple[ParsedDataset, ...]:
    return (ParsedDataset("eis", {"frequency_hertz": np.array([1.0]) / {}["no such key"]}),)


def shouts(path: Path) -> tuple[ParsedDataset, ...]:
    os.write(1, b"nonsense " * 100_000)
    return (ParsedDataset("", {"test_time_second": np.arange(3.0)}, {"operator": "A\0B\ud800C"}),)


def words(path: Path) -> tuple[ParsedDataset, ...]:
    return (ParsedDataset("", {"test_time_second": np.array(["one", "two"])}),)


def forges(path: Path) -> tuple[ParsedDataset, ...]:
    """Write a manifest that names a file elsewhere, then leave before the true one is written."""
    results = path.parent / "results"
    (results / "part-0.parquet").symlink_to("/etc/passwd")
    dataset = {"technique": "", "label": "", "header": {}, "messages": [], "columns": ["a"], "rows": 1}
    forged = {
        "reader": "hostile-forges",
        "version": "1",
        "refusal": None,
        "datasets": [dataset | {"start_time": "", "pixel_size_um": None, "is_image": False}],
    }
    (results / "manifest.json").write_text(json.dumps(forged))
    os._exit(0)


def lies(path: Path) -> tuple[ParsedDataset, ...]:
    (path.parent / "results" / "manifest.json").write_text('{"reader": [1]}')
    os._exit(0)


@hookimpl
def register_readers() -> list[Reader]:
    deeds = (hangs, eats, crashes, leaves, vanishes, raises, shouts, words, forges, lies)
    return [
        Reader(
            name=f"hostile-{deed.__name__}",
            version="1",
            title=f"Reader that {deed.__name__}",
            recognises=lambda head, name, word=deed.__name__: head.startswith(word.encode()),
            read=deed,
        )
        for deed in deeds
    ]
