import shlex
import sys
import tomllib
from pathlib import Path

from plugins.readers.biologic_mpr import ROOT, cellar_command, installation_commands, read, recognises, register_readers
from registry.contract.reader import PACKAGE_MISSING
from registry.hookspecs import UnreadableFile
from tests.coded import refuses
from tests.plugins.readers.samples import MPR, write


def test_states_which_package_reads_it(tmp_path: Path) -> None:
    assert recognises(MPR, "run.mpr")
    with refuses(PACKAGE_MISSING, UnreadableFile, package="cellar-biologic-mpr"):
        read(write(tmp_path, MPR))


def test_the_command_it_names_installs_the_package_from_the_checkout(tmp_path: Path) -> None:
    with refuses(PACKAGE_MISSING, UnreadableFile) as refusal:
        read(write(tmp_path, MPR))
    interpreter, *words, directory = shlex.split(installation_commands()[0])
    # No path of the server, which is none of the user's business.
    assert str(refusal.value.parameters["install"]).split() == ["python", *words, directory]
    assert (ROOT / interpreter).samefile(sys.executable)
    assert words == ["-m", "pip", "install"]
    project = tomllib.loads((ROOT / directory / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["name"] == refusal.value.parameters["package"]


def test_the_source_archive_contains_the_package() -> None:
    """`examples/check_packages.sh` builds the archive, and runs the commands of the refusal in it."""
    assert "graft examples" in (ROOT / "MANIFEST.in").read_text(encoding="utf-8").splitlines()


def test_the_command_that_reads_again_is_next_to_the_interpreter(tmp_path: Path) -> None:
    interpreter = tmp_path / ".venv" / "python"
    assert cellar_command(interpreter, tmp_path) == [str(Path(".venv", "python")), "-m", "registry"]
    interpreter.parent.mkdir()
    script = interpreter.with_name("cellar")
    script.touch()
    assert cellar_command(interpreter, tmp_path) == [str(Path(".venv", "cellar"))]
    assert cellar_command(interpreter, tmp_path / "elsewhere") == [str(script)]


def test_comes_after_the_package_that_reads_it() -> None:
    (reader,) = register_readers()
    assert reader.priority < 0
