"""The datasets of a text table, as the reader of plain text hands it over."""

from datetime import datetime
from pathlib import Path

import pytest

from plugins.readers.declared_csv import register_readers
from registry.contract.reader_support.mapping.text_table import encoding_messages
from registry.hookspecs import ParsedDataset

(READER,) = register_readers()


def read(tmp_path: Path, text: str, encoding: str = "utf-8") -> tuple[ParsedDataset, ...]:
    path = tmp_path / "table.txt"
    path.write_bytes(text.encode(encoding))
    return READER.read(path)


def test_a_spectrum_has_a_dataset_for_each_sweep(tmp_path: Path) -> None:
    rows = "".join(f"{10.0**-step:g},{5 + step},{-step}\n" for step in range(-5, 2))
    assert len(read(tmp_path, "f / Hz,Z' / Ω,Z'' / Ω\n" + rows)) == 1
    assert len(read(tmp_path, "f / Hz,Z' / Ω,Z'' / Ω\n" + rows + rows)) == 2


def test_dates_next_to_the_time_are_the_start_of_the_test(tmp_path: Path) -> None:
    rows = "".join(f"{row * 10},3.7,1.0,2026-05-04 08:30:{row * 10:02d}\n" for row in range(4))
    (dataset,) = read(tmp_path, "t / s,U / V,I / mA,Date\n" + rows)
    assert dataset.start_time == datetime(2026, 5, 4, 8, 30)


@pytest.mark.parametrize(
    ("encoding", "codes"), [("utf-8", []), ("gbk", ["read-as-gbk"]), ("latin-1", ["read-as-latin-1"])]
)
def test_an_encoding_that_was_assumed_is_named(encoding: str, codes: list[str]) -> None:
    assert [message.code for message in encoding_messages(encoding)] == codes
