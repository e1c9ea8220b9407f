"""BioLogic text of EC-Lab and BT-Lab (.mpt, .txt): impedance, GCPL, CA, CP, Modulo Bat and others.

The second line says how many lines the header has; its last line names the columns. Currents keep EC-Lab's sign:
positive oxidises the working electrode, which charges a cell whose positive electrode is the working one. Area and
mass of the header are mostly placeholders (0.001); they are named in a message and used by nothing.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plugins.readers import cycler_series, spectrum
from plugins.readers.instrument_table import described, known_heads, left_out, read_known
from plugins.readers.number_table import Rows
from plugins.readers.plain_text import Line, beginning, lines
from registry.hookspecs import Message, Reader, Recording, UnreadableFile, hookimpl

Array = NDArray[np.float64]

STARTS = ("EC-Lab ASCII FILE", "BT-Lab ASCII FILE")
COUNT = re.compile(r"Nb header lines\s*:\s*(\d+)")
MOST_HEADER_LINES = 5000
LONGEST_SETTINGS = 8000
NAMES = {
    "freq": "frequency_hertz",
    "re(z)": "real_impedance_ohm",
    "-im(z)": "-imaginary_impedance_ohm",
    "im(z)": "imaginary_impedance_ohm",
    "time": "test_time_second",
    "step time": "step_time_second",
    "ecell": "voltage_volt",
    "ewe-ece": "voltage_volt",
    "<ewe-ece>": "voltage_volt",
    "<ecell>": "voltage_volt",
    "ewe": "voltage_volt",
    "<ewe>": "voltage_volt",
    "i": "current_ampere",
    "<i>": "current_ampere",
    "cycle number": "cycle_count",
    "ns": "step_index",
    "(q-qo)": "net_capacity_ah",
    "q charge": "charging_capacity_ah",
    "q discharge": "discharging_capacity_ah",
    "energy charge": "charging_energy_wh",
    "energy discharge": "discharging_energy_wh",
    "temperature": "temperature_t1_celsius",
    "r": "internal_resistance_ohm",
}
TECHNIQUES = {
    "galvanostatic cycling": "cycling",
    "chronoamperometry": "chronoamperometry",
    "constant current": "cycling",
    "modulo bat": "cycling",
    "battery capacity determination": "cycling",
}
"""Beginnings of EC-Lab's names of techniques; others are left to the measurement."""
ENTERED = re.compile(
    r"(?P<name>Electrode surface area|Characteristic mass|Mass of active material|Volume \(V\))\s*:\s*(?P<value>.+)"
)
FACTS = {
    "instrument": re.compile(r"Device\s*:\s*(.+)"),
    "channel": re.compile(r"Run on channel\s*:\s*(.+)"),
    "started": re.compile(r"Acquisition started on\s*:\s*(.+)"),
    "software": re.compile(r"((?:EC|BT)-Lab for windows.+)", re.IGNORECASE),
    "user": re.compile(r"User\s*:\s*(.+)"),
    "comments": re.compile(r"Comments\s*:\s*(.+)"),
    "electrode": re.compile(r"Electrode connection\s*:\s*(.+)"),
}


def recognises(head: bytes, name: str) -> bool:
    """Return True for a text that begins as EC-Lab's and BT-Lab's do."""
    return head[:64].removeprefix(b"\xef\xbb\xbf").decode("latin-1").startswith(STARTS)


def read(path: Path) -> tuple[Recording, ...]:
    """Return each spectrum, or the one time series, of the file."""
    header = _header(path)
    last = header[-1]
    labels = tuple(last.text.rstrip("\r\n\t ").split("\t"))
    if len(labels) < 2:
        raise UnreadableFile(
            f"line {last.number}, the last of the header by the count in line 2, names no columns: "
            f"‘{last.text[:60]}’; export the file again as text"
        )
    name = next((line.text.strip() for line in header[2:-1] if line.text.strip()), "")
    heads = known_heads(labels, NAMES, last.number, needed={**spectrum.NEEDED, **cycler_series.NEEDED})
    rows = Rows(path, last.after, last.number, "\t", labels)
    is_spectrum = any(head.canonical in spectrum.NEEDED for head in heads.values())
    columns, _, messages = read_known(rows, heads, spectrum.NEEDED if is_spectrum else cycler_series.NEEDED)
    facts, entered = _facts(header, name)
    messages += [*entered, *_voltage_messages(labels), *left_out(labels, list(heads))]
    if is_spectrum:
        return _spectra(columns, facts, messages)
    technique = next((ours for theirs, ours in TECHNIQUES.items() if name.casefold().startswith(theirs)), "")
    return (cycler_series.series_of(columns, facts, messages, technique=technique),)


def _header(path: Path) -> list[Line]:
    found = lines(beginning(path))
    first = list(islice(found, 2))
    count = COUNT.search(first[1].text) if len(first) == 2 else None
    if count is None:
        raise UnreadableFile("line 2 does not say ‘Nb header lines : …’: export the file again as text with its header")
    wanted = int(count[1])
    if not 3 <= wanted <= MOST_HEADER_LINES:
        raise UnreadableFile(f"line 2 says that the header has {wanted} lines, which cannot be")
    header = [*first, *islice(found, wanted - 2)]
    if len(header) < wanted:
        raise UnreadableFile(f"the file ends after {len(header)} lines, within its header of {wanted}: it is cut off")
    return header


def _facts(header: Sequence[Line], name: str) -> tuple[dict[str, str], list[Message]]:
    """Return what the header says, and the message about area and mass."""
    facts = {"technique": name}
    entered = []
    for line in header[2:-1]:
        text = line.text.strip()
        for key, pattern in FACTS.items():
            if key not in facts and (match := pattern.fullmatch(text)):
                facts[key] = match[1]
        if match := ENTERED.fullmatch(text):
            entered.append(f"{match['name'].lower()} {match['value'].strip()}")
    settings = "\n".join(re.sub(r" {2,}", "  ", line.text.rstrip()) for line in header[3:-1] if line.text.strip())
    facts["settings"] = settings[:LONGEST_SETTINGS]
    if not entered:
        return described(**facts), []
    text = (
        f"EC-Lab's header gives {', '.join(entered)}: numbers of its set-up page, mostly placeholders. They are not "
        "used; area and mass come from the layers of the cell."
    )
    return described(**facts), [Message(text, "warning" if any(" 0.001 " in one for one in entered) else "info")]


def _voltage_messages(labels: Sequence[str]) -> list[Message]:
    names = {label.split("/")[0].strip("<>").casefold() for label in labels}
    if "ece" in names and not names & {"ecell", "ewe-ece"}:
        text = "voltage_volt is Ewe, against the reference electrode; the file has Ece too, but not the cell's voltage."
        return [Message(text, "warning")]
    return []


def _spectra(
    columns: Mapping[str, Array], facts: Mapping[str, str], messages: Sequence[Message]
) -> tuple[Recording, ...]:
    """Return each spectrum apart: they differ in cycle number or sequence."""
    keys = [key for key in ("cycle_count", "step_index") if key in columns]
    found = list(spectrum.parts(columns, keys))
    several = len(found) > 1
    recordings = []
    for values, part in found:
        words = {"cycle_count": "cycle number", "step_index": "Ns"}
        label = ", ".join(f"{words[key]} {value:g}" for key, value in zip(keys, values, strict=True)) if several else ""
        if several and not (part["frequency_hertz"] != 0).any():
            continue
        recordings.append(spectrum.spectrum_of(part, facts, messages, label=label))
    if not recordings:
        raise UnreadableFile("the table holds no impedance: the frequency of every row is 0")
    return tuple(recordings)


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the text files of EC-Lab and BT-Lab."""
    return (
        Reader(
            name="biologic-mpt",
            version="1.0.0",
            title="BioLogic text (.mpt, .txt)",
            recognises=recognises,
            read=read,
        ),
    )
