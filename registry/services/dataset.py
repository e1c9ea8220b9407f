"""Raw files in: kept byte for byte by their SHA-256, parsed by the first reader that recognises them."""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

import numpy as np
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction

from registry import plugin_manager
from registry.hookspecs import TECHNIQUES, Message, Reader, Recording, UnreadableFile
from registry.models import Dataset, Measurement, ParseStatus, RawFile
from registry.services import staleness
from registry.services.record import Actor, require_editor

HEAD_BYTES = 65_536
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Parsed:
    """What the readers made of a file: recordings, or the reason why there are none."""

    reader: Reader | None
    recordings: tuple[Recording, ...]
    refusal: str = ""


@transaction.atomic
def measurement_add_file(*, measurement: Measurement, file: IO[bytes], filename: str, by: Actor) -> list[Dataset]:
    """Keep a file and what it holds on a measurement. A file that cannot be read is kept with the reason."""
    require_editor(measurement.cell.project, by)
    filename = Path(filename.replace("\\", "/")).name[:255] or "unnamed"
    raw_file = raw_file_keep(file)
    if standing := list(measurement.datasets.filter(raw_file=raw_file, status=ParseStatus.PARSED).order_by("part")):
        return standing
    for failed in measurement.datasets.filter(raw_file=raw_file):
        failed.delete()
    parsed = parse_file(Path(default_storage.path(raw_file.path)), filename)
    if parsed.recordings and (clash := _technique_clash(parsed.recordings, measurement)):
        raise ValidationError({"file": clash})
    datasets = _datasets(measurement, raw_file, filename, parsed)
    for dataset in datasets:
        dataset.created_by = by
        dataset._history_user = by  # type: ignore[attr-defined]
        # A file without a header or without remarks leaves these lists empty, which blank=False would refuse.
        dataset.full_clean(exclude=("columns", "header", "messages"))
        dataset.save()
    staleness.mark([measurement.cell])
    return datasets


def raw_file_keep(file: IO[bytes]) -> RawFile:
    """Store the bytes under their SHA-256, once; the file appears whole or not at all."""
    directory = Path(settings.MEDIA_ROOT) / "raw"
    directory.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=directory, delete=False) as temporary:
        try:
            while chunk := file.read(CHUNK_BYTES):
                size += len(chunk)
                if size > settings.UPLOAD_MAX_BYTES:
                    limit = settings.UPLOAD_MAX_BYTES // 1024**2
                    raise ValidationError(
                        {"file": f"The file is larger than {limit} MiB, the most that is taken here."}
                    )
                digest.update(chunk)
                temporary.write(chunk)
            if size == 0:
                raise ValidationError({"file": "The file is empty (0 bytes): export it again from the instrument."})
            temporary.flush()
            os.fsync(temporary.fileno())
        except BaseException:
            os.unlink(temporary.name)
            raise
    raw_file = RawFile(sha256=digest.hexdigest(), size=size)
    _move_into_place(Path(temporary.name), Path(settings.MEDIA_ROOT) / raw_file.path)
    return RawFile.objects.get_or_create(sha256=raw_file.sha256, defaults={"size": size})[0]


def _move_into_place(temporary: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    os.chmod(temporary, 0o440)
    os.replace(temporary, place)


def parse_file(path: Path, filename: str) -> Parsed:
    """Let the readers that recognise the file read it; the first that can, does.

    A lower priority is not asked: a catch-all must not make something else of what its own format refuses.
    """
    with path.open("rb") as opened:
        head = opened.read(HEAD_BYTES)
    refusals = []
    recognising = [reader for reader in plugin_manager.current().readers.values() if reader.recognises(head, filename)]
    highest = max((reader.priority for reader in recognising), default=0)
    for reader in recognising:
        if reader.priority < highest:
            continue
        try:
            recordings = tuple(reader.read(path))
        except UnreadableFile as error:
            refusals.append((reader, str(error)))
        else:
            return Parsed(reader, recordings)
    if refusals:
        reader, text = refusals[0]
        return Parsed(reader, (), text)
    titles = ", ".join(reader.title for reader in plugin_manager.current().readers.values()) or "none is installed"
    return Parsed(None, (), f"No reader recognises this file. Readers: {titles}.")


def _technique_clash(recordings: Sequence[Recording], measurement: Measurement) -> str:
    for recording in recordings:
        if not recording.suits(measurement.technique):
            found, here = TECHNIQUES[recording.technique].lower(), TECHNIQUES[measurement.technique].lower()
            return f"The file holds {found}, but this measurement is {here}: put it on a measurement of its technique."
    return ""


def _datasets(measurement: Measurement, raw_file: RawFile, filename: str, parsed: Parsed) -> list[Dataset]:
    common = {"measurement": measurement, "raw_file": raw_file, "filename": filename}
    if parsed.reader is not None:
        common |= {"reader": parsed.reader.name, "reader_version": parsed.reader.version}
    if not parsed.recordings:
        refusal = asdict(Message(parsed.refusal or "The file holds no data.", "warning"))
        return [Dataset(status=ParseStatus.FAILED, messages=[refusal], **common)]
    datasets = []
    for part, recording in enumerate(parsed.recordings):
        content_sha256 = _parquet_keep(recording)
        datasets.append(
            Dataset(
                part=part,
                part_label=recording.label[:120],
                status=ParseStatus.PARSED,
                columns=list(recording.columns),
                rows=len(next(iter(recording.columns.values()))),
                header=dict(recording.header),
                messages=[asdict(message) for message in recording.messages],
                content_sha256=content_sha256,
                **common,
            )
        )
    return datasets


def _parquet_keep(recording: Recording) -> str:
    """Store the columns as Parquet under the SHA-256 of what they hold."""
    import pyarrow
    import pyarrow.parquet

    digest = hashlib.sha256()
    for name, column in recording.columns.items():
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(column).tobytes())
    sha256 = digest.hexdigest()
    place = Path(settings.MEDIA_ROOT) / Dataset(content_sha256=sha256).parquet_path
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as temporary:
            pyarrow.parquet.write_table(
                pyarrow.table(dict(recording.columns)), temporary, compression="zstd", compression_level=3
            )
            temporary.flush()
            os.fsync(temporary.fileno())
        _move_into_place(Path(temporary.name), place)
    return sha256
