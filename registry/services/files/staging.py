"""Files on their way in: each in a directory of its own, from which it moves into place whole, or is swept away.

Whatever moment the process is killed at, the places of raw and parsed files hold whole files only, and the database
row, written last, names none that is not there.
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
from registry.models import Dataset, RawFile
from registry.sandbox.file_reader import ParsedPart

CHUNK_BYTES = 1 << 20
ROWS_HASHED = 65_536
SWEPT_AFTER_SECONDS = 3600


@dataclass(frozen=True)
class StagedFile:
    """Bytes that have arrived, not yet in their place."""

    directory: Path
    raw: Path
    sha256: str
    size: int

    @property
    def results(self) -> Path:
        """Where the process that reads leaves what it found."""
        return self.directory / "results"

    def raw_place(self) -> None:
        """Move the raw bytes to where their SHA-256 says."""
        _move_into_place(self.raw, Path(settings.MEDIA_ROOT) / RawFile(sha256=self.sha256).path)


@contextmanager
def stage(file: IO[bytes]) -> Iterator[StagedFile]:
    """Take bytes in, hashed and safely on disk; on leaving, whatever was not moved into place is gone."""
    with staging_directory() as directory:
        raw = directory / "raw"
        size = 0
        with raw.open("x+b") as written:
            while chunk := file.read(CHUNK_BYTES):
                size += len(chunk)
                if size > settings.UPLOAD_MAX_BYTES:
                    limit = settings.UPLOAD_MAX_BYTES // 1024**2
                    raise ValidationError(
                        {"file": f"The file is larger than {limit} MiB, the most that is taken here."}
                    )
                written.write(chunk)
            if size == 0:
                raise ValidationError({"file": "The file is empty (0 bytes): export it again from the instrument."})
            written.flush()
            with _safe_meanwhile(written):
                written.seek(0)
                sha256 = hashlib.file_digest(written, "sha256").hexdigest()
        yield StagedFile(directory, raw, sha256, size)


@contextmanager
def _safe_meanwhile(written: IO[bytes]) -> Iterator[None]:
    """Have a file made safe on disk while the block runs; it is when the block has ended."""
    with ThreadPoolExecutor(1) as beside:
        safe = beside.submit(os.fsync, written.fileno())
        yield
        safe.result()


@contextmanager
def staging_directory() -> Iterator[Path]:
    """A directory beside the files, so that what is made in it can be moved into place; emptied and removed after."""
    base = _base()
    create_directory(Path(settings.DATA_DIR))
    base.mkdir(parents=True, exist_ok=True)
    directory = Path(tempfile.mkdtemp(dir=base))
    (directory / "results").mkdir()
    try:
        yield directory
    finally:
        shutil.rmtree(directory)


def _base() -> Path:
    return Path(settings.MEDIA_ROOT) / "incoming"


def store_columns(part: ParsedPart) -> str:
    """Move the columns of a dataset to where the SHA-256 of what they hold says, and return it."""
    with part.path.open("rb") as written, _safe_meanwhile(written):
        sha256 = content_sha256(part)
    # Also where it stands already: the sweep must see it as new.
    _move_into_place(part.path, Path(settings.MEDIA_ROOT) / Dataset(content_sha256=sha256).parquet_path)
    return sha256


def content_sha256(part: ParsedPart) -> str:
    """SHA-256 over the names and numbers of the columns: of the digests of each, which are taken side by side."""
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as beside:
        digests = beside.map(partial(_column_sha256, part.path), part.columns)
        return hashlib.sha256(b"".join(digests)).hexdigest()


def _column_sha256(path: Path, name: str) -> bytes:
    """SHA-256 over the name and numbers of one column, read group by group."""
    import pyarrow.parquet

    digest = hashlib.sha256(name.encode())
    with pyarrow.parquet.ParquetFile(path) as stored:
        for rows in stored.iter_batches(ROWS_HASHED, columns=[name], use_threads=False):
            digest.update(np.ascontiguousarray(rows.column(0).to_numpy(zero_copy_only=False)).data)
    return digest.digest()


def _move_into_place(temporary: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    os.chmod(temporary, 0o400)
    os.utime(temporary)
    os.replace(temporary, place)
    directory = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


@dataclass(frozen=True)
class CleanedFiles:
    """What a sweep removed."""

    directories: int
    files: int
    bytes: int


def clean_files(*, older_than_seconds: float = SWEPT_AFTER_SECONDS, dry_run: bool = False) -> CleanedFiles:
    """Remove what killed processes left behind: directories of files on their way in, and files no row names."""
    before = time.time() - older_than_seconds
    base = _base()
    directories = [item for item in base.iterdir() if _newest(item) < before] if base.is_dir() else []
    orphans = list(_orphans(before))
    freed = sum(path.stat().st_size for path in orphans)
    for directory in directories:
        freed += sum(path.lstat().st_size for path in directory.rglob("*") if path.is_file())
        if not dry_run:
            shutil.rmtree(directory)
    if not dry_run:
        for path in orphans:
            # The same bytes may have come in again since the list was made.
            if path.stat().st_mtime < before:
                path.unlink()
    return CleanedFiles(len(directories), len(orphans), freed)


def _newest(directory: Path) -> float:
    return max(path.lstat().st_mtime for path in (directory, *directory.rglob("*")))


def _orphans(before: float) -> Iterator[Path]:
    """Raw and parsed files that no row names, which a process killed between file and row leaves."""
    root = Path(settings.MEDIA_ROOT)
    for folder, rows, name in (("raw", RawFile.objects, "sha256"), ("parsed", Dataset.objects, "content_sha256")):
        old = [path for path in (root / folder).glob("*/*") if path.is_file() and path.stat().st_mtime < before]
        for start in range(0, len(old), 500):
            batch = {path.stem: path for path in old[start : start + 500]}
            named = set(rows.filter(**{f"{name}__in": batch}).values_list(name, flat=True))
            yield from (path for stem, path in batch.items() if stem not in named)
