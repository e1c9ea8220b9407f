"""CH Instruments text: A.C. impedance. Z" has its own sign: negative for a capacitive response."""

from collections.abc import Sequence
from pathlib import Path

from registry.contract.reader_support.datasets.spectrum import NEEDED, spectrum_datasets
from registry.contract.reader_support.files.number_table import Rows
from registry.contract.reader_support.files.plain_text import lines
from registry.contract.reader_support.tables.instrument_table import header_facts, known_columns, read_columns
from registry.hookspecs import ParsedDataset, Reader, UnreadableFile, hookimpl

CONTRACT_VERSION = 2

NAMES = {"freq": "frequency_hertz", "z'": "real_impedance_ohm", 'z"': "imaginary_impedance_ohm"}
IMPEDANCE = "A.C. Impedance"


def recognises(head: bytes, name: str) -> bool:
    """Return True for a text that names a CHI instrument and where its data come from."""
    return b"Instrument Model:" in head[:4096] and b"CHI" in head[:4096] and b"Data Source:" in head[:4096]


def read(path: Path) -> tuple[ParsedDataset, ...]:
    """Return each sweep of the file."""
    text_lines = list(lines(path.read_bytes()))
    technique = text_lines[1].text.strip() if len(text_lines) > 1 else ""
    index = next((index for index, line in enumerate(text_lines) if line.text.startswith("Freq/Hz")), None)
    if index is None:
        raise UnreadableFile(
            "unsupported-technique",
            "only ‘{impedance}’ (a table that begins with ‘Freq/Hz’) is read from CH Instruments files, and this "
            "one has ‘{technique}’: save other techniques as CSV with column names and units",
            impedance=IMPEDANCE,
            technique=technique[:40],
        )
    header_line = text_lines[index]
    labels = tuple(label.strip() for label in header_line.text.split(","))
    rows = Rows(path, header_line.after, header_line.number, ",", labels, decimals=(".",))
    columns, _, messages = read_columns(rows, known_columns(labels, NAMES, header_line.number, needed=NEEDED), NEEDED)
    facts = {"technique": technique, "started": text_lines[0].text}
    settings = []
    for line in text_lines[2:index]:
        name, _, value = line.text.partition(":")
        if name == "Instrument Model":
            facts["instrument"] = value
        elif "=" in line.text:
            settings.append(line.text.strip())
    return spectrum_datasets(columns, header_facts(**facts, settings="\n".join(settings)), messages)


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the text files of CH Instruments."""
    return (
        Reader(
            name="ch-instruments",
            version="1.2.0",
            title="CH Instruments impedance (text)",
            recognises=recognises,
            read=read,
        ),
    )
