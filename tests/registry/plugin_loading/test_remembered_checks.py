"""Remembered import checks: an unusable file only causes plugins to be checked again."""

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from registry.plugin_loading import remembered_checks
from registry.plugin_loading.remembered_checks import FILE, MOST_RESULTS, PASSED, CheckResult, key_of
from registry.plugin_loading.sources import Source

FAILED = CheckResult("crashed", "crashed (SIGSEGV)", "")


@pytest.fixture
def file(settings: LazySettings, tmp_path: Path) -> Iterator[Path]:
    settings.DATA_DIR = tmp_path
    return tmp_path / FILE


def source(content: str = "a") -> Source:
    return Source("lab", "lab.py", lambda: None, content=content)


def test_results_are_stored_and_merged(file: Path) -> None:
    remembered_checks.write({"a": PASSED, "b": FAILED})
    remembered_checks.write({"c": PASSED})
    assert remembered_checks.read(["a", "b", "d"]) == {"a": PASSED, "b": FAILED}
    assert json.loads(file.read_text())["c"] == ["", "", ""]


def test_the_file_is_private_and_no_temporary_file_remains(file: Path) -> None:
    remembered_checks.write({"a": PASSED})
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert os.listdir(file.parent) == [FILE]


def test_the_data_directory_is_created_private_to_its_owner(settings: LazySettings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "new" / "cellar"
    remembered_checks.write({"a": PASSED})
    assert remembered_checks.read(["a"]) == {"a": PASSED}
    assert stat.S_IMODE(settings.DATA_DIR.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\x00", b"[]", b'{"a": 1}', b'{"a": ["x"]}', b'{"a": [1, 2]}', b"[" * 100_000],
    ids=["empty", "cut", "binary", "list", "number", "short", "numbers", "deep"],
)
def test_a_damaged_file_is_ignored_and_replaced(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    file.chmod(0o600)
    assert remembered_checks.read(["a"]) == {}
    remembered_checks.write({"a": FAILED})
    assert remembered_checks.read(["a"]) == {"a": FAILED}


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_file_writable_by_others_is_ignored(file: Path, mode: int) -> None:
    remembered_checks.write({"a": PASSED})
    file.chmod(mode)
    assert remembered_checks.read(["a"]) == {}


def test_a_link_a_directory_and_a_pipe_are_ignored(file: Path) -> None:
    elsewhere = file.parent / "elsewhere"
    elsewhere.write_text('{"a": ["", ""]}')
    file.symlink_to(elsewhere)
    assert remembered_checks.read(["a"]) == {}
    file.unlink()
    os.mkfifo(file)
    assert remembered_checks.read(["a"]) == {}
    file.unlink()
    file.mkdir()
    assert remembered_checks.read(["a"]) == {}
    remembered_checks.write({"a": PASSED})
    assert sorted(os.listdir(file.parent)) == ["elsewhere", FILE]


def test_an_unwritable_directory_only_logs_a_warning(
    settings: LazySettings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    settings.DATA_DIR = tmp_path / "file" / "cellar"
    remembered_checks.write({"a": PASSED})
    assert remembered_checks.read(["a"]) == {}
    assert "cannot be remembered" in caplog.text


def test_the_number_of_results_is_limited(file: Path) -> None:
    remembered_checks.write({str(number): PASSED for number in range(MOST_RESULTS + 5)})
    assert len(json.loads(file.read_text())) == MOST_RESULTS
    assert remembered_checks.read([str(MOST_RESULTS + 4)])


def test_a_result_depends_on_content_time_limit_and_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    key = key_of(source(), 30)
    assert key == key_of(source(), 30)
    assert len({key, key_of(source("b"), 30), key_of(source(), 60)}) == 3
    monkeypatch.setattr(remembered_checks, "_installed_packages", lambda: [1])
    assert key_of(source(), 30) != key
