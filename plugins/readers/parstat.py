"""Parstat text (Princeton Applied Research): one row a point, impedance after a time series of frequency 0.

Zim has its own sign: negative for a capacitive response.
"""

from collections.abc import Sequence
from pathlib import Path

from registry.contract.reader_support.datasets.spectrum import NEEDED, spectrum_datasets
from registry.contract.reader_support.files.number_table import Rows
from registry.contract.reader_support.files.plain_text import file_head, lines
from registry.contract.reader_support.tables.instrument_table import known_columns, read_columns, unread_columns
from registry.hookspecs import ParsedDataset, Reader, UnreadableFile, hookimpl

CONTRACT_VERSION = 2

START = b"Potential (V)\tCurrent (A)\tElapsed Time (s)\tFrequency (Hz)\t"
NAMES = {
    "frequency": "frequency_hertz",
    "zre": "real_impedance_ohm",
    "zim": "imaginary_impedance_ohm",
    "elapsed time": "test_time_second",
    "potential": "voltage_volt",
    "current": "current_ampere",
}


def recognises(head: bytes, name: str) -> bool:
    """Return True for a text whose first line has the headers of Parstat's export."""
    return head.removeprefix(b"\xef\xbb\xbf").startswith(START)


def read(path: Path) -> tuple[ParsedDataset, ...]:
    """Return each sweep of the file."""
    header_line = next(lines(file_head(path)), None)
    if header_line is None:
        raise UnreadableFile("empty-file", "the file is empty (0 bytes): export it again")
    labels = tuple(header_line.text.rstrip().split("\t"))
    known = known_columns(labels, NAMES, header_line.number, needed=NEEDED)
    rows = Rows(path, header_line.after, header_line.number, "\t", labels)
    columns, _, messages = read_columns(rows, known, NEEDED)
    return spectrum_datasets(columns, {}, [*messages, *unread_columns(labels, list(known))])


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the text files of Parstat."""
    return (
        Reader(name="parstat", version="1.1.0", title="Parstat impedance (text)", recognises=recognises, read=read),
    )
