"""The data directory: its location, and permissions that keep it private to its owner."""

import os
import secrets
import stat
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from cellar_registry import IS_CHECKOUT, ROOT

DIRECTORY_MODE = 0o700
FILE_MODE = 0o600
GROUP_AND_OTHERS = stat.S_IRWXG | stat.S_IRWXO
KEY_BYTES = 50
SQLITE_SUFFIXES = ("", "-wal", "-shm", "-journal")


def default_directory() -> Path:
    """`var` in a checkout; the user's data directory when Cellar is installed."""
    if IS_CHECKOUT:
        return ROOT / "var"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "cellar"


def create_directory(directory: Path) -> None:
    """Create the data directory, private to its owner, if it does not exist."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    directory.mkdir(mode=DIRECTORY_MODE, exist_ok=True)


def create_database_file(database: str) -> None:
    """Create a SQLite database file, private to its owner, if its directory exists and the file does not."""
    path = Path(database)
    if _is_file_name(database) and path.parent.is_dir():
        path.touch(mode=FILE_MODE)


def load_or_create_key(path: Path) -> str:
    """The key in this file; the first process to call this generates it."""
    if not path.exists():
        create_directory(path.parent)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix="secret_key.") as new_file:
            new_file.write(secrets.token_urlsafe(KEY_BYTES))
            new_file.flush()
            # Another process may have created it in the meantime; keep its key.
            with suppress(FileExistsError):
                os.link(new_file.name, path)
    return path.read_text()


def private_paths(directory: Path, database: str) -> list[Path]:
    """Paths only the owner may read: the directory, its secret key and files, and a SQLite database."""
    return [directory, directory / "secret_key", directory / "files", *database_paths(database)]


def database_paths(database: str) -> list[Path]:
    """The files of a SQLite database; empty for an in-memory database or an empty name."""
    return [Path(f"{database}{suffix}") for suffix in SQLITE_SUFFIXES] if _is_file_name(database) else []


def tighten(paths: Iterable[Path]) -> None:
    """Remove group and other permissions from the files this user owns."""
    for path in open_to_others(paths):
        # The system check reports a path that stays open. SQLite may have deleted one of its files.
        with suppress(OSError):
            status = path.stat()
            # Leave a shared directory, such as /tmp, open.
            if status.st_uid == os.geteuid() and not status.st_mode & stat.S_ISVTX:
                path.chmod(stat.S_IMODE(status.st_mode) & ~GROUP_AND_OTHERS)


def open_to_others(paths: Iterable[Path]) -> list[Path]:
    """The paths that group or others can access."""
    return [path for path in paths if _mode(path) & GROUP_AND_OTHERS]


def _mode(path: Path) -> int:
    """The permission bits; 0 if the path is missing or inaccessible."""
    try:
        return path.stat().st_mode
    except OSError:
        return 0


def _is_file_name(database: str) -> bool:
    return bool(database) and ":memory:" not in database and not database.startswith("file:")
