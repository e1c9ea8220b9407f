"""Checks of ZIP-based instrument files: intact, and not too large when unpacked."""

import zipfile
from pathlib import Path

from analyses.coded_text import Remark

MAX_SIZE = 4 << 30
"""Total bytes of all members."""
MAX_RATIO = 300
"""Unpacked size over archive size; tables of numbers compress ten- to fiftyfold."""
SMALL_SIZE = 16 << 20
"""Bytes below which the ratio is not checked."""


def zip_problem(path: Path) -> Remark | None:
    """Return why an archive must not be opened, None if it may be."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError) as error:
        return Remark(
            "damaged-archive", "the archive is damaged or truncated ({error}): copy the file again", error=str(error)
        )
    if size > MAX_SIZE or (size > SMALL_SIZE and size > MAX_RATIO * path.stat().st_size):
        return Remark(
            "archive-too-large",
            "the archive would unpack to {mebibytes:,.0f} MiB, too large for a measurement: it was not opened",
            mebibytes=size / 2**20,
        )
    return None
