"""A plugin not built in is tried apart before it is imported here. What is found is tested with the plugin manager."""

import os
import sys
from pathlib import Path

import pytest

from registry import plugin_trial
from registry.plugin_sources import NoPlugin, import_file, in_directory
from registry.plugin_trial import Trial

WRITES_ITS_PROCESS = "import os\nwith open({place!r}, 'a') as notes:\n    notes.write(f'{{os.getpid()}} ')\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "imported"


def trial_of(directory: Path) -> Trial:
    return Trial(list(in_directory(str(directory))), str(directory), 10)


def test_is_imported_elsewhere_first_and_then_here(tmp_path: Path, place: Path) -> None:
    (tmp_path / "notes.py").write_text(WRITES_ITS_PROCESS.format(place=str(place)))
    (source,) = trial_of(tmp_path).sources
    source.module()
    elsewhere, here = place.read_text().split()
    assert here == str(os.getpid())
    assert elsewhere != here


def test_one_that_is_unfit_is_never_imported_here(tmp_path: Path, place: Path) -> None:
    text = WRITES_ITS_PROCESS.format(place=str(place)) + "os._exit(0)\n"
    (tmp_path / "ends_it_all.py").write_text(text)
    trial = trial_of(tmp_path)
    with pytest.raises(NoPlugin, match="ended the process that imported it"):
        trial.sources[0].module()
    assert place.read_text().split() != [str(os.getpid())]
    assert trial.unfit() == ("ends_it_all",)


def test_only_what_changed_is_tried_again(tmp_path: Path, place: Path) -> None:
    (tmp_path / "notes.py").write_text(WRITES_ITS_PROCESS.format(place=str(place)))
    trial_of(tmp_path).sources[0].module()
    assert trial_of(tmp_path).process is None
    (tmp_path / "notes.py").write_text("A = 1\n")
    changed = trial_of(tmp_path)
    assert changed.process is not None
    changed.sources[0].module()


def test_the_others_are_tried_after_one_that_kills_whatever_tries_it(tmp_path: Path) -> None:
    for name in ("a_first", "c_last"):
        (tmp_path / f"{name}.py").write_text("B = 2\n")
    (tmp_path / "b_kills.py").write_text("import os, time\nos.kill(os.getppid(), 9)\ntime.sleep(60)\n")
    trial = trial_of(tmp_path)
    trial.sources[0].module()
    assert trial.unfit() == ("b_kills",)


def test_what_a_library_changes_at_import_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "with_library.py").write_text(
        "import os, warnings\nos.environ['KMP'] = '1'\nwarnings.simplefilter('ignore')\n"
    )
    trial = trial_of(tmp_path)
    trial._wait()
    assert trial.unfit() == ()


def test_a_trial_that_cannot_start_keeps_no_plugin_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugin_trial, "ROOT", tmp_path)
    (tmp_path / "notes.py").write_text("C = 3\n")
    trial = trial_of(tmp_path)
    trial.sources[0].module()
    assert trial.unfit() == ()


def test_a_file_edited_twice_in_a_second_is_the_newer_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the same length and with the same time of change, as Python would take its bytecode for that of the other."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    path = tmp_path / "edited.py"
    for version in ("1", "2"):
        path.write_text(f"VERSION = {version}\n")
        os.utime(path, (1_700_000_000, 1_700_000_000))
        assert int(version) == import_file(path).VERSION
    assert not (tmp_path / "__pycache__").exists()
