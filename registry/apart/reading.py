"""What the process that reads does with one file: choose the reader, read, and write down what it found.

A directory is all it answers with: `part-0.parquet` and so on, and `manifest.json` last. Whoever started it believes
nothing of it unchecked.
"""

import json
import os
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from registry.hookspecs import Reader, Recording, UnreadableFile

HEAD_BYTES = 65_536
ROWS_A_GROUP = 262_144
DICTIONARY_BYTES = 131_072
MANIFEST = "manifest.json"
AT_WORK = "reader.json"
ZIP_START = b"PK\x03\x04"
SMALL_ARCHIVE = 64 * 1024**2
LARGEST_RATIO = 200


@dataclass(frozen=True)
class Found:
    """What the readers made of a file: recordings, or the reason why there are none."""

    reader: Reader | None
    recordings: tuple[Recording, ...]
    refusal: str = ""


def part_name(part: int) -> str:
    """The file a recording's columns are written to."""
    return f"part-{part}.parquet"


def read_into(
    directory: Path,
    path: Path,
    filename: str,
    readers: Sequence[Reader],
    *,
    archive_bytes: int,
    mapping: Mapping[str, Any] | None = None,
) -> None:
    """Read a file, by a column mapping if one is given, and leave what was found in the directory; manifest last."""
    with path.open("rb") as opened:
        head = opened.read(HEAD_BYTES)
    found = Found(None, (), zip_bomb(path, archive_bytes)) if head.startswith(ZIP_START) else Found(None, ())
    if not found.refusal:
        recognising = [reader for reader in readers if _recognises(directory, reader, head, filename)]
        if mapping is None:
            found = _read(directory, _foremost(recognising), lambda reader: reader.read(path))
            if not found.refusal and not found.reader:
                found = Found(None, (), _unknown(head, readers))
        else:
            found = _read_mapped(directory, path, mapping, readers, recognising)
    manifest: dict[str, Any] = {"reader": "", "version": "", "refusal": found.refusal, "recordings": []}
    if found.reader:
        manifest |= {"reader": found.reader.name, "version": found.reader.version}
    for part, recording in enumerate(found.recordings):
        manifest["recordings"].append(_write(directory / part_name(part), recording))
    (directory / MANIFEST).write_text(json.dumps(manifest))


def zip_bomb(path: Path, archive_bytes: int) -> str:
    """Why an archive (an .xlsx or .ndax is one) would unpack to more than can be meant; empty if it would not."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return ""
    ratio = unpacked / max(path.stat().st_size, 1)
    if unpacked <= archive_bytes and (unpacked <= SMALL_ARCHIVE or ratio <= LARGEST_RATIO):
        return ""
    return (
        f"The archive would unpack to {unpacked / 1024**2:,.0f} MiB, {ratio:,.0f} times its size: it was not opened. "
        "Export the file again from the instrument's program, or split it."
    )


def _foremost(recognising: Sequence[Reader]) -> list[Reader]:
    """Those of the highest priority: a catch-all must not make something else of what its own format refuses."""
    highest = max((reader.priority for reader in recognising), default=0)
    return [reader for reader in recognising if reader.priority == highest]


def _read_mapped(
    directory: Path,
    path: Path,
    mapping: Mapping[str, Any],
    readers: Iterable[Reader],
    recognising: Sequence[Reader],
) -> Found:
    """Let the readers that take column mappings read it, those first that recognise the file."""
    known = {reader.name for reader in recognising}
    taking = [reader for reader in readers if reader.read_mapped]
    taking.sort(key=lambda reader: (reader.name not in known, -reader.priority))
    if not taking:
        return Found(None, (), "A column mapping was chosen, but no reader that takes one is installed.")
    return _read(directory, taking, lambda reader: reader.read_mapped(path, mapping) if reader.read_mapped else ())


def _read(directory: Path, readers: Sequence[Reader], read: Callable[[Reader], Iterable[Recording]]) -> Found:
    """Let the readers read the file one after the other; the first that can, does."""
    refusals = []
    for reader in readers:
        _say_who_is_at_work(directory, reader)
        try:
            recordings = tuple(read(reader))
            check(recordings)
        except UnreadableFile as error:
            refusals.append((reader, str(error)))
        except MemoryError:
            raise
        except (Exception, SystemExit) as error:
            refusals.append((reader, f"The reader ‘{reader.title}’ failed: {_named(error)}"))
        else:
            return Found(reader, recordings, "" if recordings else "The file holds no data.")
    if refusals:
        reader, text = refusals[0]
        return Found(reader, (), text)
    return Found(None, ())


def _unknown(head: bytes, readers: Iterable[Reader]) -> str:
    titles = ", ".join(reader.title for reader in readers) or "none is installed"
    hint = "" if b"\0" in head else " If it is a text table, a column mapping can say what its columns are."
    return f"No reader recognises this file. Readers: {titles}.{hint}"


def _recognises(directory: Path, reader: Reader, head: bytes, filename: str) -> bool:
    _say_who_is_at_work(directory, reader)
    try:
        return bool(reader.recognises(head, filename))
    except MemoryError:
        raise
    except Exception:
        return False


def _say_who_is_at_work(directory: Path, reader: Reader) -> None:
    """Overwritten and cut to length: ext4 waits for the disk when a file that was emptied first is closed."""
    with os.fdopen(os.open(directory / AT_WORK, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as opened:
        opened.write(json.dumps({"title": reader.title}).encode())
        opened.truncate()


def _named(error: BaseException) -> str:
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    where = f" ({Path(last.tb_frame.f_code.co_filename).name}:{last.tb_lineno})" if last else ""
    return f"{type(error).__name__}: {error}{where}"


def check(recordings: Sequence[Any]) -> None:
    """Raise for recordings that break the contract, in words that name the mend."""
    for recording in recordings:
        if not isinstance(recording, Recording):
            raise TypeError(f"returned a {type(recording).__name__}: the contract asks for Recording")
        if not recording.columns:
            raise ValueError("returned a recording without columns")
        shapes = {name: np.shape(column) for name, column in recording.columns.items()}
        if len(set(shapes.values())) != 1 or len(next(iter(shapes.values()))) != 1:
            raise ValueError(f"returned columns of unequal shapes: {shapes}")
        for name, column in recording.columns.items():
            if np.asarray(column).dtype.kind not in "fiub":
                raise TypeError(f"returned the column {name} with {np.asarray(column).dtype}, not numbers")


def _write(place: Path, recording: Recording) -> Mapping[str, Any]:
    """Write the columns, and return what the manifest says of them."""
    import pyarrow
    import pyarrow.parquet

    table = pyarrow.table(dict(recording.columns))
    pyarrow.parquet.write_table(
        table,
        place,
        compression="zstd",
        compression_level=3,
        row_group_size=ROWS_A_GROUP,
        # Numbers that repeat much are found in few; looking for longer takes time and memory, and makes larger files.
        dictionary_pagesize_limit=DICTIONARY_BYTES,
    )
    return {
        "technique": recording.technique,
        "label": recording.label,
        "header": {str(name): str(value) for name, value in recording.header.items()},
        "messages": [asdict(message) for message in recording.messages],
        "columns": table.column_names,
        "rows": table.num_rows,
    }
