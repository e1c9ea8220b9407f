"""Parstat text (Princeton Applied Research): one row a point, impedance after a time series of frequency 0.

Zim has its own sign: negative for a capacitive response.
"""

from collections.abc import Sequence
from pathlib import Path

from plugins.readers.instrument_table import known_heads, left_out, read_known
from plugins.readers.number_table import Rows
from plugins.readers.plain_text import beginning, lines
from plugins.readers.spectrum import NEEDED, spectrum_of
from registry.hookspecs import Reader, Recording, UnreadableFile, hookimpl

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
    """Return True for a text whose first line has the heads of Parstat's export."""
    return head.removeprefix(b"\xef\xbb\xbf").startswith(START)


def read(path: Path) -> tuple[Recording, ...]:
    """Return the one spectrum of the file."""
    head = next(lines(beginning(path)), None)
    if head is None:
        raise UnreadableFile("the file is empty (0 bytes): export it again")
    labels = tuple(head.text.rstrip().split("\t"))
    heads = known_heads(labels, NAMES, head.number, needed=NEEDED)
    rows = Rows(path, head.after, head.number, "\t", labels)
    columns, _, messages = read_known(rows, heads, NEEDED)
    return (spectrum_of(columns, {}, [*messages, *left_out(labels, list(heads))]),)


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the text files of Parstat."""
    return (
        Reader(name="parstat", version="1.0.0", title="Parstat impedance (text)", recognises=recognises, read=read),
    )
