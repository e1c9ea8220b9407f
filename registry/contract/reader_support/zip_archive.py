"""Checks of ZIP-based instrument files: intact, and not too large when unpacked."""

import zipfile
from pathlib import Path

MAX_SIZE = 4 << 30
"""Total bytes of all members."""
MAX_RATIO = 300
"""Unpacked size over archive size; tables of numbers compress ten- to fiftyfold."""
SMALL_SIZE = 16 << 20
"""Bytes below which the ratio is not checked."""


def zip_problem(path: Path) -> str:
    """Return why an archive must not be opened, '' if it may be."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError) as error:
        return f"the archive is damaged or cut off ({error}): copy the file again"
    if size > MAX_SIZE or (size > SMALL_SIZE and size > MAX_RATIO * path.stat().st_size):
        return f"the archive would expand to {size / 2**20:.0f} MiB, too much for a measurement: not opened"
    return ""
