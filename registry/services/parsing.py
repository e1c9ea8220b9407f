"""Having a file read by a process apart, and believing only what checks out of its answer."""

import json
import logging
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings

from registry import plugin_manager
from registry.apart.reading import AT_WORK, MANIFEST, part_name
from registry.apart.server import OUT_OF_MEMORY
from registry.hookspecs import TECHNIQUES, Recording
from registry.services.apart import ChildEnded, child_wait, last_words
from registry.text_input import replace_unstorable

logger = logging.getLogger(__name__)
MANIFEST_BYTES = 32 * 1024**2
MOST_RECORDINGS = 10_000
MESSAGE = {"text", "level"}
RECORDING = {"technique", "label", "header", "messages", "columns", "rows"}


@dataclass(frozen=True)
class ParsedPart:
    """One recording of a file: what it is, and the Parquet file its columns are in."""

    number: int
    """Its place in the file, from 0."""
    technique: str
    label: str
    columns: tuple[str, ...]
    rows: int
    header: Mapping[str, str]
    messages: tuple[Mapping[str, str], ...]
    path: Path

    def suits(self, technique: str) -> bool:
        """Whether a measurement of this technique can hold it."""
        return Recording(self.technique, {name: np.empty(0) for name in self.columns}).suits(technique)


@dataclass(frozen=True)
class Parsed:
    """What the readers made of a file: parts, or the reason why there are none."""

    reader: str = ""
    version: str = ""
    parts: tuple[ParsedPart, ...] = ()
    refusal: str = ""


class Distrusted(ValueError):  # noqa: N818
    """The answer of the reading process is not what such a process writes."""


def parse_file(path: Path, filename: str, directory: Path, mapping: Mapping[str, Any] | None = None) -> Parsed:
    """Have the readers read a file, their results in an empty directory; whatever happens there becomes a refusal.

    With a column mapping a reader that takes one reads it.
    """
    ended = _order(path, filename, directory, mapping)
    if ended.code == 0 and not ended.timed_out:
        try:
            return _believed(directory)
        except Distrusted as error:
            logger.warning("the answer to %s was refused: %s", filename, error)
            return Parsed(refusal=f"{_at_work(directory)} gave an answer that cannot be used: {error}.")
    logger.warning("reading %s ended with %s: %s", filename, ended, last_words(directory))
    return Parsed(refusal=f"{_at_work(directory)} {_fate(ended)}")


def _fate(ended: ChildEnded) -> str:
    if ended.timed_out or ended.code == -signal.SIGALRM:
        return f"was stopped after {settings.PARSE_SECONDS:g} s: is the file whole, and one the instrument wrote?"
    if ended.code == OUT_OF_MEMORY:
        gib = settings.PARSE_MEMORY_BYTES / 1024**3
        return f"needed more than the {gib:.3g} GiB of memory it may use: split the file."
    if ended.code < 0:
        return f"crashed on this file ({signal.Signals(-ended.code).name}): export it again, or report the plugin."
    return f"ended without an answer (exit code {ended.code}): the log says more."


def _at_work(directory: Path) -> str:
    """Name the reader that was at work, as far as it can be known."""
    try:
        with (directory / AT_WORK).open("rb") as opened:
            title = str(json.loads(opened.read(4096))["title"])
    except (OSError, ValueError, TypeError, KeyError):
        return "The reading of the file"
    known = {reader.title for reader in plugin_manager.current().readers.values()}
    return f"The reader ‘{title}’" if title in known else "The reading of the file"


def _order(path: Path, filename: str, directory: Path, mapping: Mapping[str, Any] | None) -> ChildEnded:
    return child_wait(
        directory=directory,
        path=str(path),
        filename=filename,
        seconds=settings.PARSE_SECONDS,
        memory_bytes=settings.PARSE_MEMORY_BYTES,
        archive_bytes=settings.PARSE_ARCHIVE_BYTES,
        mapping=mapping,
    )


def _believed(directory: Path) -> Parsed:
    """The manifest, each entry checked against what it may be and against the file it describes."""
    manifest = directory / MANIFEST
    if not _is_plain(manifest) or manifest.stat().st_size > MANIFEST_BYTES:
        raise Distrusted("there is no list of what the file holds, or one too long to be meant")
    try:
        given = json.loads(manifest.read_bytes())
    except ValueError as error:
        raise Distrusted("the list of what the file holds is not JSON") from error
    _expect_keys(given, {"reader", "version", "refusal", "recordings"}, "the list")
    recordings = given["recordings"]
    if not isinstance(recordings, list) or len(recordings) > MOST_RECORDINGS:
        raise Distrusted(f"it claims more than {MOST_RECORDINGS} recordings")
    reader, version = _text(given["reader"], 80), _text(given["version"], 40)
    refusal = _text(given["refusal"], 4000)
    if reader and reader not in plugin_manager.current().readers:
        raise Distrusted("it names a reader that is not loaded")
    if refusal or not recordings:
        return Parsed(reader, version, (), refusal or "The file holds no data.")
    return Parsed(reader, version, tuple(_part(at, one, directory) for at, one in enumerate(recordings)))


def _part(number: int, given: Any, directory: Path) -> ParsedPart:
    import pyarrow
    import pyarrow.parquet

    path = directory / part_name(number)
    _expect_keys(given, RECORDING, "a recording")
    technique, columns, rows = given["technique"], given["columns"], given["rows"]
    if technique not in ("", *TECHNIQUES):
        raise Distrusted("it names a technique there is not")
    if not isinstance(given["header"], dict) or not isinstance(given["messages"], list):
        raise Distrusted("a recording's header or messages are of the wrong kind")
    for message in given["messages"]:
        _expect_keys(message, MESSAGE, "a message")
    if not _is_plain(path):
        raise Distrusted("the columns of a recording are missing")
    try:
        stored = pyarrow.parquet.read_metadata(path)
        schema = stored.schema.to_arrow_schema()
    except (pyarrow.ArrowException, OSError) as error:
        raise Distrusted("the columns of a recording cannot be read") from error
    if schema.names != columns or stored.num_rows != rows or not columns:
        raise Distrusted("the columns of a recording are others than it says")
    return ParsedPart(
        number=number,
        technique=technique,
        label=" ".join(_text(given["label"], 120).split()),
        columns=tuple(_text(name, 100) for name in columns),
        rows=rows,
        header={_text(name, 200): _text(value, 4000) for name, value in given["header"].items()},
        messages=tuple(
            {"text": _text(one["text"], 4000), "level": _text(one["level"], 8)} for one in given["messages"]
        ),
        path=path,
    )


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _expect_keys(given: Any, keys: set[str], what: str) -> None:
    if not isinstance(given, dict) or set(given) != keys:
        raise Distrusted(f"{what} has other entries than {', '.join(sorted(keys))}")


def _text(given: Any, longest: int) -> str:
    """Text of an instrument or a reader, without what cannot be stored; NUL only pads."""
    if not isinstance(given, str):
        raise Distrusted("words are expected where something else stands")
    return replace_unstorable(given[:longest].replace("\0", ""))[:longest]
