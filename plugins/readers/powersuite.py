"""PowerSuite text (Princeton Applied Research): frequency, Zre and Zimg, three columns without units.

The software always writes Hz and ohm; a message states that. Zimg has its own sign:
negative for a capacitive response.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from registry.contract.reader_support.datasets.spectrum import NEEDED, spectrum_datasets
from registry.contract.reader_support.files.number_table import Rows
from registry.contract.reader_support.files.plain_text import file_head, lines
from registry.contract.reader_support.tables.instrument_table import known_columns, read_columns
from registry.hookspecs import Message, ParsedDataset, Reader, UnreadableFile, hookimpl

CONTRACT_VERSION = 2

START = re.compile(rb"(\xef\xbb\xbf)?Frequency\t\s*Zre\t\s*Zimg\s*[\r\n]")
NAMES = {"frequency": "frequency_hertz", "zre": "real_impedance_ohm", "zimg": "imaginary_impedance_ohm"}
UNITS = {"frequency": "Hz", "zre": "Ohm", "zimg": "Ohm"}


def recognises(head: bytes, name: str) -> bool:
    """Return True for a text whose first line has the headers of PowerSuite's export."""
    return START.match(head) is not None


def read(path: Path) -> tuple[ParsedDataset, ...]:
    """Return each sweep of the file."""
    header_line = next(lines(file_head(path)), None)
    if header_line is None:
        raise UnreadableFile("empty-file", "the file is empty (0 bytes): export it again")
    labels = tuple(label.strip() for label in header_line.text.split("\t"))
    known = known_columns(labels, NAMES, header_line.number, UNITS)
    columns, _, messages = read_columns(Rows(path, header_line.after, header_line.number, "\t", labels), known, NEEDED)
    units = Message("units-assumed", "No units in the file: frequency read as Hz, Zre and Zimg as ohm.")
    return spectrum_datasets(columns, {"program": "PowerSuite"}, [units, *messages])


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the text files of PowerSuite."""
    return (
        Reader(
            name="powersuite", version="1.1.0", title="PowerSuite impedance (text)", recognises=recognises, read=read
        ),
    )
