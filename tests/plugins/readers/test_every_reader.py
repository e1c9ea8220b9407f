"""Tests of all readers together, also on files of other laboratories; test_every_plugin.py tests each one."""

import re
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from registry import plugin_loading
from registry.contract.reader_support.files.workbook import is_workbook
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
    assert len(first_readers(path.read_bytes(), path.name)) == 1


@pytest.mark.parametrize(
    "path", [path for path in shared_data.files() if path.stat().st_size < 130_000], ids=lambda path: path.name
)
def test_a_damaged_shared_file_is_read_into_sound_columns_or_refused(path: Path, tmp_path: Path) -> None:
    content = path.read_bytes()
    (name,) = first_readers(content, path.name)
    for _, broken in list(damaged(content, seed=len(content)))[:: 12 if path.suffix not in {".nda", ".ndax"} else 1]:
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


NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


def numbers_of(line: str) -> list[float]:
    """Return the numbers of a line of a raw text, none if it has other words."""
    cells = re.split(r"[\s,;]+", line.strip().strip('"'))
    return [float(cell) for cell in cells] if all(NUMBER.fullmatch(cell) for cell in cells) else []


@pytest.mark.parametrize("folder", shared_data.folder())
def test_the_table_of_spectra_agrees_with_the_raw_text(folder: Path) -> None:
    """Each file, read without a reader: the row of the point in the middle, its sign, and the number of such rows."""
    written = (Path(__file__).parents[3] / "docs" / "formats.md").read_text()
    rows = shared_data.spectra(folder)
    for row in rows:
        assert row in written
        name, _, points, position, *documented = (cell.strip() for cell in row.strip("|").split(" | "))
        text = (folder / name).read_text(encoding="latin-1")
        sign = -1 if "-Im(Z)" in text else 1
        frequency, real, imaginary = documented[0], documented[1], documented[2].rstrip(" |")
        lines = [numbers for line in text.splitlines() if len(numbers := numbers_of(line)) >= 3]
        six_digits = [[f"{number:.6g}" for number in numbers] for numbers in lines]
        signed = f"{sign * float(imaginary):.6g}"
        at = next(index for index, cells in enumerate(six_digits) if {frequency, real, signed} <= set(cells))
        column = six_digits[at].index(frequency)
        same = [index for index, line in enumerate(lines) if len(line) == len(lines[at]) and line[column] > 0]
        assert (len(same), same.index(at) + 1) == (int(points), int(position)), name


@pytest.mark.parametrize("folder", shared_data.folder())
def test_every_file_of_impedance_is_read_or_refused_rightly(folder: Path) -> None:
    read = {row.split(" | ")[0].removeprefix("| ") for row in shared_data.spectra(folder)}
    rest = {str(path.relative_to(folder)) for path in shared_data.files() if path.is_relative_to(folder / "eis")} - read
    assert {name for name in rest if "gamma" not in name and not name.endswith(".mpr")} == {
        "eis/PEIS_LPSCl_sample_info.txt",
        "eis/impedance_py/exampleDataBioLogic_MissingFreq.mpt",
    }
