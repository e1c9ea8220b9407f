"""Directories of plugins, the same for the same plugins, so that their sandbox process is used again."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings


def directory_with(*plugins: Path) -> Path:
    """Return a directory with copies of these files."""
    return directory_of({plugin.name: plugin.read_text() for plugin in plugins})


def directory_of(plugins: Mapping[str, str]) -> Path:
    """Return a directory with files of these names and texts."""
    content = "\0".join(f"{name}\0{text}" for name, text in sorted(plugins.items()))
    directory = Path(settings.DATA_DIR) / "plugins" / hashlib.sha256(content.encode()).hexdigest()[:16]
    if not directory.exists():
        directory.mkdir(parents=True)
        for name, text in plugins.items():
            (directory / name).write_text(text)
    return directory
