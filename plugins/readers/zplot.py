"""ZPlot and ZView .z: `ZPLOT2 ASCII`, `ZPlotW Data File` (without comments) and `Z60W Data File` (as Autolab writes).

The heads name no units: frequency is in Hz, time in s, Z'(a) and Z''(b) are in ohm. Z'' has its own sign: negative
for a capacitive response. The file says how many points it has; a warning follows when it holds another number.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from plugins.readers.instrument_table import described, known_heads, read_known
from plugins.readers.number_table import Rows
from plugins.readers.plain_text import Line, lines
from plugins.readers.spectrum import NEEDED, spectrum_of
from registry.hookspecs import Reader, Recording, UnreadableFile, hookimpl

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
HEAD = re.compile(r"\s*\"?\s*Freq\s*\(Hz\)")


def recognises(head: bytes, name: str) -> bool:
    """Return True for a text that begins as those of ZPlot do."""
    return head[:64].removeprefix(b"\xef\xbb\xbf").decode("latin-1").startswith(STARTS)


def read(path: Path) -> tuple[Recording, ...]:
    """Return the one spectrum of the file."""
    found = list(lines(path.read_bytes()))
    place = next((index for index, line in enumerate(found) if HEAD.match(line.text)), None)
    if place is None:
        raise UnreadableFile("no line names the columns (‘Freq(Hz)  Ampl  Bias …’): the file is cut off")
    header, head = found[:place], found[place]
    names = re.sub(r"\s+\(", "(", head.text).strip().strip('"').split()
    labels = tuple(UNIT_OF.get(label, label) for label in names)
    heads = known_heads(labels, NAMES, head.number, needed=NEEDED)
    rows_at = place + 1
    if rows_at < len(found) and found[rows_at].text.strip() == "End Comments":
        rows_at += 1
    above = found[rows_at - 1]
    first = next((line.text for line in found[rows_at:] if line.text.strip()), "")
    rows = Rows(path, above.after, above.number, "," if "," in first else "\t", labels, decimals=(".",))
    columns, _, messages = read_known(rows, heads, NEEDED)
    if not columns.get("test_time_second", columns["frequency_hertz"]).any():
        del columns["test_time_second"]
    announced = POINTS.fullmatch(header[-1].text.strip()) if header else None
    points = int(announced[1]) if announced else None
    return (spectrum_of(columns, _facts(header), messages, announced=points),)


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
    return described(**facts, started=re.sub(r"\s+", " ", started), settings="\n".join(settings))


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the files of ZPlot, and of Autolab in that form."""
    return (
        Reader(
            name="zplot",
            version="1.0.0",
            title="ZPlot and ZView impedance (.z), also as Autolab writes it",
            recognises=recognises,
            read=read,
        ),
    )
