"""BioLogic binary files (.mpr): recognised, and refused with where to read them.

All readers of them are under the GPL; the package that uses one is installed separately and takes precedence.
"""

from collections.abc import Sequence
from pathlib import Path

from registry.hookspecs import ParsedDataset, Reader, UnreadableFile, hookimpl

CONTRACT_VERSION = 2

START = b"BIO-LOGIC MODULAR FILE"


def recognises(head: bytes, name: str) -> bool:
    """Return True for a binary file of EC-Lab."""
    return head.startswith(START)


def read(path: Path) -> tuple[ParsedDataset, ...]:
    """Refuse the file with how it can be read."""
    raise UnreadableFile(
        "package-missing",
        "BioLogic .mpr files need the package {package}: install it (‘{install}’) and read the stored file again "
        "(‘{read_again}’), or export it as text (.mpt) in EC-Lab",
        package="cellar-biologic-mpr",
        install="python -m pip install examples/cellar-biologic-mpr",
        read_again="cellar reparse --failed",
    )


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Register the refusal, used if no package reads the format."""
    return (
        Reader(
            name="biologic-mpr-unread",
            version="1.1.0",
            title="BioLogic binary (.mpr; requires cellar-biologic-mpr)",
            recognises=recognises,
            read=read,
            priority=-5,
        ),
    )
