"""Archives that instrument files are: whole, and no larger inside than a measurement can be; registers nothing."""

import zipfile
from pathlib import Path

LARGEST = 4 << 30
"""Bytes of all members together."""
MOST_EXPANDED = 300
"""Times the archive's own size; tables of numbers compress ten- to fiftyfold."""
SMALL = 16 << 20
"""Bytes below which the ratio does not matter."""


def why_not_zip(path: Path) -> str:
    """Return why an archive is not opened, '' if it may be."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError) as error:
        return f"the archive is damaged or cut off ({error}): copy the file again"
    if size > LARGEST or (size > SMALL and size > MOST_EXPANDED * path.stat().st_size):
        return f"the archive would expand to {size / 2**20:.0f} MiB, which no measurement does: it is not opened"
    return ""
