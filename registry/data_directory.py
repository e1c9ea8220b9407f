"""The data directory: where it is, and that only its owner can read what is in it."""

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
OTHERS = stat.S_IRWXG | stat.S_IRWXO
KEY_BYTES = 50
SQLITE_ENDINGS = ("", "-wal", "-shm", "-journal")


def default_directory() -> Path:
    """`var` in a checkout; the data directory of the user where Cellar is installed."""
    if IS_CHECKOUT:
        return ROOT / "var"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "cellar"


def create_directory(directory: Path) -> None:
    """Make the data directory, for its owner alone, unless it is there."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    directory.mkdir(mode=DIRECTORY_MODE, exist_ok=True)


def create_database_file(database: str) -> None:
    """Make the file of a SQLite database, for its owner alone, unless it is there or its directory is missing."""
    path = Path(database)
    if _is_file_name(database) and path.parent.is_dir():
        path.touch(mode=FILE_MODE)


def load_or_create_key(path: Path) -> str:
    """The key in this file, which is made at random the first time; of several processes that make it, one does."""
    if not path.exists():
        create_directory(path.parent)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix="secret_key.") as new:
            new.write(secrets.token_urlsafe(KEY_BYTES))
            new.flush()
            # Another process may have made it meanwhile: its key stands.
            with suppress(FileExistsError):
                os.link(new.name, path)
    return path.read_text()


def private_paths(directory: Path, database: str) -> list[Path]:
    """What only its owner may read: the directory, its secret key and files, and a SQLite database."""
    return [directory, directory / "secret_key", directory / "files", *database_paths(database)]


def database_paths(database: str) -> list[Path]:
    """The files of a SQLite database; none of one in memory, or of an empty name."""
    return [Path(f"{database}{ending}") for ending in SQLITE_ENDINGS] if _is_file_name(database) else []


def tighten(paths: Iterable[Path]) -> None:
    """Take the permissions of group and others away, where this user may."""
    for path in open_to_others(paths):
        # What cannot be closed is left to the system check, which names it. A file of SQLite's may be gone by now.
        with suppress(OSError):
            status = path.stat()
            # A directory that many share, such as /tmp, is not closed to them.
            if status.st_uid == os.geteuid() and not status.st_mode & stat.S_ISVTX:
                path.chmod(stat.S_IMODE(status.st_mode) & ~OTHERS)


def open_to_others(paths: Iterable[Path]) -> list[Path]:
    """Those of the paths that others than their owner have permissions for."""
    return [path for path in paths if _mode(path) & OTHERS]


def _mode(path: Path) -> int:
    """The permissions; none of what is missing or out of reach."""
    try:
        return path.stat().st_mode
    except OSError:
        return 0


def _is_file_name(database: str) -> bool:
    return bool(database) and ":memory:" not in database and not database.startswith("file:")
