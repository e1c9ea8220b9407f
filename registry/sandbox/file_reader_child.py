"""The child side of reading a file: chooses the reader, reads, and writes down the result.

The result is a directory with `part-0.parquet` and so on, and `manifest.json` written last; the parent side validates
it. Beyond the memory limit, MemoryError ends the process with exit code OUT_OF_MEMORY (see `limits`).
"""

import json
import math
import os
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from registry.contract.outcome import Message
from registry.contract.reader import Image, OtherFormatError, ParsedDataset, Reader, UnreadableFile
from registry.sandbox.columns import IMAGE_SUFFIX
from registry.sandbox.library_reports import collected_reports
from registry.sandbox.plugin_errors import error_summary
from registry.sandbox.serialization import dump_message
from registry.sandbox.thumbnail import thumbnail

HEAD_BYTES = 65_536
ROWS_A_GROUP = 262_144
MANIFEST = "manifest.json"
CURRENT_READER = "reader.json"
"""File that names the active reader, for the message if the process ends."""
ZIP_START = b"PK\x03\x04"
SMALL_ARCHIVE = 64 * 1024**2
LARGEST_RATIO = 200


@dataclass(frozen=True)
class ReadResult:
    """The result of reading a file: datasets, or the reason why there are none."""

    reader: Reader | None
    datasets: tuple[ParsedDataset, ...]
    refusal: Message | None = None
    is_other_format: bool = False
    """True if the readers found that the file is of another format than theirs."""


def part_name(part: int) -> str:
    """Name of the file for the columns of a dataset."""
    return f"part-{part}.parquet"


def image_name(part: int) -> str:
    """Name of the file for the image of a dataset."""
    return f"part-{part}{IMAGE_SUFFIX}"


def thumbnail_name(part: int) -> str:
    """Name of the file for the thumbnail of an image."""
    return f"part-{part}.png"


def read_into(
    directory: Path,
    path: Path,
    filename: str,
    readers: Sequence[Reader],
    *,
    archive_bytes: int,
    mapping: Mapping[str, Any] | None = None,
) -> None:
    """Read a file, with a column mapping if given, and write the result to the directory; manifest last."""
    with path.open("rb") as opened:
        head = opened.read(HEAD_BYTES)
    result = ReadResult(None, (), zip_bomb(path, archive_bytes)) if head.startswith(ZIP_START) else ReadResult(None, ())
    if not result.refusal:
        recognising = [reader for reader in readers if _recognises(directory, reader, head, filename)]
        if mapping is None:
            result = _read_first(directory, path, recognising)
            if not result.refusal and not result.reader:
                result = ReadResult(None, (), _unknown(head, readers))
        else:
            result = _read_mapped(directory, path, mapping, readers, recognising)
    manifest: dict[str, Any] = {
        "reader": "",
        "version": "",
        "refusal": dump_message(result.refusal) if result.refusal else None,
        "datasets": [],
    }
    if result.reader:
        manifest |= {"reader": result.reader.name, "version": result.reader.version}
    for part, dataset in enumerate(result.datasets):
        manifest["datasets"].append(_write(directory, part, dataset))
    (directory / MANIFEST).write_text(json.dumps(manifest))


def zip_bomb(path: Path, archive_bytes: int) -> Message | None:
    """Why an archive (such as .xlsx or .ndax) is refused as too large when unpacked; None if acceptable."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    ratio = unpacked / max(path.stat().st_size, 1)
    if unpacked <= archive_bytes and (unpacked <= SMALL_ARCHIVE or ratio <= LARGEST_RATIO):
        return None
    return _refusal(
        "archive-too-large",
        "The archive would unpack to {mebibytes:,.0f} MiB, {ratio:,.0f} times its size, and was not opened: "
        "export the file again from the instrument software, or split it.",
        mebibytes=unpacked / 1024**2,
        ratio=ratio,
    )


def _refusal(code: str, text: str, **parameters: Any) -> Message:
    return Message(code, text, level="warning", **parameters)


def _read_first(directory: Path, path: Path, recognising: Sequence[Reader]) -> ReadResult:
    """Read by the readers of the highest priority, or by those below if the content is of another format.

    A generic reader must not read a file that its specific reader refused.
    """
    result = ReadResult(None, ())
    for priority in sorted({reader.priority for reader in recognising}, reverse=True):
        readers = [reader for reader in recognising if reader.priority == priority]
        result = _read(directory, readers, lambda reader: reader.read(path))
        if not result.is_other_format:
            break
    return result


def _read_mapped(
    directory: Path,
    path: Path,
    mapping: Mapping[str, Any],
    readers: Iterable[Reader],
    recognising: Sequence[Reader],
) -> ReadResult:
    """Try the readers that support column mappings, those that recognise the file first."""
    preferred = {reader.name for reader in recognising}
    mapping_readers = [reader for reader in readers if reader.read_mapped]
    mapping_readers.sort(key=lambda reader: (reader.name not in preferred, -reader.priority))
    if not mapping_readers:
        refusal = _refusal("no-mapping-reader", "A column mapping was chosen, but no installed reader supports one.")
        return ReadResult(None, (), refusal)
    return _read(
        directory, mapping_readers, lambda reader: reader.read_mapped(path, mapping) if reader.read_mapped else ()
    )


def _read(directory: Path, readers: Sequence[Reader], read: Callable[[Reader], Iterable[ParsedDataset]]) -> ReadResult:
    """Try the readers in turn; the first that can read the file does."""
    refusals = []
    for reader in readers:
        _note_current_reader(directory, reader)
        try:
            with collected_reports() as reports:
                datasets = tuple(read(reader))
            check_datasets(datasets)
        except UnreadableFile as error:
            refusals.append(ReadResult(reader, (), Message.of(error), isinstance(error, OtherFormatError)))
        except MemoryError:
            raise
        except (Exception, SystemExit) as error:
            package = str(getattr(reader.read, "__module__", "")).partition(".")[0]
            failure = _refusal(
                "reader-failed",
                "The reader ‘{reader}’ failed: {error}",
                reader=reader.title,
                error=error_summary(error, package),
            )
            refusals.append(ReadResult(reader, (), failure))
        else:
            datasets = tuple(replace(dataset, messages=(*dataset.messages, *reports)) for dataset in datasets)
            return ReadResult(reader, datasets, None if datasets else _refusal("no-data", "The file contains no data."))
    return min(refusals, key=lambda result: result.is_other_format, default=ReadResult(None, ()))


def _unknown(head: bytes, readers: Iterable[Reader]) -> Message:
    titles = ", ".join(reader.title for reader in readers) or "none is installed"
    hint = "" if b"\0" in head else " If it is a text table, use a column mapping to define its columns."
    return _refusal(
        "unknown-format", "No reader recognises this file. Readers: {readers}.{hint}", readers=titles, hint=hint
    )


def _recognises(directory: Path, reader: Reader, head: bytes, filename: str) -> bool:
    _note_current_reader(directory, reader)
    try:
        return bool(reader.recognises(head, filename))
    except MemoryError:
        raise
    except Exception:
        return False


def _note_current_reader(directory: Path, reader: Reader) -> None:
    """Write the title; ext4 waits for the disk if a file is emptied first, so it is overwritten and cut to length."""
    with os.fdopen(os.open(directory / CURRENT_READER, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as opened:
        opened.write(json.dumps({"title": reader.title}).encode())
        opened.truncate()


def check_datasets(datasets: Sequence[Any]) -> None:
    """Raise TypeError or ValueError for datasets that violate the contract."""
    for dataset in datasets:
        if not isinstance(dataset, ParsedDataset):
            raise TypeError(f"returned a {type(dataset).__name__}: the contract requires ParsedDataset")
        if not isinstance(dataset.start_time, datetime | None):
            raise TypeError(f"returned the start time {dataset.start_time!r}: the contract requires a datetime or None")
        if dataset.image is not None:
            _check_image(dataset)
            continue
        if not dataset.columns:
            raise ValueError("returned a dataset without columns or image")
        shapes = {name: np.shape(column) for name, column in dataset.columns.items()}
        if len(set(shapes.values())) != 1 or len(next(iter(shapes.values()))) != 1:
            raise ValueError(f"returned columns of different shapes: {shapes}")
        for name, column in dataset.columns.items():
            if np.asarray(column).dtype.kind not in "fiub":
                raise TypeError(f"returned the column {name} with {np.asarray(column).dtype}, not numbers")


def _check_image(dataset: ParsedDataset) -> None:
    """Raise TypeError or ValueError for an image that violates the contract."""
    if dataset.columns or not isinstance(dataset.image, Image):
        raise TypeError("returned an image that is not an Image, or columns as well: return two datasets")
    pixels, size = np.asarray(dataset.image.pixels), dataset.image.pixel_size_um
    if pixels.ndim != 2 or not pixels.size or pixels.dtype.kind not in "fiub":
        raise ValueError(f"returned an image of {pixels.dtype} and shape {pixels.shape}: return a 2-D array of numbers")
    if pixels.dtype.kind == "f" and not np.isfinite(pixels).all():
        raise ValueError("returned an image with a grey level that is not finite")
    colours = dataset.image.colours
    if colours is not None and (colours.dtype != np.uint8 or colours.shape != (*pixels.shape, 3)):
        raise ValueError(
            f"returned colours of {colours.dtype} and shape {colours.shape}: return red, green and blue of each pixel "
            "as 8-bit numbers"
        )
    if size is not None and (len(size) != 2 or not all(0 < float(side) < math.inf for side in size)):
        raise ValueError(f"returned the pixel size {size}: return width and height in µm, or None")


def _write(directory: Path, part: int, dataset: ParsedDataset) -> Mapping[str, Any]:
    """Write the columns or the image, and return their entry in the manifest."""
    if dataset.image is None:
        data = _write_columns(directory / part_name(part), dataset)
    else:
        data = _write_image(directory, part, dataset.image)
    return {
        "technique": dataset.technique,
        "label": dataset.label,
        "header": {str(name): str(value) for name, value in dataset.header.items()},
        "messages": [dump_message(message) for message in dataset.messages],
        "start_time": dataset.start_time.isoformat() if dataset.start_time else "",
        **data,
    }


def _write_image(directory: Path, part: int, image: Image) -> Mapping[str, Any]:
    """Write the image, with the lowest byte first, and its thumbnail."""
    pixels = np.ascontiguousarray(image.pixels)
    pixels = pixels.astype(pixels.dtype.newbyteorder("<"), copy=False)
    with (directory / image_name(part)).open("xb") as opened:
        np.save(opened, pixels, allow_pickle=False)
    (directory / thumbnail_name(part)).write_bytes(thumbnail(pixels, image.colours))
    size = None if image.pixel_size_um is None else [float(side) for side in image.pixel_size_um]
    return {"columns": [], "rows": 0, "pixel_size_um": size, "is_image": True}


def _write_columns(path: Path, dataset: ParsedDataset) -> Mapping[str, Any]:
    import pyarrow
    import pyarrow.parquet

    table = pyarrow.table(dict(dataset.columns))
    pyarrow.parquet.write_table(
        table,
        path,
        compression="zstd",
        compression_level=3,
        row_group_size=ROWS_A_GROUP,
        # Measured numbers compress better byte by byte than by a dictionary, in less than half the time.
        use_dictionary=False,
        use_byte_stream_split=[field.name for field in table.schema if field.type != pyarrow.bool_()],
    )
    return {"columns": table.column_names, "rows": table.num_rows, "pixel_size_um": None, "is_image": False}
