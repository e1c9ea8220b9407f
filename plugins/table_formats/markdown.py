"""Comparison tables as Markdown: a pipe table that also reads well as plain text in a terminal."""

import re
import unicodedata
from collections.abc import Iterator

from registry.contract.table_text import (
    NO_ROWS,
    cell_text,
    differs_mark,
    footnote_letters,
    footnote_marks,
    lay_out,
    one_line,
    reference_line,
    superscript,
    thin_space,
)
from registry.hookspecs import Heading, PrintedTable, TableCell, TableFormat, hookimpl

CONTRACT_VERSION = 2

_ALWAYS = re.compile(r"[\\`*|]")
_UNDERSCORE_AT_WORD_EDGE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_LINK = re.compile(r"\][(\[:]")
_BLOCK_START = re.compile(r"^(?=[#>+=~-])|^(\d{1,9})(?=[.)])")


def escaped(text: str) -> str:
    """Return text in which Markdown and HTML find nothing to interpret, altered no more than that takes."""
    text = _ALWAYS.sub(lambda match: "\\" + match[0], one_line(text))
    text = _UNDERSCORE_AT_WORD_EDGE.sub(r"\\_", text)
    text = _TAG.sub("&lt;", _ENTITY.sub("&amp;", text))
    for paired in "~$":
        if text.count(paired) > 1:
            text = text.replace(paired, "\\" + paired)
    if _LINK.search(text):
        text = text.replace("[", r"\[").replace("]", r"\]")
    return text


def _paragraph(text: str) -> str:
    return _BLOCK_START.sub(r"\1\\", escaped(text))


def _cell(cell: Heading | TableCell) -> str:
    words = cell_text(cell)
    mark = superscript(footnote_marks(cell))
    text = escaped(words) + differs_mark(cell) + (thin_space(words) + mark if mark else "")
    wants_words = isinstance(cell, TableCell) and cell.missing and any(char.isalnum() for char in words)
    return f"*{text}*" if wants_words else text


def _width(text: str) -> int:
    """Return how many columns a terminal needs: two for East Asian wide characters, none for combining ones."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def _padded(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space


def _pipe_table(table: PrintedTable) -> Iterator[str]:
    layout = lay_out(table)
    lines = [[_cell(cell) for cell in line] for line in (layout.head, *layout.body)]
    widths = [max(3, *(_width(line[column]) for line in lines)) for column in range(len(layout.head))]
    for index, line in enumerate(lines):
        cells = zip(line, widths, layout.numeric, strict=True)
        yield "| " + " | ".join(_padded(text, width, right=right) for text, width, right in cells) + " |"
        if index == 0:
            rules = zip(widths, layout.numeric, strict=True)
            yield "| " + " | ".join("-" * (width - right) + ":" * right for width, right in rules) + " |"


def _lines(table: PrintedTable) -> Iterator[str]:
    yield f"**{escaped(table.title)}**"
    yield ""
    if table.caption:
        yield _paragraph(table.caption)
        yield ""
    yield from _pipe_table(table)
    if not table.rows:
        yield ""
        yield NO_ROWS
    # Two spaces at the end of a line keep lines separate in Markdown.
    for number, footnote in enumerate(table.footnotes, start=1):
        yield from ("",) if number == 1 else ()
        yield f"{superscript(footnote_letters(number))} {escaped(footnote)}  "
    for index, reference in enumerate(table.references):
        yield from ("",) if index == 0 else ()
        yield f"[{reference.number}] {escaped(reference_line(reference))}  "


def render(table: PrintedTable) -> bytes:
    """Write a table as Markdown."""
    return ("\n".join(_lines(table)) + "\n").encode()


@hookimpl
def register_table_formats() -> list[TableFormat]:
    """Add the format `md`."""
    return [TableFormat(name="md", media_type="text/markdown; charset=utf-8", extension="md", render=render)]
