"""What readers of text files share: is it text, in which encoding, and where does it begin; registers nothing."""

import re

LINE_END = re.compile(r"\r\n|\n|\r")
EXCEL_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
UTF16_STARTS = (b"\xff\xfe", b"\xfe\xff")
TEXT_CONTROLS = frozenset(b"\t\n\r\f")
LOOKED_AT = 4096


def why_not_text(content: bytes) -> str:
    """Return why the file is no text table, '' if it may be one."""
    if not content:
        return "the file is empty (0 bytes): export it again"
    if content.startswith(EXCEL_STARTS):
        return "the file is an Excel workbook, whatever its name: save the sheet as CSV (UTF-8) and add that"
    if content.startswith(UTF16_STARTS):
        return "the text is UTF-16: save it as UTF-8 (in Excel, ‘CSV UTF-8’)"
    for place, byte in enumerate(content[:LOOKED_AT]):
        if byte < 0x20 and byte not in TEXT_CONTROLS:
            return f"the file is not text (byte 0x{byte:02x} at position {place + 1}): export the data as CSV"
    return ""


def decoded(content: bytes) -> tuple[str, str]:
    """Return the text and its encoding: UTF-8, with or without byte order mark, or else Latin-1."""
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("latin-1"), "latin-1"


def header_line(text: str) -> tuple[str, int, int]:
    """Return the first line that is neither blank nor a # comment, its number from 1, and where the next begins."""
    start, number = 0, 1
    while start < len(text):
        end = LINE_END.search(text, start)
        line = text[start : end.start() if end else len(text)]
        after = end.end() if end else len(text)
        if line.strip() and not line.lstrip().startswith("#"):
            return line, number, after
        start, number = after, number + 1
    return "", number, len(text)
