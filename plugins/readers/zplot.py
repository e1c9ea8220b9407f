"""ZPlot and ZView .z: `ZPLOT2 ASCII`, `ZPlotW Data File` (without comments) and `Z60W Data File` (as Autolab writes).

The headers have no units: frequency is in Hz, time in s, Z'(a) and Z''(b) are in ohm. Z'' has its own sign: negative
for a capacitive response. The file states its number of points; another number gives a warning.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from registry.contract.reader_support.datasets.spectrum import NEEDED, spectrum_datasets
from registry.contract.reader_support.files.number_table import Rows
from registry.contract.reader_support.files.plain_text import Line, lines
from registry.contract.reader_support.tables.instrument_table import header_facts, known_columns, read_columns
from registry.hookspecs import ParsedDataset, Reader, UnreadableFile, hookimpl

CONTRACT_VERSION = 2

STARTS = ("ZPLOT2 ASCII", '"ZPlotW Data File', '"Z60W Data File', "ZPlotW Data File", "Z60W Data File")
NAMES = {
    "freq": "frequency_hertz",
    "z'": "real_impedance_ohm",
    "z''": "imaginary_impedance_ohm",
    "time": "test_time_second",
}
UNIT_OF = {"Z'(a)": "Z'(Ohm)", "Z''(b)": "Z''(Ohm)"}
"""ZPlot's (a) and (b) name the parts of a complex number where others have the unit."""
FACTS = {"Measured Data, ZPlot": "software", "Experiment Type": "technique"}
POINTS = re.compile(r"(?:Data Points:\s*)?(\d{1,7})")
NOT_SETTINGS = {"Data Points", "Date", "Time"}
HEADER = re.compile(r"\s*\"?\s*Freq\s*\(Hz\)")


def recognises(head: bytes, name: str) -> bool:
    """Return True for a text that begins as those of ZPlot do."""
    return head[:64].removeprefix(b"\xef\xbb\xbf").decode("latin-1").startswith(STARTS)


def read(path: Path) -> tuple[ParsedDataset, ...]:
    """Return each sweep of the file."""
    text_lines = list(lines(path.read_bytes()))
    index = next((index for index, line in enumerate(text_lines) if HEADER.match(line.text)), None)
    if index is None:
        raise UnreadableFile(
            "no-column-names",
            "no line with column names (‘Freq(Hz)  Ampl  Bias …’): the file is truncated; copy or export it again",
        )
    header, header_line = text_lines[:index], text_lines[index]
    names = re.sub(r"\s+\(", "(", header_line.text).strip().strip('"').split()
    labels = tuple(UNIT_OF.get(label, label) for label in names)
    known = known_columns(labels, NAMES, header_line.number, needed=NEEDED)
    rows_at = index + 1
    if rows_at < len(text_lines) and text_lines[rows_at].text.strip() == "End Comments":
        rows_at += 1
    above = text_lines[rows_at - 1]
    first = next((line.text for line in text_lines[rows_at:] if line.text.strip()), "")
    delimiter, decimals = (",", (".",)) if "," in first and "\t" not in first else ("\t", (".", ","))
    rows = Rows(path, above.after, above.number, delimiter, labels, decimals=decimals)
    columns, _, messages = read_columns(rows, known, NEEDED)
    if not columns.get("test_time_second", columns["frequency_hertz"]).any():
        del columns["test_time_second"]
    expected_points = POINTS.fullmatch(header[-1].text.strip()) if header else None
    points = int(expected_points[1]) if expected_points else None
    return spectrum_datasets(columns, _facts(header), messages, expected_points=points)


def _facts(header: Sequence[Line]) -> dict[str, str]:
    facts = {"program": header[0].text.strip().strip('"')} if header else {}
    settings, started = [], ""
    for line in header[1:]:
        text = line.text.strip().strip('"').strip()
        name, colon, value = text.partition(":")
        if name in {"Date", "Time"}:
            started = f"{started} {text.replace('Date:', '').replace('Time:', '')}".strip()
        elif name in FACTS:
            facts[FACTS[name]] = value
        elif text and name not in NOT_SETTINGS:
            settings.append(f"{name}: {value.strip()}" if colon else text)
    return header_facts(**facts, started=re.sub(r"\s+", " ", started), settings="\n".join(settings))


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the files of ZPlot, and of Autolab in that form."""
    return (
        Reader(
            name="zplot",
            version="1.3.0",
            title="ZPlot, ZView and Autolab impedance (.z)",
            recognises=recognises,
            read=read,
        ),
    )
