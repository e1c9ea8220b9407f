"""Tests of all readers together, also on files of other laboratories; test_every_plugin.py tests each one."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from registry import plugin_loading
from registry.contract.reader_support.workbook import is_workbook
from registry.hookspecs import Reader, UnreadableFile
from registry.testing.checks.reading import damaged
from tests.plugins.readers import shared_data
from tests.plugins.readers.samples import SAMPLES

HEAD_BYTES = 65_536


def first_readers(content: bytes, name: str) -> list[str]:
    """Return the names of the readers that are asked to read a file."""
    knowing = [
        reader for reader in plugin_loading.current().readers.values() if reader.recognises(content[:HEAD_BYTES], name)
    ]
    highest = max((reader.priority for reader in knowing), default=0)
    return [reader.name for reader in knowing if reader.priority == highest]


def only_refuses(reader: Reader, content: bytes, path: Path) -> None:
    """Check that the reader returns valid columns or refuses with a message."""
    path.write_bytes(content)
    try:
        datasets = reader.read(path)
    except UnreadableFile:
        return
    assert datasets
    for dataset in datasets:
        if dataset.image is not None:
            assert dataset.image.pixels.size
            continue
        sizes = {column.shape for column in dataset.columns.values()}
        assert len(sizes) == 1
        assert all(column.dtype == np.float64 and np.isfinite(column).all() for column in dataset.columns.values())


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("name", ["data", "data.txt", "data.csv"])
def test_one_reader_knows_a_file_by_its_content(sample: str, name: str) -> None:
    reader, content = SAMPLES[sample]
    # Which instrument wrote a workbook shows when it is opened: Arbin's reader is asked first.
    assert first_readers(content, name) == ["arbin-xlsx" if is_workbook(content) else reader]


@pytest.mark.parametrize("path", shared_data.files(), ids=lambda path: path.name)
def test_one_reader_at_most_knows_each_shared_file(path: Path) -> None:
    readers = first_readers(path.read_bytes(), path.name)
    assert len(readers) == (0 if path.suffix in {".xrdml"} else 1)


@pytest.mark.parametrize(
    "path", [path for path in shared_data.files() if path.stat().st_size < 130_000], ids=lambda path: path.name
)
def test_a_damaged_shared_file_is_read_into_sound_columns_or_refused(path: Path, tmp_path: Path) -> None:
    content = path.read_bytes()
    (name,) = first_readers(content, path.name)
    for _, broken in list(damaged(content, seed=len(content)))[:: 4 if path.suffix not in {".nda", ".ndax"} else 1]:
        only_refuses(plugin_loading.current().readers[name], broken, tmp_path / "damaged")


@pytest.mark.parametrize("folder", shared_data.folder())
def test_the_table_of_formats_matches_the_shared_files(folder: Path) -> None:
    written = (Path(__file__).parents[3] / "docs" / "formats.md").read_text()
    for line in shared_data.table(folder):
        assert line in written


@pytest.mark.parametrize(
    ("sample", "start_time"),
    [
        ("gamry, two curves", datetime(2018, 4, 23, 16, 43, 15)),
        ("gamry, chronoamperometry", None),
        ("zplot", None),
        ("zplot without comments", datetime(2019, 12, 17, 16, 24, 35)),
        ("ch instruments", datetime(2020, 2, 20, 15, 55, 8)),
        ("neware csv", datetime(2022, 5, 18, 16, 27, 52)),
        ("maccor", None),
        ("basytec", datetime(2023, 6, 19, 17, 56, 53)),
        ("declared", None),
        ("biologic, cycling and impedance", datetime(2025, 5, 15, 1, 18, 45, 867000)),
    ],
)
def test_the_start_time_is_that_of_the_file(sample: str, start_time: datetime | None, tmp_path: Path) -> None:
    reader, content = SAMPLES[sample]
    path = tmp_path / "data"
    path.write_bytes(content)
    for dataset in plugin_loading.current().readers[reader].read(path):
        assert dataset.start_time == start_time
