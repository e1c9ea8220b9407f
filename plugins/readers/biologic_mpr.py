"""BioLogic binary files (.mpr): recognised, and refused with where to read them.

All readers of them are under the GPL; the package that uses one is installed separately and takes precedence.
"""

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from registry.hookspecs import ParsedDataset, Reader, UnreadableFile, hookimpl

CONTRACT_VERSION = 2

START = b"BIO-LOGIC MODULAR FILE"
PACKAGE = "cellar-biologic-mpr"
DIRECTORY = f"examples/{PACKAGE}"
"""Directory of the package in a checkout and in the source archive; the wheel does not have it."""
ROOT = Path(__file__).resolve().parents[2]
INTERPRETER = Path(sys.executable)


def recognises(head: bytes, name: str) -> bool:
    """Return True for a binary file of EC-Lab."""
    return head.startswith(START)


def read(path: Path) -> tuple[ParsedDataset, ...]:
    """Refuse the file with how it can be read."""
    raise UnreadableFile(
        "package-missing",
        "This server does not read BioLogic .mpr files. Export the file as text in EC-Lab (menu Experiment, Export as "
        "Text) and upload the .mpt file. An administrator can make .mpr readable with the package {package} "
        "(‘{install}’ in the source archive of Cellar); stored files are then read again",
        package=PACKAGE,
        install=f"python -m pip install {DIRECTORY}",
    )


def installation_commands() -> tuple[str, str]:
    """Return the commands that install the package, and that read the stored files again after a restart."""
    install = [from_root(INTERPRETER, ROOT), "-m", "pip", "install", DIRECTORY]
    return shlex.join(install), shlex.join([*cellar_command(INTERPRETER, ROOT), "reparse", "--failed"])


def cellar_command(interpreter: Path, root: Path) -> list[str]:
    """Return the command `cellar` next to an interpreter, or the same by its module if it is not installed."""
    script = interpreter.with_name("cellar").with_suffix(interpreter.suffix if sys.platform == "win32" else "")
    return [from_root(script, root)] if script.is_file() else [from_root(interpreter, root), "-m", "registry"]


def from_root(path: Path, root: Path) -> str:
    """Return a path from the root if it is in the checkout, else the whole path."""
    return str(path.relative_to(root) if path.is_relative_to(root) else path)


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Register the refusal, used if no package reads the format."""
    return (
        Reader(
            name="biologic-mpr-unread",
            version="1.2.2",
            title="BioLogic binary (.mpr; requires cellar-biologic-mpr)",
            recognises=recognises,
            read=read,
            priority=-5,
        ),
    )
