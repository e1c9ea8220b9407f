from pathlib import Path

import numpy as np
import pytest

from registry.hookspecs import ParsedDataset, UnreadableFile
from registry.testing import Golden, assert_plugin_conforms
from tests.registry.testing.broken import reader_of

SAMPLE = {"good": {"three rows": b"GOOD\n1\n2\n3\n"}}


def valid(path: Path) -> tuple[ParsedDataset, ...]:
    lines = path.read_bytes().split(b"\n")
    if lines[0] != b"GOOD" or len(lines) < 3:
        raise UnreadableFile("not-good", "line 1 is not ‘GOOD’ with rows below it: export the file again")
    try:
        column = np.array([float(line) for line in lines[1:] if line])
    except ValueError as error:
        raise UnreadableFile("cell-not-a-number", "below line 1: {error}", error=error) from error
    if not column.size or not np.isfinite(column).all():
        raise UnreadableFile("cell-not-a-number", "a row below line 1 is not a number")
    return (ParsedDataset("", {"voltage_volt": column}),)


def error_of(read, directory: Path, **options) -> str:
    with pytest.raises(AssertionError) as error:
        assert_plugin_conforms(reader_of(read, **options), Golden(directory, update=True), samples=SAMPLE)
    return str(error.value)


def test_a_valid_reader_conforms(tmp_path: Path) -> None:
    assert_plugin_conforms(reader_of(valid), Golden(tmp_path, update=True), samples=SAMPLE)
    assert_plugin_conforms(reader_of(valid), Golden(tmp_path), samples=SAMPLE)


def test_a_reader_without_a_sample_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"reader good .*sample"):
        assert_plugin_conforms(reader_of(valid), Golden(tmp_path))


def unchecked(path: Path) -> tuple[ParsedDataset, ...]:
    return (ParsedDataset("", {"voltage_volt": np.array([float(item) for item in path.read_text().split()[1:]])}),)


def terse(path: Path) -> tuple[ParsedDataset, ...]:
    try:
        return valid(path)
    except UnreadableFile as refusal:
        raise UnreadableFile("bad") from refusal


def accepting_everything(path: Path) -> tuple[ParsedDataset, ...]:
    return (ParsedDataset("", {"voltage_volt": np.ones(3)}),)


def with_gaps(path: Path) -> tuple[ParsedDataset, ...]:
    (dataset,) = valid(path)
    return (ParsedDataset("", {"voltage_volt": np.append(dataset.columns["voltage_volt"], np.nan)}),)


def misspelt(path: Path) -> tuple[ParsedDataset, ...]:
    return (ParsedDataset("", {"voltage_volts": valid(path)[0].columns["voltage_volt"]}),)


def without_unit(path: Path) -> tuple[ParsedDataset, ...]:
    return (ParsedDataset("", {"strain": valid(path)[0].columns["voltage_volt"]}),)


def of_unknown_technique(path: Path) -> tuple[ParsedDataset, ...]:
    return (ParsedDataset("divination", valid(path)[0].columns),)


def leaving_files(path: Path) -> tuple[ParsedDataset, ...]:
    path.with_name("unpacked").write_text("")
    return valid(path)


def printing(path: Path) -> tuple[ParsedDataset, ...]:
    print("reading")  # noqa: T201
    return valid(path)


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        (misspelt, "column voltage_volts, "),
        (without_unit, "column strain, "),
        (unchecked, "fails on a file of 0xFF: UnicodeDecodeError"),
        (unchecked, "Raise UnreadableFile"),
        (terse, "‘bad’"),
        (accepting_everything, "as data:"),
        (with_gaps, "voltage_volt = nan "),
        (of_unknown_technique, "‘divination’"),
        (leaving_files, "left another"),
        (printing, "‘three rows’, printed"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_names_the_problem_of_a_reader(read, expected: str, tmp_path: Path) -> None:
    assert expected in error_of(read, tmp_path)


def test_recognises_must_accept_any_bytes(tmp_path: Path) -> None:
    message = error_of(valid, tmp_path, recognises=lambda head, name: head.decode().startswith("GOOD"))
    assert "raises UnicodeDecodeError" in message
    assert "`recognises`" in message


def test_a_reader_must_recognise_content_not_names(tmp_path: Path) -> None:
    message = error_of(valid, tmp_path, recognises=lambda head, name: name.endswith(".csv"))
    assert "‘three rows’ named ‘data’" in message


def test_results_of_a_reader_may_change_only_with_its_version(tmp_path: Path) -> None:
    assert_plugin_conforms(reader_of(valid), Golden(tmp_path, update=True), samples=SAMPLE)
    message = error_of(
        lambda path: (ParsedDataset("", {"current_ampere": valid(path)[0].columns["voltage_volt"]}),), tmp_path
    )
    assert "voltage_volt: missing" in message
