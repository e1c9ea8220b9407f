"""Instrument files that are ZIP archives: intact, and no larger unpacked than a measurement can be."""

import zipfile
from pathlib import Path

LARGEST = 4 << 30
"""Bytes of all members together."""
MOST_EXPANDED = 300
"""Times the archive's own size; tables of numbers compress ten- to fiftyfold."""
SMALL = 16 << 20
"""Bytes below which the ratio does not matter."""


def zip_problem(path: Path) -> str:
    """Return why an archive must not be opened, '' if it may be."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError) as error:
        return f"the archive is damaged or cut off ({error}): copy the file again"
    if size > LARGEST or (size > SMALL and size > MOST_EXPANDED * path.stat().st_size):
        return f"the archive would expand to {size / 2**20:.0f} MiB, too much for a measurement: not opened"
    return ""
