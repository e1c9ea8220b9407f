"""What holds for every reader: one knows each file, and nothing but a refusal comes of a damaged one."""

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from registry import plugin_manager
from registry.hookspecs import Reader, UnreadableFile
from tests.plugins.readers import shared_data
from tests.plugins.readers.samples import SAMPLES

HEAD_BYTES = 65_536
CUTS = 24
FLIPS = 48


def first_asked(content: bytes, name: str) -> list[str]:
    """Return the names of the readers that are asked to read a file."""
    knowing = [one for one in plugin_manager.current().readers.values() if one.recognises(content[:HEAD_BYTES], name)]
    highest = max((reader.priority for reader in knowing), default=0)
    return [reader.name for reader in knowing if reader.priority == highest]


def damaged(content: bytes, seed: int) -> Iterator[bytes]:
    """Yield the bytes cut off at some places, and with bits turned over at others."""
    chance = random.Random(seed)
    for _ in range(CUTS):
        yield content[: chance.randrange(len(content))]
    for _ in range(FLIPS):
        broken = bytearray(content)
        for _ in range(chance.choice((1, 1, 3, 20))):
            broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        yield bytes(broken)


def only_refuses(reader: Reader, content: bytes, path: Path) -> None:
    """Check that the reader gives sound columns or refuses with words."""
    path.write_bytes(content)
    try:
        recordings = reader.read(path)
    except UnreadableFile:
        return
    assert recordings
    for recording in recordings:
        sizes = {column.shape for column in recording.columns.values()}
        assert len(sizes) == 1
        assert all(column.dtype == np.float64 and np.isfinite(column).all() for column in recording.columns.values())


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("name", ["data", "data.txt", "data.csv"])
def test_one_reader_knows_a_file_by_its_content(sample: str, name: str) -> None:
    reader, content = SAMPLES[sample]
    assert first_asked(content, name) == [reader]


@pytest.mark.parametrize("sample", [name for name, (reader, _) in SAMPLES.items() if reader != "biologic-mpr-unread"])
def test_a_sample_is_read_whatever_the_name_of_its_file(sample: str, tmp_path: Path) -> None:
    reader, content = SAMPLES[sample]
    path = tmp_path / "0123456789abcdef"
    path.write_bytes(content)
    recordings = plugin_manager.current().readers[reader].read(path)
    assert all(column.size > 1 or reader == "parstat" for one in recordings for column in one.columns.values())


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_damaged_file_is_read_into_sound_columns_or_refused(sample: str, tmp_path: Path) -> None:
    reader, content = SAMPLES[sample]
    for broken in damaged(content, seed=len(sample)):
        only_refuses(plugin_manager.current().readers[reader], broken, tmp_path / "damaged")


@pytest.mark.parametrize("name", ["arbin-xlsx", "neware-nda", "biologic-mpt", "gamry-dta", "maccor", "versastudio"])
@pytest.mark.parametrize(
    "content", [b"", b"\x00", b"NEWARE" + b"\xff" * 4096, b"PK\x03\x04" + b"\x00" * 64, b"\n" * 99]
)
def test_nonsense_is_refused(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / "nonsense").write_bytes(content)
    with pytest.raises(UnreadableFile):
        plugin_manager.current().readers[name].read(tmp_path / "nonsense")


@pytest.mark.parametrize("path", shared_data.files(), ids=lambda path: path.name)
def test_one_reader_at_most_knows_each_shared_file(path: Path) -> None:
    asked = first_asked(path.read_bytes(), path.name)
    assert len(asked) == (0 if path.suffix in {".xrdml", ".tiff"} else 1)


@pytest.mark.parametrize(
    "path", [path for path in shared_data.files() if path.stat().st_size < 130_000], ids=lambda path: path.name
)
def test_a_damaged_shared_file_is_read_into_sound_columns_or_refused(path: Path, tmp_path: Path) -> None:
    content = path.read_bytes()
    (name,) = first_asked(content, path.name)
    for broken in list(damaged(content, seed=len(content)))[:: 4 if path.suffix not in {".nda", ".ndax"} else 1]:
        only_refuses(plugin_manager.current().readers[name], broken, tmp_path / "damaged")


@pytest.mark.parametrize("folder", shared_data.folder())
def test_the_table_of_formats_says_what_the_shared_files_give(folder: Path) -> None:
    written = (Path(__file__).parents[3] / "docs" / "formats.md").read_text()
    for line in shared_data.table(folder):
        assert line in written
