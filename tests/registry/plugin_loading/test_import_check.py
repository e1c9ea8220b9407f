"""External plugins are imported in a separate process first; their problems are covered in test_loading."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from registry.plugin_loading.import_check import ImportCheck
from registry.plugin_loading.sources import PluginUnavailable, Source, import_file, in_directory, installed

WRITES_ITS_PROCESS = "import os\nwith open({notes!r}, 'a') as notes:\n    notes.write(f'{{os.getpid()}} ')\n"


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "imported"


def check_of(directory: Path, **options: bool) -> ImportCheck:
    return ImportCheck(list(in_directory(str(directory))), str(directory), 10, **options)


def test_is_imported_in_a_separate_process_first(tmp_path: Path, notes: Path) -> None:
    (tmp_path / "notes.py").write_text(WRITES_ITS_PROCESS.format(notes=str(notes)))
    (source,) = check_of(tmp_path).sources
    source.module()
    elsewhere, here = notes.read_text().split()
    assert here == str(os.getpid())
    assert elsewhere != here


def test_a_failing_plugin_is_never_imported_in_this_process(tmp_path: Path, notes: Path) -> None:
    text = WRITES_ITS_PROCESS.format(notes=str(notes)) + "os._exit(0)\n"
    (tmp_path / "ends_it_all.py").write_text(text)
    check = check_of(tmp_path)
    with pytest.raises(PluginUnavailable, match="ended the process that imported it"):
        check.sources[0].module()
    assert notes.read_text().split() != [str(os.getpid())]
    assert check.failed() == ("ends_it_all",)


def test_only_changed_plugins_are_checked_again(tmp_path: Path, notes: Path) -> None:
    (tmp_path / "notes.py").write_text(WRITES_ITS_PROCESS.format(notes=str(notes)))
    check_of(tmp_path).sources[0].module()
    assert check_of(tmp_path).process is None
    (tmp_path / "notes.py").write_text("A = 1\n")
    changed = check_of(tmp_path)
    assert changed.process is not None
    changed.sources[0].module()


def test_checking_continues_after_a_plugin_kills_the_process(tmp_path: Path) -> None:
    for name in ("a_first", "c_last"):
        (tmp_path / f"{name}.py").write_text("B = 2\n")
    (tmp_path / "b_kills.py").write_text("import os, time\nos.kill(os.getppid(), 9)\ntime.sleep(60)\n")
    check = check_of(tmp_path)
    check.sources[0].module()
    assert check.failed() == ("b_kills",)


def test_changes_made_by_a_library_at_import_are_allowed(tmp_path: Path) -> None:
    (tmp_path / "with_library.py").write_text(
        "import os, warnings\nos.environ['KMP'] = '1'\nwarnings.simplefilter('ignore')\n"
    )
    check = check_of(tmp_path)
    check._wait()
    assert check.failed() == ()


def test_a_check_that_cannot_start_rejects_no_plugin_and_is_not_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    (tmp_path / "notes.py").write_text("C = 3\n")
    check = check_of(tmp_path)
    check.sources[0].module()
    assert check.failed() == ()
    again = check_of(tmp_path)
    assert again.process is not None
    again._wait()


def test_a_file_edited_twice_in_a_second_is_imported_in_its_newer_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Same length and modification time, for which Python would reuse the old bytecode."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    path = tmp_path / "edited.py"
    for version in ("1", "2"):
        path.write_text(f"VERSION = {version}\n")
        os.utime(path, (1_700_000_000, 1_700_000_000))
        assert int(version) == import_file(path).VERSION
    assert not (tmp_path / "__pycache__").exists()


LOOPS = "import time\ntime.sleep(60)\n"


def test_a_failure_is_remembered_until_a_recheck(tmp_path: Path) -> None:
    (tmp_path / "loops.py").write_text(LOOPS)
    sources = list(in_directory(str(tmp_path)))
    first = ImportCheck(sources, str(tmp_path), 1)
    first._wait()
    assert first.failed() == ("loops",)
    again = ImportCheck(sources, str(tmp_path), 1)
    assert (again.process, again.failed()) == (None, ("loops",))
    recheck = ImportCheck(sources, str(tmp_path), 1, recheck=True)
    assert recheck.process is not None
    recheck._wait()


def test_another_time_limit_checks_again(tmp_path: Path) -> None:
    (tmp_path / "quick.py").write_text("D = 4\n")
    check_of(tmp_path)._wait()
    other = ImportCheck(list(in_directory(str(tmp_path))), str(tmp_path), 11)
    assert other.process is not None
    other._wait()


def test_a_plugin_not_found_by_the_check_is_not_imported(tmp_path: Path) -> None:
    unknown = Source("elsewhere", "elsewhere 1.0", lambda: 1 / 0, content="never seen")
    check = ImportCheck([unknown], str(tmp_path), 10)
    with pytest.raises(PluginUnavailable, match="was not found by the import check"):
        check.sources[0].module()


def test_an_installed_plugin_on_pythonpath_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    metadata = tmp_path / "lab_plugins-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: lab-plugins\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[registry.plugins]\nlab = lab_plugins\n")
    (tmp_path / "lab_plugins.py").write_text("E = 5\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(tmp_path)
    (source,) = [source for source in installed() if source.name == "lab"]
    check = ImportCheck([source], "", 10)
    assert check.sources[0].module().E == 5
    (tmp_path / "lab_plugins.py").write_text("E = 6\n")
    (edited,) = [source for source in installed() if source.name == "lab"]
    assert edited.content != source.content
