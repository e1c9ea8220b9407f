"""PowerSuite text (Princeton Applied Research): frequency, Zre and Zimg, three columns without units.

The program writes Hz and ohm, and nothing else; a message says that they were read so. Zimg has its own sign:
negative for a capacitive response.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from plugins.readers.instrument_table import known_heads, read_known
from plugins.readers.number_table import Rows
from plugins.readers.plain_text import beginning, lines
from plugins.readers.spectrum import NEEDED, spectrum_of
from registry.hookspecs import Message, Reader, Recording, UnreadableFile, hookimpl

START = re.compile(rb"(\xef\xbb\xbf)?Frequency\t\s*Zre\t\s*Zimg\s*[\r\n]")
NAMES = {"frequency": "frequency_hertz", "zre": "real_impedance_ohm", "zimg": "imaginary_impedance_ohm"}
UNITS = {"frequency": "Hz", "zre": "Ohm", "zimg": "Ohm"}


def recognises(head: bytes, name: str) -> bool:
    """Return True for a text whose first line has the heads of PowerSuite's export."""
    return START.match(head) is not None


def read(path: Path) -> tuple[Recording, ...]:
    """Return the one spectrum of the file."""
    head = next(lines(beginning(path)), None)
    if head is None:
        raise UnreadableFile("the file is empty (0 bytes): export it again")
    labels = tuple(label.strip() for label in head.text.split("\t"))
    heads = known_heads(labels, NAMES, head.number, UNITS)
    columns, _, messages = read_known(Rows(path, head.after, head.number, "\t", labels), heads, NEEDED)
    said = Message("PowerSuite writes no units: frequency was read as Hz, Zre and Zimg as ohm.")
    return (spectrum_of(columns, {"program": "PowerSuite"}, [said, *messages]),)


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the text files of PowerSuite."""
    return (
        Reader(
            name="powersuite", version="1.0.0", title="PowerSuite impedance (text)", recognises=recognises, read=read
        ),
    )
