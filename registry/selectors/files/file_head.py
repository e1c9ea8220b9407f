"""The first lines and detected columns of a raw text file, to help the user write a column mapping."""

from dataclasses import dataclass

from django.core.files.storage import default_storage

from registry.contract.reader_support.tables.text_layout import detect_layout, split_cells
from registry.models import RawFile

MAX_BYTES = 65_536
MAX_LINES = 40
MAX_LINE_LENGTH = 400


@dataclass(frozen=True)
class FileHead:
    """The first lines of a text file and the column headers detected in them."""

    lines: tuple[str, ...]
    header_line: int = 0
    """Line number of the headers, from 1; 0 if the table has none."""
    delimiter: str = ""
    """Empty if no table was detected."""
    headers: tuple[str, ...] = ()
    """Columns as a column mapping names them: by header, or by column number from 0."""
    first_row: tuple[str, ...] = ()

    @property
    def numbered(self) -> list[tuple[int, str]]:
        return list(enumerate(self.lines, start=1))

    @property
    def columns(self) -> list[tuple[str, str]]:
        """Each non-empty header with the cell below it in the first row."""
        return [(header, cell) for header, cell in zip(self.headers, self.first_row, strict=True) if header]


def read_file_head(raw_file: RawFile) -> FileHead | None:
    """The head of a raw file; None if it is not text or the file is missing."""
    if not default_storage.exists(raw_file.path):
        return None
    with default_storage.open(raw_file.path) as stored:
        content = stored.read(MAX_BYTES)
    if b"\0" in content:
        return None
    return _detect_table([line[:MAX_LINE_LENGTH] for line in _decode(content).splitlines()])


def _decode(content: bytes) -> str:
    """Decode as UTF-8, dropping a last character that is cut off, or else as Latin-1."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        is_cut_off = len(content) == MAX_BYTES and error.start > MAX_BYTES - 4
        return content[: error.start].decode("utf-8-sig") if is_cut_off else content.decode("latin-1")


def _detect_table(lines: list[str]) -> FileHead:
    layout = detect_layout(lines)
    if layout is None:
        return FileHead(tuple(lines[:MAX_LINES]))
    row = split_cells(lines[layout.first_row - 1], layout.delimiter)
    return FileHead(tuple(lines[:MAX_LINES]), layout.header_line, layout.delimiter, layout.headers, row)
