"""Staging of new files: each is written to a temporary directory and then moved to its final path atomically.

If the process is killed at any moment, the directories of raw and parsed files contain complete files only, and every
file named in the database exists, because its row is written last.
"""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

import numpy as np
from django.conf import settings
from django.core.exceptions import ValidationError

from registry.data_directory import create_directory
from registry.models import Dataset, FileDraft, RawFile
from registry.sandbox.file_reader import ParsedPart

CHUNK_BYTES = 1 << 20
HASH_BATCH_ROWS = 65_536
SWEPT_AFTER_SECONDS = 3600


@dataclass(frozen=True)
class StagedFile:
    """A file received but not yet moved to its final path."""

    directory: Path
    raw: Path
    sha256: str
    size: int

    @property
    def results(self) -> Path:
        """Directory for the output of the parsing process."""
        return self.directory / "results"

    def store_raw(self) -> None:
        """Move the raw file to the path given by its SHA-256."""
        _move_file(self.raw, Path(settings.MEDIA_ROOT) / RawFile(sha256=self.sha256).path)


@contextmanager
def stage(file: IO[bytes]) -> Iterator[StagedFile]:
    """Write a file to a staging directory, hashed and synced; on exit, whatever was not moved is deleted."""
    with staging_directory() as directory:
        raw = directory / "raw"
        size = 0
        with raw.open("x+b") as output:
            while chunk := file.read(CHUNK_BYTES):
                size += len(chunk)
                if size > settings.UPLOAD_MAX_BYTES:
                    limit = settings.UPLOAD_MAX_BYTES // 1024**2
                    text = f"The file is larger than {limit} MiB: split it, or have UPLOAD_MAX_BYTES raised."
                    raise ValidationError({"file": ValidationError(text, code="file-too-large")})
                output.write(chunk)
            if size == 0:
                text = "The file is empty (0 bytes): export it again from the instrument."
                raise ValidationError({"file": ValidationError(text, code="file-empty")})
            output.flush()
            with _sync_in_background(output):
                output.seek(0)
                sha256 = hashlib.file_digest(output, "sha256").hexdigest()
        yield StagedFile(directory, raw, sha256, size)


@contextmanager
def _sync_in_background(file: IO[bytes]) -> Iterator[None]:
    """Sync a file to disk while the block runs, and wait for it at the end."""
    with ThreadPoolExecutor(1) as executor:
        sync = executor.submit(os.fsync, file.fileno())
        yield
        sync.result()


@contextmanager
def staging_directory() -> Iterator[Path]:
    """Create a temporary directory on the file system of the stored files, for atomic moves; delete it on exit."""
    root = _staging_root()
    create_directory(Path(settings.DATA_DIR))
    root.mkdir(parents=True, exist_ok=True)
    directory = Path(tempfile.mkdtemp(dir=root))
    (directory / "results").mkdir()
    try:
        yield directory
    finally:
        shutil.rmtree(directory)


def _staging_root() -> Path:
    return Path(settings.MEDIA_ROOT) / "incoming"


def store_data(part: ParsedPart) -> str:
    """Move the columns or the image of a dataset to the path given by the SHA-256 of its content; return that."""
    with part.path.open("rb") as file, _sync_in_background(file):
        sha256 = content_sha256(part)
    stored = Dataset(content_sha256=sha256)
    root = Path(settings.MEDIA_ROOT)
    # Also if the file exists: a new modification time protects it from clean_files.
    if part.image:
        _move_file(part.image.thumbnail, root / stored.thumbnail_path)
    _move_file(part.path, root / (stored.image_path if part.image else stored.parquet_path))
    return sha256


def content_sha256(part: ParsedPart) -> str:
    """SHA-256 over the image, or the names and numbers of the columns from one digest per column in parallel."""
    if part.image:
        return _image_sha256(part.path)
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as executor:
        digests = executor.map(partial(_column_sha256, part.path), part.columns)
        return hashlib.sha256(b"".join(digests)).hexdigest()


def _image_sha256(path: Path) -> str:
    """SHA-256 over type, shape and grey levels, which is all a NumPy file holds."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _column_sha256(path: Path, name: str) -> bytes:
    """SHA-256 over the name and numbers of one column, read in batches."""
    import pyarrow.parquet

    digest = hashlib.sha256(name.encode())
    with pyarrow.parquet.ParquetFile(path) as stored:
        for rows in stored.iter_batches(HASH_BATCH_ROWS, columns=[name], use_threads=False):
            digest.update(np.ascontiguousarray(rows.column(0).to_numpy(zero_copy_only=False)).data)
    return digest.digest()


def _move_file(temporary: Path, destination: Path) -> None:
    destination.parent.mkdir(parents=True, exist_ok=True)
    os.chmod(temporary, 0o400)
    os.utime(temporary)
    os.replace(temporary, destination)
    directory = os.open(destination.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


@dataclass(frozen=True)
class CleanedFiles:
    """The number of directories, files and bytes removed."""

    directories: int
    files: int
    bytes: int


def clean_files(*, older_than_seconds: float = SWEPT_AFTER_SECONDS, dry_run: bool = False) -> CleanedFiles:
    """Remove what killed processes left behind: staging directories, and files without a database row."""
    cutoff = time.time() - older_than_seconds
    root = _staging_root()
    directories = [item for item in root.iterdir() if _last_modified(item) < cutoff] if root.is_dir() else []
    orphans = list(_orphans(cutoff))
    freed = sum(path.stat().st_size for path in orphans)
    for directory in directories:
        freed += sum(path.lstat().st_size for path in directory.rglob("*") if path.is_file())
        if not dry_run:
            shutil.rmtree(directory)
    if not dry_run:
        for path in orphans:
            # The same file may have been uploaded again since the list was made.
            if path.stat().st_mtime < cutoff:
                path.unlink()
    return CleanedFiles(len(directories), len(orphans), freed)


def _last_modified(directory: Path) -> float:
    return max(path.lstat().st_mtime for path in (directory, *directory.rglob("*")))


def _orphans(cutoff: float) -> Iterator[Path]:
    """Raw and parsed files without a database row, left by a process killed before writing it."""
    root = Path(settings.MEDIA_ROOT)
    drafted = {sha256 for draft in FileDraft.objects.only("parts").iterator() for sha256 in draft.content_hashes}
    for folder, rows, name in (("raw", RawFile.objects, "sha256"), ("parsed", Dataset.objects, "content_sha256")):
        old = [path for path in (root / folder).glob("*/*") if path.is_file() and path.stat().st_mtime < cutoff]
        for start in range(0, len(old), 500):
            batch = old[start : start + 500]
            stems = {path.stem for path in batch} - drafted
            in_database = set(rows.filter(**{f"{name}__in": stems}).values_list(name, flat=True))
            yield from (path for path in batch if path.stem in stems - in_database)
