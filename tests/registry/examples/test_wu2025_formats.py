"""The four tables of the paper are the same, cell by cell, on the page and in every format."""

import csv
import io
import json
import re
from collections.abc import Callable
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import openpyxl
import pytest
from django.test import Client

from tests.latex_reader import read_latex

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("paper")]

TABLES = ("electronic-conductivity-vgcf", "conductivity-pressure", "low-pressure-cells", "pouch-energy-density")
SIZES = {"electronic-conductivity-vgcf": (4, 6), "conductivity-pressure": (6, 4), "low-pressure-cells": (12, 9)}
MARKS = re.compile(r"[ \N{THIN SPACE}]?[ᵃ-ᶻ](,?[ᵃ-ᶻ])*$")
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")


class _Cells(HTMLParser):
    """The texts of the cells of the first table of a page, without footnote marks and hidden words."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.open: list[str] = []
        self.tables = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("meta", "link", "input", "br"):
            return
        is_hidden = tag in ("sup", "caption") or "hidden" in (dict(attrs).get("class") or "")
        self.open.append("hidden" if is_hidden else tag)
        self.tables += tag == "table"
        if self.tables == 1 and tag == "tr":
            self.rows.append([])
        if self.tables == 1 and tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("meta", "link", "input", "br"):
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if {"td", "th"} & set(self.open) and "table" in self.open and "hidden" not in self.open and self.tables == 1:
            self.rows[-1][-1] += data


def read_html(text: str) -> list[list[str]]:
    parser = _Cells()
    parser.feed(text)
    rows = [[cell.strip().removesuffix("\N{THIN SPACE}").strip() for cell in row] for row in parser.rows]
    return rows[1:]


def read_markdown(text: str) -> list[list[str]]:
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return [[MARKS.sub("", cell.strip()).strip("*") for cell in line] for line in lines[2:]]


def read_json(text: str) -> tuple[list[str], list[list[str]], bool]:
    """Headings with units, texts of the rows, and whether the table is printed transposed."""
    data: dict[str, Any] = json.loads(text)
    keys = [f"{column['key']}@{column['at']}" if column["at"] else column["key"] for column in data["columns"]]
    heads = [
        f"{column['title']} / {column['unit']}" if column["unit"] else column["title"] for column in data["columns"]
    ]
    rows = [[cell["text"] for cell in row.values()] for row in data["rows"]]
    assert all(len(row) == len(keys) for row in rows)
    return heads, rows, data["transposed"]


def printed(rows: list[list[str]], *, transposed: bool) -> list[list[str]]:
    """The body as printed; that of a transposed table without the headings down its side and without its first line."""
    return [list(column) for column in zip(*rows, strict=True)][1:] if transposed else rows


def number(text: str) -> Decimal | None:
    """The number of a text as printed; None for words and products."""
    plain = re.sub(r"\(\d+\)", "", text.lstrip("<>~≤≥")).replace("\N{MULTIPLICATION SIGN}10", "e").translate(_PLAIN)
    return Decimal(plain) if re.fullmatch(r"-?[\d.]+(e-?\d+)?", plain) else None


def content(client: Client, slug: str, table_format: str) -> bytes:
    response = client.get(f"/compare/{slug}/", {"format": table_format})
    assert response.status_code == 200
    return bytes(response.content)


READERS: dict[str, Callable[[Client, str], list[list[str]]]] = {
    "page": lambda client, slug: read_html(client.get(f"/compare/{slug}/").content.decode()),
    "html": lambda client, slug: read_html(content(client, slug, "html").decode()),
    "md": lambda client, slug: read_markdown(content(client, slug, "md").decode()),
    "latex": lambda client, slug: read_latex(content(client, slug, "latex").decode()),
}


@pytest.mark.parametrize("slug", TABLES)
@pytest.mark.parametrize("name", READERS)
def test_every_cell_is_printed_as_in_json(client: Client, slug: str, name: str) -> None:
    _, rows, transposed = read_json(content(client, slug, "json").decode())
    assert (len(rows), len(rows[0])) == SIZES.get(slug, (1, 17))
    read = READERS[name](client, slug)
    if transposed:
        read = [row[1:] for row in read]
    assert read == printed(rows, transposed=transposed)


@pytest.mark.parametrize("slug", TABLES)
def test_every_cell_of_csv_and_of_both_sheets_is_that_number_or_text(client: Client, slug: str) -> None:
    heads, rows, _ = read_json(content(client, slug, "json").decode())
    book = openpyxl.load_workbook(io.BytesIO(content(client, slug, "xlsx")))
    tables = {
        "csv": list(csv.reader(io.StringIO(content(client, slug, "csv").decode("utf-8-sig")))),
        "data": [["" if cell is None else str(cell) for cell in line] for line in book["Data"].values],
    }
    for name, (header, *lines) in tables.items():
        assert len(lines) == len(rows), name
        for head in set(heads):
            column, title = header.index(head), f"{head.partition(' / ')[0]}, note"
            # What is no number stands in the note of its column.
            note = header.index(title) if title in header else column
            texts = [row[heads.index(head)] for row in rows]
            for line, text in zip(lines, texts, strict=True):
                expected = number(text)
                if expected is None:
                    assert text in (line[note], line[column]), (name, head)
                else:
                    assert float(line[column]) == pytest.approx(float(expected), rel=1e-12 if name == "csv" else 5e-4)


@pytest.mark.parametrize("slug", TABLES)
def test_the_printed_sheet_shows_every_cell(client: Client, slug: str) -> None:
    _, rows, transposed = read_json(content(client, slug, "json").decode())
    sheet = openpyxl.load_workbook(io.BytesIO(content(client, slug, "xlsx")))["Table"]
    lines = [list(line) for line in sheet.iter_rows(min_row=2)]
    if transposed:
        lines = [line[1:] for line in lines]
    for line, row in zip(lines, printed(rows, transposed=transposed), strict=True):
        for cell, text in zip(line, row, strict=True):
            expected = number(text)
            if expected is None:
                # The number format of a product of lengths shows it as written.
                shown = cell.value if isinstance(cell.value, str) else cell.number_format.strip('"')
                assert MARKS.sub("", shown) == text
            else:
                assert float(cell.value) == pytest.approx(float(expected), rel=5e-4)
