"""The parent side of reading a file: a sandbox process reads it, and its manifest is validated here.

A reader that exceeds PARSE_MEMORY_BYTES ends with exit code OUT_OF_MEMORY, and `parse_file` returns a refusal with
the reason; only the raw file is stored.
"""

import json
import logging
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from registry.contract.outcome import Message
from registry.numbers.formatting import format_data_size
from registry.sandbox.crash_location import last_output
from registry.sandbox.file_reader_child import CURRENT_READER, MANIFEST, image_name, part_name
from registry.sandbox.manifest import (
    InvalidManifest,
    ParsedImage,
    check_image,
    clean_text,
    expect_keys,
    is_regular_file,
)
from registry.sandbox.plugin_set import PluginSet
from registry.sandbox.resource_limits import OUT_OF_MEMORY, in_gib
from registry.sandbox.serialization import dump_message, load_message
from registry.sandbox.server_process import ChildExit, run_child

logger = logging.getLogger(__name__)
MANIFEST_BYTES = 32 * 1024**2
MAX_DATASETS = 10_000
MESSAGE_KEYS = {"code", "text", "level", "parameters"}
RECORDING_KEYS = {
    *("technique", "label", "header", "messages", "columns", "rows", "start_time"),
    *("pixel_size_um", "is_image"),
}


@dataclass(frozen=True)
class ParsedPart:
    """One dataset of a file: its metadata and the Parquet file with its columns."""

    number: int
    """Its position in the file, from 0."""
    technique: str
    label: str
    columns: tuple[str, ...]
    rows: int
    header: Mapping[str, str]
    messages: tuple[Mapping[str, Any], ...]
    path: Path
    start_time: str = ""
    """ISO 8601, with an offset only if the file states one; empty if it does not say."""
    image: ParsedImage | None = None

    @property
    def has_picture(self) -> bool:
        """Whether it is an image in place of columns."""
        return self.image is not None

    @property
    def size_text(self) -> str:
        """How much data it holds: `image 64 × 64 pixels`, or `1,234 rows`."""
        width, height = (self.image.width, self.image.height) if self.image else (None, None)
        return format_data_size(self.rows, width, height)


@dataclass(frozen=True)
class Parsed:
    """The result of reading a file: its parts, or the reason why there are none."""

    reader: str = ""
    version: str = ""
    parts: tuple[ParsedPart, ...] = ()
    refusal: Message | None = None


def parse_file(
    path: Path, filename: str, directory: Path, mapping: Mapping[str, Any] | None = None, *, plugins: PluginSet
) -> Parsed:
    """Read a file in a sandbox process, with results in an empty directory; any failure becomes a refusal.

    With a column mapping, a reader that supports mappings is used.
    """
    child_exit = run_child(
        plugins=plugins,
        directory=directory,
        path=str(path),
        filename=filename,
        seconds=settings.PARSE_SECONDS,
        memory_bytes=settings.PARSE_MEMORY_BYTES,
        archive_bytes=settings.PARSE_ARCHIVE_BYTES,
        mapping=mapping,
    )
    reader = _current_reader(directory, plugins)
    if child_exit.code == 0 and not child_exit.timed_out:
        try:
            return _check_manifest(directory, plugins)
        except InvalidManifest as error:
            logger.warning("invalid manifest for %s: %s", filename, error)
            return Parsed(
                refusal=_refusal(
                    "invalid-data", "{reader} returned invalid data: {reason}.", reader=reader, reason=error
                )
            )
    logger.warning("reading %s ended with %s: %s", filename, child_exit, last_output(directory))
    return Parsed(refusal=_describe_exit(reader, child_exit))


def _refusal(code: str, text: str, **parameters: Any) -> Message:
    return Message(code, text, level="warning", **parameters)


def _describe_exit(reader: str, child_exit: ChildExit) -> Message:
    if child_exit.timed_out or child_exit.code == -signal.SIGALRM:
        return _refusal(
            "timed-out",
            "{reader} was stopped after {seconds:g} s: check that the file is complete, or raise PARSE_SECONDS.",
            reader=reader,
            seconds=settings.PARSE_SECONDS,
        )
    if child_exit.code == OUT_OF_MEMORY:
        limit = in_gib(settings.PARSE_MEMORY_BYTES)
        return _refusal(
            "out-of-memory",
            "{reader} ran out of memory (limit {limit}): split the file, or raise PARSE_MEMORY_BYTES.",
            reader=reader,
            limit=limit,
        )
    if child_exit.code < 0:
        return _refusal(
            "crashed",
            "{reader} crashed on this file ({signal}): export it again, or report the plugin.",
            reader=reader,
            signal=signal.Signals(-child_exit.code).name,
        )
    return _refusal(
        "ended-its-process",
        "{reader} exited without a result (exit code {exit_code}): see the log.",
        reader=reader,
        exit_code=child_exit.code,
    )


def _current_reader(directory: Path, plugins: PluginSet) -> str:
    """The name of the active reader as the subject of a sentence, if known."""
    try:
        with (directory / CURRENT_READER).open("rb") as opened:
            title = str(json.loads(opened.read(4096))["title"])
    except (OSError, ValueError, TypeError, KeyError):
        return "The file reader"
    return f"The reader ‘{title}’" if title in plugins.reader_titles.values() else "The file reader"


def _check_manifest(directory: Path, plugins: PluginSet) -> Parsed:
    """Load the manifest and validate each entry, also against its Parquet file."""
    path = directory / MANIFEST
    if not is_regular_file(path) or path.stat().st_size > MANIFEST_BYTES:
        raise InvalidManifest("the manifest is missing or too large")
    try:
        manifest = json.loads(path.read_bytes())
    except ValueError as error:
        raise InvalidManifest("the manifest is not JSON") from error
    expect_keys(manifest, {"reader", "version", "refusal", "datasets"}, "the manifest")
    datasets = manifest["datasets"]
    if not isinstance(datasets, list) or len(datasets) > MAX_DATASETS:
        raise InvalidManifest(f"the manifest lists more than {MAX_DATASETS} datasets")
    reader, version = clean_text(manifest["reader"], 80), clean_text(manifest["version"], 40)
    refusal = _check_message(manifest["refusal"]) if manifest["refusal"] is not None else None
    if reader and reader not in plugins.reader_titles:
        raise InvalidManifest("the manifest names a reader that is not loaded")
    if refusal or not datasets:
        return Parsed(reader, version, (), refusal or _refusal("no-data", "The file contains no data."))
    parts = tuple(_check_dataset(number, entry, directory, plugins) for number, entry in enumerate(datasets))
    return Parsed(reader, version, parts)


def _check_dataset(number: int, entry: Any, directory: Path, plugins: PluginSet) -> ParsedPart:
    expect_keys(entry, RECORDING_KEYS, "a dataset")
    technique = entry["technique"]
    if technique not in ("", *plugins.techniques):
        raise InvalidManifest(f"a dataset has the unknown technique ‘{clean_text(technique, 64)}’")
    if not isinstance(entry["header"], dict) or not isinstance(entry["messages"], list):
        raise InvalidManifest("the header or the messages of a dataset have the wrong type")
    image = check_image(entry, number, directory) if entry["is_image"] is True else None
    path = directory / (image_name(number) if image else part_name(number))
    if image is None:
        _check_columns(entry, path)
    return ParsedPart(
        number=number,
        technique=technique,
        label=" ".join(clean_text(entry["label"], 120).split()),
        columns=tuple(clean_text(name, 100) for name in entry["columns"]),
        rows=entry["rows"],
        header={clean_text(name, 200): clean_text(value, 4000) for name, value in entry["header"].items()},
        messages=tuple(dump_message(_check_message(message)) for message in entry["messages"]),
        path=path,
        start_time=_check_time(entry["start_time"]),
        image=image,
    )


def _check_columns(entry: Any, path: Path) -> None:
    """Raise InvalidManifest unless the Parquet file has the columns and rows of the entry."""
    import pyarrow
    import pyarrow.parquet

    if not is_regular_file(path):
        raise InvalidManifest("the columns of a dataset are missing")
    try:
        stored = pyarrow.parquet.read_metadata(path)
        schema = stored.schema.to_arrow_schema()
    except (pyarrow.ArrowException, OSError) as error:
        raise InvalidManifest("the columns of a dataset cannot be read") from error
    if schema.names != entry["columns"] or stored.num_rows != entry["rows"] or not entry["columns"]:
        raise InvalidManifest("the columns of a dataset are not those it lists")


def _check_time(text: Any) -> str:
    """The text of a date and time, or an empty one."""
    try:
        return datetime.fromisoformat(text).isoformat() if text else ""
    except (TypeError, ValueError) as error:
        raise InvalidManifest("the start time of a dataset is not a date and time") from error


def _check_message(entry: Any) -> Message:
    expect_keys(entry, MESSAGE_KEYS, "a message")
    try:
        return load_message(entry)
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        raise InvalidManifest(f"a message is invalid: {error}") from error
