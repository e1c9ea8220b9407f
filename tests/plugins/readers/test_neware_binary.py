import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from plugins.readers.neware_binary import read, recognises
from registry.hookspecs import UnreadableFile
from tests.coded import message_of, refuses
from tests.plugins.readers import shared_data
from tests.plugins.readers.samples import arbin_workbook, workbook, write

FILES = [index / "cycling" / "navani" / name for index in shared_data.folder() for name in ("test.nda", "test.ndax")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_agrees_with_the_librarys_own_columns(path: Path) -> None:
    import fastnda

    frame = fastnda.read(path)
    (only,) = read(path)
    expected = {name: frame[name].to_numpy().astype(float) for name in frame.columns if name != "step_type"}
    for name, column in {
        "test_time_second": expected["total_time_s"],
        "voltage_volt": expected["voltage_V"],
        "current_ampere": expected["current_mA"] / 1000,
        "cycle_count": expected["cycle_count"],
        "step_index": expected["step_index"],
        "step_count": expected["step_count"],
        "step_time_second": expected["step_time_s"],
    }.items():
        np.testing.assert_array_equal(only.columns[name], column)
    net = only.columns["charging_capacity_ah"] - only.columns["discharging_capacity_ah"]
    for step in np.unique(expected["step_count"]):
        rows = expected["step_count"] == step
        counted = expected["capacity_mAh"][rows] / 1000
        np.testing.assert_allclose(net[rows] - net[rows][0], counted - counted[0], atol=1e-12)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_without_extension_is_read_the_same(path: Path, tmp_path: Path) -> None:
    (only,), (same,) = read(path), read(write(tmp_path, path.read_bytes()))
    assert {name: column.tolist() for name, column in only.columns.items()} == {
        name: column.tolist() for name, column in same.columns.items()
    }
    assert only.header == same.header
    assert only.header["started"].startswith("20")


def test_counts_on_where_the_instrument_starts_again() -> None:
    """The result of fastnda for test.ndax by step: 0.593039 mAh charged, then 0.625451 mAh discharged."""
    for path in FILES[1:]:
        (only,) = read(path)
        assert only.columns["charging_capacity_ah"][-1] == pytest.approx(0.593039e-3, rel=1e-5)
        assert only.columns["discharging_capacity_ah"][-1] == pytest.approx(0.625451e-3, rel=1e-5)


@pytest.mark.parametrize(
    ("content", "code", "parameters"),
    [
        (b"NEWARE" + b"\x00" * 2000, "file-unreadable", {"suffix": ".nda"}),
        (b"PK\x03\x04" + b"\x00" * 2000, "damaged-archive", {}),
        (arbin_workbook(), "file-unreadable", {"suffix": ".ndax"}),
    ],
)
def test_refuses_what_the_library_cannot_read(tmp_path: Path, content: bytes, code: str, parameters: dict) -> None:
    with refuses(code, UnreadableFile, **parameters):
        read(write(tmp_path, content))


def test_is_recognised_by_its_content() -> None:
    assert recognises(b"NEWARE...", "data")
    assert recognises(b"PK\x03\x04" + b"\x00" * 26 + b"data.ndc", "data")
    assert not recognises(workbook({"Sheet1": [["a"]]}), "data.ndax")


ARCHIVES = FILES[1:]


def changed(path: Path, member: str, change: Callable[[bytes], bytes] | None) -> bytes:
    """Return the archive with a member changed, or left out."""
    content = BytesIO()
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in archive.namelist():
            if name != member:
                copy.writestr(name, archive.read(name))
            elif change is not None:
                copy.writestr(name, change(archive.read(name)))
    return content.getvalue()


def flipped(content: bytes, count: int = 40) -> bytes:
    """Return the bytes with some bits flipped."""
    damaged, random = bytearray(content), np.random.default_rng(5)
    for position, bit in zip(random.integers(4096, len(content), count), random.integers(0, 8, count), strict=True):
        damaged[position] ^= 1 << bit
    return bytes(damaged)


@pytest.mark.parametrize("path", ARCHIVES)
@pytest.mark.parametrize(
    ("member", "change", "code"),
    [
        ("TestInfo.xml", None, "archive-incomplete"),
        ("Step.xml", None, "archive-incomplete"),
        ("Step.xml", lambda content: content[: len(content) // 2], "metadata-unreadable"),
        ("data.ndc", flipped, "implausible-records"),
        ("data.ndc", lambda content: content[: len(content) // 2], "records-end-early"),
        ("data.ndc", lambda content: content[: len(content) // 2] + bytes(len(content) // 2), "records-end-early"),
        ("data.ndc", lambda content: content[:20480] + bytes(4096) + content[24576:], "records-missing"),
    ],
)
def test_damage_of_an_archive_is_said(
    path: Path, member: str, change: Callable[[bytes], bytes] | None, code: str, tmp_path: Path
) -> None:
    (only,) = read(write(tmp_path, changed(path, member, change)))
    assert {message.level for message in only.messages if message.code == code} == {"warning"}


@pytest.mark.parametrize("path", FILES[:1])
def test_a_file_that_ends_before_its_records_do_says_so(path: Path, tmp_path: Path) -> None:
    content = path.read_bytes()
    (only,) = read(write(tmp_path, content[: len(content) * 9 // 10]))
    assert message_of(only.messages, "records-cut-off", missing=12366).level == "warning"


@pytest.mark.parametrize("path", ARCHIVES)
def test_a_damaged_member_that_is_not_read_is_said(path: Path, tmp_path: Path) -> None:
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        log = archive.getinfo("data_log.ndc")
    content[log.header_offset + 30 + len(log.filename) + log.compress_size // 2] ^= 255
    (only,) = read(write(tmp_path, bytes(content)))
    assert message_of(only.messages, "archive-member-damaged")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_sound_file_has_no_warning(path: Path) -> None:
    assert [message for message in read(path)[0].messages if message.level == "warning"] == []
