"""Checks that a reader recognises its own files, and refuses foreign and damaged ones with a helpful text."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from registry import plugin_loading
from registry.contract.dataset_columns import ends_in_unit, nearest_column
from registry.hookspecs import ParsedDataset, Reader, UnreadableFile
from registry.plugin_loading.suitability import needed_data, suits
from registry.plugin_loading.vocabulary_check import unknown
from registry.sandbox.file_reader_child import HEAD_BYTES, check_datasets
from registry.testing.golden import Golden, datasets_summary
from registry.testing.running import watched

CUTS, FLIPS = 24, 48
NAME = "0123456789abcdef"
"""Raw files are stored without a file extension."""
HELPS = re.compile(
    r"\d|‘|\b(files?|lines?|rows?|columns?|bytes?|sheets?|pages?|header|blocks?|export|copy|package)\b", re.IGNORECASE
)
"""A number or a word that tells where the error is, or what to do."""
NONSENSE: Mapping[str, bytes] = {
    "an empty file": b"",
    "a single zero byte": b"\x00",
    "a file of blank lines": b"\n" * 99,
    "a file of random bytes": random.Random(1).randbytes(4096),
    "a file of 0xFF": b"\xff" * 4096,
    "a broken archive": b"PK\x03\x04" + b"\x00" * 64,
    "a letter": b"Dear colleague,\n\nthe cell is in glove box 2.\n\nYours\n",
}
NAMES = ("data", "data.txt", "data.csv", "data.xlsx", "ÄÖ ü.dat", "")
Sample = bytes | str | Path


def reader_problems(reader: Reader, samples: Mapping[str, Sample] | None, golden: Golden) -> Iterator[str]:
    """Check a reader against the contract; `samples` are files it reads, by description."""
    yield from _recognising_problems(reader, samples or {})
    for what, content in NONSENSE.items():
        yield from _refusal_problems(reader, content, what, must_refuse=True)
    if samples is None:
        yield f"the reader {reader.name} has no sample file: pass samples={{{reader.name!r}: {{'small': path}}}}"
        return
    summaries: dict[str, Any] = {}
    for what, sample in samples.items():
        content = _bytes_of(sample)
        problems, datasets = _reading(reader, content, f"the sample ‘{what}’")
        yield from problems
        if not problems:
            summaries[what] = datasets_summary(datasets)
        for how, broken in damaged(content, seed=len(content)):
            yield from _refusal_problems(reader, broken, f"the sample ‘{what}’, {how}")
    if summaries:
        yield from golden.problems(f"reader-{reader.name}", reader.version, summaries)


def _bytes_of(sample: Sample) -> bytes:
    if isinstance(sample, Path):
        return sample.read_bytes()
    return sample.encode() if isinstance(sample, str) else sample


def _recognising_problems(reader: Reader, samples: Mapping[str, Sample]) -> Iterator[str]:
    own = {f"the sample ‘{what}’": _bytes_of(sample) for what, sample in samples.items()}
    for what, content in {**NONSENSE, **own}.items():
        for name in NAMES:
            try:
                answer = reader.recognises(content[:HEAD_BYTES], name)
                reader.recognises(content[: len(content) // 2], name)
            except Exception as error:
                yield (
                    f"the reader {reader.name} raises {type(error).__name__}: {error}, in `recognises` "
                    f"for {what} (named ‘{name}’). Return False for unknown files"
                )
                return
            if what in own and not answer:
                yield (
                    f"the reader {reader.name} does not recognise {what} named ‘{name}’: check the first bytes, "
                    "not the name, because files are renamed"
                )
                return


def damaged(content: bytes, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield truncated copies and copies with flipped bits, each with a description of the damage."""
    generator = random.Random(seed)
    for _ in range(CUTS):
        length = generator.randrange(len(content))
        yield f"truncated at byte {length}", content[:length]
    for _ in range(FLIPS):
        broken = bytearray(content)
        positions = [generator.randrange(len(broken)) for _ in range(generator.choice((1, 1, 3, 20)))]
        for position in positions:
            broken[position] ^= 1 << generator.randrange(8)
        yield f"with bits flipped at byte {', '.join(map(str, sorted(positions)[:3]))}", bytes(broken)


def _refusal_problems(reader: Reader, content: bytes, what: str, *, must_refuse: bool = False) -> Iterator[str]:
    """Check that it returns valid columns, or refuses with a location."""
    try:
        with watched(with_names=False):
            datasets = _read(reader, content)
            check_datasets(datasets)
    except UnreadableFile as refusal:
        if len(str(refusal).split()) < 3 or not HELPS.search(str(refusal)):
            yield (
                f"the reader {reader.name} refuses {what} with ‘{refusal}’: say where (line, row, column, byte) and "
                "what to do"
            )
        return
    except Exception as error:
        yield (
            f"the reader {reader.name} fails on {what}: {type(error).__name__}: {error}. Raise UnreadableFile with a "
            "text that says where and what to do"
        )
        return
    if must_refuse and datasets:
        yield f"the reader {reader.name} reads {what} as data: raise UnreadableFile"
    else:
        yield from _column_problems(reader, datasets, what)


def _reading(reader: Reader, content: bytes, what: str) -> tuple[list[str], Sequence[ParsedDataset]]:
    """Read a sample twice; return the problems and the datasets."""
    try:
        with watched() as problems:
            datasets = _read(reader, content)
            check_datasets(datasets)
            again = _read(reader, content)
    except UnreadableFile as refusal:
        return [f"the reader {reader.name} refuses {what}: {refusal}"], ()
    except Exception as error:
        return [f"the reader {reader.name} fails on {what}: {type(error).__name__}: {error}"], ()
    issues = [f"the reader {reader.name}, on {what}, {problem}" for problem in problems]
    if not datasets:
        issues.append(
            f"the reader {reader.name} returns no datasets from {what}: raise UnreadableFile if there are no data"
        )
    if datasets_summary(datasets) != datasets_summary(again):
        issues.append(f"the reader {reader.name} returns a different result from {what} the second time")
    return [*issues, *_column_problems(reader, datasets, what)], datasets


def _read(reader: Reader, content: bytes) -> Sequence[ParsedDataset]:
    """Read a file with this content; the directory must contain only the unchanged file afterwards."""
    with TemporaryDirectory() as directory:
        path = Path(directory) / NAME
        path.write_bytes(content)
        try:
            datasets = tuple(reader.read(path))
        finally:
            if [item.name for item in Path(directory).iterdir()] != [NAME] or path.read_bytes() != content:
                raise ValueError("it changed the file or left another file in its directory")
        return datasets


def _column_problems(reader: Reader, datasets: Sequence[ParsedDataset], what: str) -> Iterator[str]:
    techniques = plugin_loading.current().techniques
    for dataset in datasets:
        if dataset.technique not in {"", *techniques}:
            named = f"the reader {reader.name}, on {what},"
            yield f"{unknown(named, 'technique', dataset.technique, techniques)}, or ‘’ if the file does not say"
        elif dataset.technique and not suits(dataset, dataset.technique):
            needed = needed_data(dataset.technique)
            yield (
                f"the reader {reader.name} gives {what} the technique {dataset.technique}, which needs {needed}: add "
                "the columns, or state no technique"
            )
        yield from _name_problems(reader, dataset, what)
        for name, column in dataset.columns.items():
            numbers = np.asarray(column, dtype=float)
            if not np.isfinite(numbers).all():
                row = int(np.argmin(np.isfinite(numbers))) + 1
                yield (
                    f"the reader {reader.name} gives {name} = {numbers[row - 1]} in row {row} of {what}: drop the row "
                    "or the column with a message, or raise UnreadableFile"
                )


def _name_problems(reader: Reader, dataset: ParsedDataset, what: str) -> Iterator[str]:
    """Check that columns are canonical ones, or others whose name ends in a unit and is not a misspelt canonical
    one."""
    for name in dataset.columns:
        if nearest := nearest_column(name):
            yield (
                f"the reader {reader.name} gives {what} the column {name}, which is not a canonical name: write "
                f"{nearest}, or a name that does not resemble it"
            )
        elif not ends_in_unit(name):
            yield (
                f"the reader {reader.name} gives {what} the column {name}, which does not end in a unit in words: "
                "write, for example, coolant_temperature_celsius"
            )
