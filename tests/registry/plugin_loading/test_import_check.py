"""External plugins are imported in a separate process first; their problems are covered in test_loading."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from registry.plugin_loading.import_check import ImportCheck
from registry.plugin_loading.sources import PluginUnavailable, Source, import_file, in_directory, installed

ROOT = Path(__file__).parents[3]
STATE_OF_LAB = """
import django
django.setup()
from registry import plugin_loading
print(*{plugin.state for plugin in plugin_loading.current().loaded if plugin.name == "lab"})
"""
WRITES_ITS_PROCESS = "import os\nwith open({notes!r}, 'a') as notes:\n    notes.write(f'{{os.getpid()}} ')\n"


@pytest.fixture(autouse=True)
def not_imported_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a package of this name of its own."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "lab_plugins"]:
        monkeypatch.delitem(sys.modules, name)


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
    with pytest.raises(PluginUnavailable) as caught:
        check.sources[0].module()
    assert caught.value.code == "ended-process"
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


def test_without_a_check_no_plugin_is_imported_and_nothing_is_remembered(
    tmp_path: Path, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "notes.py").write_text(WRITES_ITS_PROCESS.format(notes=str(notes)))
    with monkeypatch.context() as without_python:
        without_python.setattr(sys, "executable", shutil.which("false"))
        check = check_of(tmp_path)
        with pytest.raises(PluginUnavailable):
            check.sources[0].module()
        assert check.failed() == ("notes",)
    assert not notes.exists()
    again = check_of(tmp_path)
    assert again.process is not None
    again.sources[0].module()


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
    for _ in range(2):
        check = ImportCheck([unknown], str(tmp_path), 10)
        # Not remembered: it may be found next time.
        assert check.process is not None
        with pytest.raises(PluginUnavailable):
            check.sources[0].module()
        assert check.failed() == ("elsewhere",)


def test_a_plugin_whose_code_the_check_does_not_find_is_not_imported(tmp_path: Path) -> None:
    """Checked is the plugin with this content, not another of its name."""
    (tmp_path / "lab.py").write_text("A = 1\n")
    (source,) = in_directory(str(tmp_path))
    (tmp_path / "lab.py").write_text("A = 2\n")
    check = ImportCheck([source], str(tmp_path), 10)
    check._wait()
    assert check.failed() == ("lab",)


ENDS_AT_IMPORT = "import os\nos._exit(3)\n"
HOOK = "import os\nfrom registry.hookspecs import hookimpl\n"
ENDS_LATER = {
    "in a hook": f"{HOOK}@hookimpl\ndef register_analyses():\n    os._exit(3)\n",
    "in a generator": f"{HOOK}@hookimpl\ndef register_readers():\n    yield os._exit(3)\n",
    "in a hook of another name": f"{HOOK}@hookimpl(specname='register_tables')\ndef tables():\n    os._exit(3)\n",
}


@pytest.mark.parametrize("code", ENDS_LATER.values(), ids=ENDS_LATER)
def test_a_plugin_whose_hooks_end_the_process_does_not_pass(tmp_path: Path, code: str) -> None:
    (tmp_path / "lab.py").write_text(code)
    check = check_of(tmp_path)
    check._wait()
    assert check.failed() == ("lab",)


def write_package(directory: Path, code: str, *, name: str = "lab-plugins", entry: str = "lab_plugins.plugin") -> None:
    """An installed package with one plugin, `lab`, as pip leaves it."""
    package, metadata = directory / "lab_plugins", directory / f"{name.replace('-', '_')}-1.0.dist-info"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").touch()
    (package / "plugin.py").write_text(code)
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[registry.plugins]\nlab = {entry}\n")


def as_a_directory(directory: Path, code: str) -> Path:
    write_package(directory, code)
    return directory


def as_a_zip(directory: Path, code: str) -> Path:
    write_package(directory / "unpacked", code)
    return Path(shutil.make_archive(str(directory / "lab"), "zip", directory / "unpacked"))


def in_a_namespace(directory: Path, code: str) -> Path:
    write_package(directory, code)
    (directory / "lab_plugins" / "__init__.py").unlink()
    return directory


def named_like_the_built_in_ones(directory: Path, code: str) -> Path:
    write_package(directory, code, name="built in")
    return directory


def beside_a_namesake(directory: Path, code: str) -> Path:
    """Two packages offer a plugin of this name."""
    write_package(directory, code)
    write_package(directory, code, name="other-plugins", entry="json")
    return directory


LAYOUTS = (as_a_directory, as_a_zip, in_a_namespace, named_like_the_built_in_ones, beside_a_namesake)


@pytest.mark.parametrize("code", [ENDS_AT_IMPORT, ENDS_LATER["in a hook"]], ids=["at import", "in a hook"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_installed_plugin_ends_the_command(tmp_path: Path, layout: Callable[[Path, str], Path], code: str) -> None:
    """With the packages on PYTHONPATH, the process that loads the plugins outlives them."""
    assert state_on_path(layout(tmp_path / "packages", code), tmp_path) == "refused"


def state_on_path(path: Path, directory: Path) -> str:
    """The state of the plugin `lab` in a process with this path on PYTHONPATH."""
    options = {"PYTHONPATH": f"{ROOT}{os.pathsep}{path}", "DATA_DIR": str(directory), "REGISTRY_BUILTIN_PLUGINS": ""}
    process = subprocess.run(
        [sys.executable, "-c", STATE_OF_LAB],
        env={**os.environ, **options, "DJANGO_SETTINGS_MODULE": "registry.settings"},
        capture_output=True,
        text=True,
        check=False,
        cwd=directory,
    )
    assert process.returncode == 0, process.stderr
    return process.stdout.strip()


def test_plugins_of_pth_files_and_editable_installs_are_checked(tmp_path: Path) -> None:
    """A directory for packages with a .pth file that names another one, as an editable install leaves it."""
    write_package(tmp_path / "project", ENDS_AT_IMPORT)
    site_packages = tmp_path / "site"
    site_packages.mkdir()
    (site_packages / "lab.pth").write_text(f"{tmp_path / 'project'}\n")
    environment = tmp_path / "environment"
    environment.mkdir()
    (environment / "sitecustomize.py").write_text(f"import site\nsite.addsitedir({str(site_packages)!r})\n")
    assert state_on_path(environment, tmp_path) == "refused"


def test_a_zip_that_changed_is_checked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contents = []
    for number, code in enumerate(("A = 1\n", "A = 2\n")):
        with monkeypatch.context() as path:
            path.syspath_prepend(str(as_a_zip(tmp_path / str(number), code)))
            contents += [source.content for source in installed() if source.name == "lab"]
    assert len(set(contents)) == 2


@pytest.mark.parametrize("value", ["lab plugins", "lab-plugins", "1lab", ":lab", "lab_plugins:", "os._exit(3)"])
def test_a_malformed_entry_point_is_a_problem_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    write_package(tmp_path, "", entry=value)
    monkeypatch.syspath_prepend(tmp_path)
    (source,) = [source for source in installed() if source.name == "lab"]
    with pytest.raises(PluginUnavailable):
        source.module()


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
