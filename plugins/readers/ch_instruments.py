"""CH Instruments text: A.C. impedance. Z" has its own sign: negative for a capacitive response."""

from collections.abc import Sequence
from pathlib import Path

from plugins.readers.instrument_table import described, known_heads, read_known
from plugins.readers.number_table import Rows
from plugins.readers.plain_text import lines
from plugins.readers.spectrum import NEEDED, spectrum_of
from registry.hookspecs import Reader, Recording, UnreadableFile, hookimpl

NAMES = {"freq": "frequency_hertz", "z'": "real_impedance_ohm", 'z"': "imaginary_impedance_ohm"}
IMPEDANCE = "A.C. Impedance"


def recognises(head: bytes, name: str) -> bool:
    """Return True for a text that names a CHI instrument and where its data come from."""
    return b"Instrument Model:" in head[:4096] and b"CHI" in head[:4096] and b"Data Source:" in head[:4096]


def read(path: Path) -> tuple[Recording, ...]:
    """Return the one spectrum of the file."""
    found = list(lines(path.read_bytes()))
    technique = found[1].text.strip() if len(found) > 1 else ""
    place = next((index for index, line in enumerate(found) if line.text.startswith("Freq/Hz")), None)
    if place is None:
        raise UnreadableFile(
            f"the file holds ‘{technique[:40]}’; of CH Instruments only ‘{IMPEDANCE}’ is read, whose table begins with "
            "‘Freq/Hz’: save other techniques as CSV with names and units"
        )
    head = found[place]
    labels = tuple(label.strip() for label in head.text.split(","))
    rows = Rows(path, head.after, head.number, ",", labels, decimals=(".",))
    columns, _, messages = read_known(rows, known_heads(labels, NAMES, head.number, needed=NEEDED), NEEDED)
    facts = {"technique": technique, "started": found[0].text}
    settings = []
    for line in found[2:place]:
        name, _, value = line.text.partition(":")
        if name == "Instrument Model":
            facts["instrument"] = value
        elif "=" in line.text:
            settings.append(line.text.strip())
    return (spectrum_of(columns, described(**facts, settings="\n".join(settings)), messages),)


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the text files of CH Instruments."""
    return (
        Reader(
            name="ch-instruments",
            version="1.0.0",
            title="CH Instruments impedance (text)",
            recognises=recognises,
            read=read,
        ),
    )
