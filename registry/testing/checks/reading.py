"""Whether a reader takes its own files for what they are, and refuses every other and every damaged one in words."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from registry.hookspecs import TECHNIQUES, ParsedDataset, Reader, UnreadableFile
from registry.sandbox.file_reader_child import HEAD_BYTES, check_datasets
from registry.testing.golden import Golden, datasets_summary
from registry.testing.running import watched

CUTS, FLIPS = 24, 48
NAME = "0123456789abcdef"
"""Raw files are kept without an ending."""
HELPS = re.compile(
    r"\d|‘|\b(files?|lines?|rows?|columns?|bytes?|sheets?|pages?|header|blocks?|export|copy|package)\b", re.IGNORECASE
)
"""A number or a word that says where, or what to do."""
NONSENSE: Mapping[str, bytes] = {
    "an empty file": b"",
    "a file of one zero byte": b"\x00",
    "a file of blank lines": b"\n" * 99,
    "a file of random bytes": random.Random(1).randbytes(4096),
    "a file of 0xFF": b"\xff" * 4096,
    "a broken archive": b"PK\x03\x04" + b"\x00" * 64,
    "a letter": b"Dear colleague,\n\nthe cell is in glove box 2.\n\nYours\n",
}
NAMES = ("data", "data.txt", "data.csv", "data.xlsx", "ÄÖ ü.dat", "")
Sample = bytes | str | Path


def reader_faults(reader: Reader, samples: Mapping[str, Sample] | None, golden: Golden) -> Iterator[str]:
    """Hold a reader against the contract; `samples` are files it reads, by what they are."""
    yield from _recognising_faults(reader, samples or {})
    for what, content in NONSENSE.items():
        yield from _refusal_faults(reader, content, what, must_refuse=True)
    if samples is None:
        yield f"the reader {reader.name} was given no file it reads: samples={{{reader.name!r}: {{'small': path}}}}"
        return
    given: dict[str, Any] = {}
    for what, sample in samples.items():
        content = _bytes_of(sample)
        faults, datasets = _reading(reader, content, f"the sample ‘{what}’")
        yield from faults
        if not faults:
            given[what] = datasets_summary(datasets)
        for how, broken in damaged(content, seed=len(content)):
            yield from _refusal_faults(reader, broken, f"the sample ‘{what}’, {how}")
    if given:
        yield from golden.faults(f"reader-{reader.name}", reader.version, given)


def _bytes_of(sample: Sample) -> bytes:
    if isinstance(sample, Path):
        return sample.read_bytes()
    return sample.encode() if isinstance(sample, str) else sample


def _recognising_faults(reader: Reader, samples: Mapping[str, Sample]) -> Iterator[str]:
    contents = {**NONSENSE, **{f"the sample ‘{what}’": _bytes_of(sample) for what, sample in samples.items()}}
    for what, content in contents.items():
        for name in NAMES:
            try:
                answer = reader.recognises(content[:HEAD_BYTES], name)
                reader.recognises(content[: len(content) // 2], name)
            except Exception as error:
                yield (
                    f"the reader {reader.name} raises {type(error).__name__}: {error}, when asked whether it "
                    f"recognises {what} (named ‘{name}’). Return False for whatever it does not know"
                )
                return
            if what.startswith("the sample") and not answer:
                yield (
                    f"the reader {reader.name} does not recognise {what} when it is named ‘{name}’: go by the first "
                    "bytes, files are renamed"
                )
                return


def damaged(content: bytes, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield the bytes cut off at some places, and with bits turned over at others, with words for the damage."""
    chance = random.Random(seed)
    for _ in range(CUTS):
        place = chance.randrange(len(content))
        yield f"cut off at byte {place}", content[:place]
    for _ in range(FLIPS):
        broken = bytearray(content)
        places = [chance.randrange(len(broken)) for _ in range(chance.choice((1, 1, 3, 20)))]
        for place_ in places:
            broken[place_] ^= 1 << chance.randrange(8)
        yield f"with bits turned over at byte {', '.join(map(str, sorted(places)[:3]))}", bytes(broken)


def _refusal_faults(reader: Reader, content: bytes, what: str, *, must_refuse: bool = False) -> Iterator[str]:
    """It reads sound columns, or refuses in words that say where."""
    try:
        with watched():
            datasets = _read(reader, content)
            check_datasets(datasets)
    except UnreadableFile as refusal:
        if len(str(refusal).split()) < 3 or not HELPS.search(str(refusal)):
            yield (
                f"the reader {reader.name} refuses {what} with ‘{refusal}’: say where (line, row, column, byte) and "
                "what would help"
            )
        return
    except Exception as error:
        yield (
            f"the reader {reader.name} fails on {what}: {type(error).__name__}: {error}. Raise UnreadableFile, with a "
            "text that says where and what would help"
        )
        return
    if must_refuse and datasets:
        yield f"the reader {reader.name} reads {what} as data: raise UnreadableFile"
    else:
        yield from _column_faults(reader, datasets, what)


def _reading(reader: Reader, content: bytes, what: str) -> tuple[list[str], Sequence[ParsedDataset]]:
    """Read a sample twice; return what is wrong, and what was read."""
    try:
        with watched() as faults:
            datasets = _read(reader, content)
            check_datasets(datasets)
            again = _read(reader, content)
    except UnreadableFile as refusal:
        return [f"the reader {reader.name} refuses {what}: {refusal}"], ()
    except Exception as error:
        return [f"the reader {reader.name} fails on {what}: {type(error).__name__}: {error}"], ()
    found = [f"the reader {reader.name}, on {what}, {fault}" for fault in faults]
    if not datasets:
        found.append(f"the reader {reader.name} finds nothing in {what}: raise UnreadableFile where there are no data")
    if datasets_summary(datasets) != datasets_summary(again):
        found.append(f"the reader {reader.name} reads something else from {what} the second time")
    return [*found, *_column_faults(reader, datasets, what)], datasets


def _read(reader: Reader, content: bytes) -> Sequence[ParsedDataset]:
    """Read a file of this content; the folder must hold just that file afterwards, as it was."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        path.write_bytes(content)
        try:
            datasets = tuple(reader.read(path))
        finally:
            if [item.name for item in Path(folder).iterdir()] != [NAME] or path.read_bytes() != content:
                raise ValueError("it changed the file or left another beside it")
        return datasets


def _column_faults(reader: Reader, datasets: Sequence[ParsedDataset], what: str) -> Iterator[str]:
    for dataset in datasets:
        if dataset.technique not in {"", *TECHNIQUES}:
            known = ", ".join(TECHNIQUES)
            yield f"the reader {reader.name} calls {what} ‘{dataset.technique}’: there are {known}, or ‘’ for any"
        for name, column in dataset.columns.items():
            numbers = np.asarray(column, dtype=float)
            if not np.isfinite(numbers).all():
                row = int(np.argmin(np.isfinite(numbers))) + 1
                yield (
                    f"the reader {reader.name} gives {name} = {numbers[row - 1]} in row {row} of {what}: leave the row "
                    "or the column out and say so in a message, or refuse"
                )
