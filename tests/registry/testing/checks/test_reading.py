from pathlib import Path

import numpy as np
import pytest

from registry.hookspecs import ParsedDataset, UnreadableFile
from registry.testing import Golden, assert_plugin_conforms
from tests.registry.testing.broken import reader_of

SAMPLE = {"good": {"three rows": b"GOOD\n1\n2\n3\n"}}


def sound(path: Path) -> tuple[ParsedDataset, ...]:
    lines = path.read_bytes().split(b"\n")
    if lines[0] != b"GOOD" or len(lines) < 3:
        raise UnreadableFile("line 1 is not ‘GOOD’ with rows below it: export the file again")
    try:
        column = np.array([float(line) for line in lines[1:] if line])
    except ValueError as error:
        raise UnreadableFile(f"below line 1: {error}") from error
    if not column.size or not np.isfinite(column).all():
        raise UnreadableFile("a row below line 1 is no number")
    return (ParsedDataset("", {"voltage_volt": column}),)


def told_of(read, directory: Path, **given) -> str:
    with pytest.raises(AssertionError) as refused:
        assert_plugin_conforms(reader_of(read, **given), Golden(directory, update=True), samples=SAMPLE)
    return str(refused.value)


def test_a_sound_reader_conforms(tmp_path: Path) -> None:
    assert_plugin_conforms(reader_of(sound), Golden(tmp_path, update=True), samples=SAMPLE)
    assert_plugin_conforms(reader_of(sound), Golden(tmp_path), samples=SAMPLE)


def test_a_reader_without_a_file_it_reads_is_asked_for_one(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="the reader good was given no file it reads"):
        assert_plugin_conforms(reader_of(sound), Golden(tmp_path))


def trusting(path: Path) -> tuple[ParsedDataset, ...]:
    return (ParsedDataset("", {"voltage_volt": np.array([float(item) for item in path.read_text().split()[1:]])}),)


def terse(path: Path) -> tuple[ParsedDataset, ...]:
    try:
        return sound(path)
    except UnreadableFile as refusal:
        raise UnreadableFile("bad") from refusal


def credulous(path: Path) -> tuple[ParsedDataset, ...]:
    return (ParsedDataset("", {"voltage_volt": np.ones(3)}),)


def with_gaps(path: Path) -> tuple[ParsedDataset, ...]:
    (dataset,) = sound(path)
    return (ParsedDataset("", {"voltage_volt": np.append(dataset.columns["voltage_volt"], np.nan)}),)


def diviner(path: Path) -> tuple[ParsedDataset, ...]:
    return (ParsedDataset("divination", sound(path)[0].columns),)


def untidy(path: Path) -> tuple[ParsedDataset, ...]:
    path.with_name("unpacked").write_text("")
    return sound(path)


def talkative(path: Path) -> tuple[ParsedDataset, ...]:
    print("reading")  # noqa: T201
    return sound(path)


@pytest.mark.parametrize(
    ("read", "told"),
    [
        (trusting, "fails on a file of 0xFF: UnicodeDecodeError"),
        (trusting, "Raise UnreadableFile, with a text that says where and what would help"),
        (terse, "refuses an empty file with ‘bad’: say where"),
        (credulous, "reads an empty file as data: raise UnreadableFile"),
        (with_gaps, "gives voltage_volt = nan in row 4 of the sample ‘three rows’"),
        (diviner, "calls the sample ‘three rows’ ‘divination’: there are eis,"),
        (untidy, "it changed the file or left another beside it"),
        (talkative, "on the sample ‘three rows’, printed to standard output (‘reading"),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_says_what_is_wrong_with_a_reader(read, told: str, tmp_path: Path) -> None:
    assert told in told_of(read, tmp_path)


def test_a_reader_must_bear_any_bytes_when_asked_what_it_knows(tmp_path: Path) -> None:
    said = told_of(sound, tmp_path, recognises=lambda head, name: head.decode().startswith("GOOD"))
    assert "raises UnicodeDecodeError" in said
    assert "when asked whether it recognises a file of random bytes" in said


def test_a_reader_goes_by_the_content_and_not_by_the_name(tmp_path: Path) -> None:
    said = told_of(sound, tmp_path, recognises=lambda head, name: name.endswith(".csv"))
    assert "does not recognise the sample ‘three rows’ when it is named ‘data’" in said


def test_what_a_reader_gives_changes_with_its_version_alone(tmp_path: Path) -> None:
    assert_plugin_conforms(reader_of(sound), Golden(tmp_path, update=True), samples=SAMPLE)
    said = told_of(
        lambda path: (ParsedDataset("", {"current_ampere": sound(path)[0].columns["voltage_volt"]}),), tmp_path
    )
    assert "voltage_volt: no longer given" in said
