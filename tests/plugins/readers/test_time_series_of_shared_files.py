"""The table of time series of docs/formats.md against the raw files, which are read here without a reader."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.plugins.readers import shared_data

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
BINARY = (".nda", ".ndax")


def records_of(path: Path) -> list[list[str]]:
    """Return the cells of the records of a file: the lines with the most usual form and a number in front.

    The form of a line is the number of its cells, and which of its first three are filled.
    """
    if path.suffix == ".xlsx":
        return workbook_records(path)
    text = path.read_text(encoding="utf-8", errors="replace")
    mark = max("\t,;", key=text.count)
    lines = [[cell.strip().strip('"') for cell in line.rstrip("\t, ").split(mark)] for line in text.splitlines()]
    records = [cells for cells in lines if next(filter(None, cells), "")[:1].isdigit()]
    forms = [(len(cells), *map(bool, cells[:3])) for cells in records]
    usual, _ = Counter(forms).most_common(1)[0]
    return [cells for cells, form in zip(records, forms, strict=True) if form == usual]


def workbook_records(path: Path) -> list[list[str]]:
    """Return the rows of the sheets of channels, by another library than that of the reader."""
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True)
    sheets = [sheet for sheet in book.worksheets if sheet.title.startswith("Channel")]
    return [[str(cell) for cell in row] for sheet in sheets for row in sheet.iter_rows(min_row=2, values_only=True)]


def significant(text: str, factor: float = 1.0) -> str:
    """Return a number to seven digits, empty for other text."""
    plain = text.replace(",", ".")
    return f"{float(plain) * factor:.7g}" if NUMBER.fullmatch(plain) else ""


@pytest.mark.parametrize("folder", shared_data.folder())
def test_rows_and_the_voltage_of_the_row_in_the_middle(folder: Path) -> None:
    written = (Path(__file__).parents[3] / "docs" / "formats.md").read_text()
    for line in shared_data.series(folder):
        assert line in written
        name, _, rows, _, row, _, voltage, _ = (cell.strip() for cell in line.strip("| ").split(" | "))
        if name.endswith(BINARY):
            continue
        records = records_of(folder / name)
        assert len(records) == int(rows), name
        numbers = {significant(cell, factor) for cell in records[int(row) - 1] for factor in (1.0, 1e-3)}
        assert voltage in numbers, (name, records[int(row) - 1])


@pytest.mark.parametrize("folder", shared_data.folder())
def test_every_file_of_cycling_is_in_the_table(folder: Path) -> None:
    listed = {line.split(" | ")[0].removeprefix("| ") for line in shared_data.series(folder)}
    files = {str(path.relative_to(folder)) for path in shared_data.files() if path.is_relative_to(folder / "cycling")}
    assert {name for name in files - listed if "cellpy/bad/" not in name and not name.endswith(".mpr")} == {
        "cycling/beep/FastCharge_000025_CH8_Metadata.csv",
        "cycling/pyprobe/Experiment_Record.xlsx",
    }
