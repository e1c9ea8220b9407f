"""Gamry .DTA: every impedance curve (ZCURVE) of the file, apart.

A table begins with its name and `TABLE`, then a line of names, a line of units, and rows that begin with a tab. Its
other curves (open circuit, frequency-response raw data) are named in a message. Zimag has its own sign: negative for
a capacitive response.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from plugins.readers.instrument_table import described, known_heads, read_known
from plugins.readers.number_table import Rows
from plugins.readers.plain_text import Line, lines
from plugins.readers.spectrum import NEEDED, spectrum_of
from registry.hookspecs import Message, Reader, Recording, UnreadableFile, hookimpl

NAMES = {
    "freq": "frequency_hertz",
    "zreal": "real_impedance_ohm",
    "zimag": "imaginary_impedance_ohm",
    "time": "test_time_second",
    "vdc": "voltage_volt",
}
FACTS = {"TITLE": "technique", "DATE": "date", "TIME": "time", "PSTAT": "instrument"}
SETTINGS = ("VDC", "FREQINIT", "FREQFINAL", "PTSPERDEC", "VAC", "IAC", "AREA", "ZGUESS", "EOC", "FRAMEWORKVERSION")


@dataclass(frozen=True)
class Curve:
    """One table of the file: its name and its lines, that of the name first."""

    name: str
    lines: tuple[Line, ...]


def recognises(head: bytes, name: str) -> bool:
    """Return True for a text that begins as Gamry's do."""
    first = head[:64].removeprefix(b"\xef\xbb\xbf").split()
    return first[:2] == [b"EXPLAIN", b"TAG"]


def read(path: Path) -> tuple[Recording, ...]:
    """Return each impedance curve of the file."""
    found = list(lines(path.read_bytes()))
    curves = _curves(found)
    impedance = [curve for curve in curves if curve.name.startswith("ZCURVE")]
    if not impedance:
        others = ", ".join(curve.name for curve in curves) or "none"
        raise UnreadableFile(f"the file holds no impedance (table ZCURVE); its tables are: {others}")
    facts, messages = _facts(found)
    left = sorted({curve.name for curve in curves} - {curve.name for curve in impedance})
    if left:
        messages.append(Message(f"Not read: the tables {', '.join(left)}."))
    several = len(impedance) > 1
    return tuple(
        _spectrum(path, curve, facts, messages, f"{curve.name} {number}" if several else "")
        for number, curve in enumerate(impedance, 1)
    )


def _curves(found: Sequence[Line]) -> list[Curve]:
    curves = []
    for index, line in enumerate(found):
        fields = line.text.split("\t")
        if len(fields) > 1 and fields[1].strip() == "TABLE":
            end = index + 1
            while end < len(found) and found[end].text.startswith("\t"):
                end += 1
            curves.append(Curve(fields[0].strip(), tuple(found[index:end])))
    return curves


def _facts(found: Sequence[Line]) -> tuple[dict[str, str], list[Message]]:
    facts: dict[str, str] = {}
    settings = []
    messages = []
    for line in found:
        fields = line.text.split("\t")
        if len(fields) < 3:
            continue
        if fields[0] in FACTS:
            facts.setdefault(FACTS[fields[0]], fields[2])
        elif fields[0] in SETTINGS:
            settings.append(f"{fields[-1].replace('&', '').strip()}: {fields[2].strip()}")
        elif fields[0] == "EXPERIMENTABORTED" and fields[2].strip() == "T":
            text = f"The experiment was aborted (line {line.number}): the spectrum may not reach its final frequency."
            messages.append(Message(text, "warning"))
    started = " ".join(facts.pop(name) for name in ("date", "time") if name in facts)
    return described(**facts, started=started, settings="\n".join(settings)), messages


def _spectrum(path: Path, curve: Curve, facts: dict[str, str], messages: Sequence[Message], label: str) -> Recording:
    if len(curve.lines) < 4:
        raise UnreadableFile(f"line {curve.lines[0].number}: the table {curve.name} has no rows: it is cut off")
    names, units = (line.text.split("\t") for line in curve.lines[1:3])
    if len(names) != len(units):
        where = f"lines {curve.lines[1].number} and {curve.lines[2].number}"
        raise UnreadableFile(f"{where}: the table {curve.name} has {len(names)} names but {len(units)} units")
    line = curve.lines[1].number
    fixed = {name.strip().casefold(): unit.strip() for name, unit in zip(names, units, strict=True)}
    heads = known_heads(names, NAMES, line, fixed, NEEDED)
    rows = Rows(path, curve.lines[3].start, curve.lines[2].number, "\t", tuple(names), end=curve.lines[-1].after)
    columns, _, said = read_known(rows, heads, NEEDED)
    announced = curve.lines[0].text.split("\t")[2:3]
    points = int(announced[0]) if announced and announced[0].strip().isdecimal() else None
    return spectrum_of(columns, facts, [*messages, *said], label=label, announced=points)


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the files of Gamry Framework."""
    return (
        Reader(name="gamry-dta", version="1.0.0", title="Gamry impedance (.DTA)", recognises=recognises, read=read),
    )
