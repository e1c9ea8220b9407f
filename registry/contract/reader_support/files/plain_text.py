"""Text files: whether a file is text, its encoding, and its lines."""

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from analyses.coded_text import Remark
from registry.contract.reader_support.columns.column_synonyms import SYNONYMS

LINE_END = re.compile(rb"\r\n|\n|\r")
EXCEL_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
UTF16_STARTS = (b"\xff\xfe", b"\xfe\xff")
TEXT_CONTROLS = frozenset(b"\t\n\r\f")
CHECKED_BYTES = 4096
HEAD_BYTES = 1 << 20
LAST_OF_LATIN = "\u2fff"
CHINESE_NAMES = tuple(name for names in SYNONYMS.values() for name in names if min(name) > LAST_OF_LATIN)
"""Names of columns, which show that a text is GBK."""


@dataclass(frozen=True)
class Line:
    """One line of a text, without its line ending."""

    text: str
    number: int
    """From 1."""
    start: int
    """Byte at which it begins."""
    after: int
    """Byte at which the next begins."""


def text_problem(content: bytes) -> Remark | None:
    """Return why the file is not a text table, None if it may be one."""
    if not content:
        return Remark("empty-file", "the file is empty (0 bytes): export it again")
    if content.startswith(EXCEL_STARTS):
        return Remark("excel-workbook", "the file is an Excel workbook: save the sheet as CSV (UTF-8) and upload that")
    if content.startswith(UTF16_STARTS):
        return Remark("utf-16-text", "the text is UTF-16: save it as UTF-8 (in Excel, ‘CSV UTF-8’)")
    for index, byte in enumerate(content[:CHECKED_BYTES]):
        if byte < 0x20 and byte not in TEXT_CONTROLS:
            return Remark(
                "not-a-text-file",
                "the file is not text (byte 0x{byte:02x} at position {position}): export the data as CSV",
                byte=byte,
                position=index + 1,
            )
    return None


def decoded(content: bytes) -> tuple[str, str]:
    """Return the text and its encoding: UTF-8, with or without byte order mark, GBK if it then has names of columns, or
    else Latin-1."""
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    if any(name in text for name in CHINESE_NAMES):
        return text, "gbk"
    return content.decode("latin-1"), "latin-1"


def lines(content: bytes, encoding: str = "") -> Iterator[Line]:
    """Yield the lines of a text, with any line endings; without an encoding, `decoded` finds that of each line."""
    start, number = (len(BOM_UTF8) if content.startswith(BOM_UTF8) else 0), 1
    while start < len(content):
        end = LINE_END.search(content, start)
        stop, after = (end.start(), end.end()) if end else (len(content), len(content))
        written = content[start:stop]
        yield Line(
            written.decode(encoding, errors="replace") if encoding else decoded(written)[0], number, start, after
        )
        start, number = after, number + 1


def first_line(content: bytes) -> Line | None:
    """Return the first line that is neither blank nor a # comment."""
    return next((line for line in lines(content) if line.text.strip() and not line.text.lstrip().startswith("#")), None)


def file_head(path: Path) -> bytes:
    """Return the first mebibyte of a file, complete lines only; a header must be within it."""
    with path.open("rb") as file:
        content = file.read(HEAD_BYTES)
    return content if len(content) < HEAD_BYTES else content[: content.rfind(b"\n") + 1] or content
