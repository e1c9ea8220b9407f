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
BETWEEN = "between spectra"
"""A column beside those of the file: 1 at rows of a time series, 0 at those of a spectrum."""
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
    """Return each spectrum and the time series of the file."""
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
    technique = next((ours for theirs, ours in TECHNIQUES.items() if name.casefold().startswith(theirs)), "")
    if is_spectrum:
        return _with_spectra(columns, facts, messages, technique)
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


def _with_spectra(
    columns: Mapping[str, Array], facts: Mapping[str, str], messages: Sequence[Message], technique: str
) -> tuple[Recording, ...]:
    """Return each spectrum of the file and, of a technique of time series, the rows between the spectra."""
    is_series = columns["frequency_hertz"] == 0
    if not (technique and is_series.any() and set(columns) >= set(cycler_series.NEEDED)):
        return _spectra(columns, facts, messages)
    columns = {**columns, BETWEEN: is_series.astype(np.float64)}
    rows = {name: column[is_series] for name, column in columns.items() if name not in (*spectrum.NEEDED, BETWEEN)}
    if is_series.all():
        return (cycler_series.series_of(rows, facts, messages, technique=technique),)
    series = int(is_series.sum())
    impedance = is_series.size - series
    text = f"The {series} rows with frequency 0, voltage and current over time, are a recording of their own."
    spectra = _spectra(columns, facts, [*messages, Message(text)])
    said = [*messages, Message(f"The {impedance} rows of impedance are recordings of their own.")]
    return (*spectra, cycler_series.series_of(rows, facts, said, technique=technique, label="time series"))


def _spectra(
    columns: Mapping[str, Array], facts: Mapping[str, str], messages: Sequence[Message]
) -> tuple[Recording, ...]:
    """Return each spectrum apart: they differ in cycle number or sequence, or rows of a time series part them."""
    words = {"cycle_count": "cycle number", "step_index": "Ns"}
    keys = [key for key in words if key in columns]
    found = list(spectrum.parts(columns, [*keys, BETWEEN]))
    several = len(found) > 1
    kept = [(values, part) for values, part in found if (part["frequency_hertz"] != 0).any()]
    if not kept:
        raise UnreadableFile("the table holds no impedance: the frequency of every row is 0")
    dropped = columns["frequency_hertz"].size - sum(part["frequency_hertz"].size for _, part in kept)
    if dropped and BETWEEN not in columns:
        text = f"Left out {dropped} rows of other cycles or sequences with frequency 0: they hold no impedance."
        messages = [*messages, Message(text)]
    recordings = []
    for values, part in kept:
        label = ", ".join(f"{words[key]} {value:g}" for key, value in zip(keys, values, strict=False))
        part.pop(BETWEEN, None)
        recordings.append(spectrum.spectrum_of(part, facts, messages, label=label if several else ""))
    return tuple(recordings)


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the text files of EC-Lab and BT-Lab."""
    return (
        Reader(
            name="biologic-mpt",
            version="1.1.0",
            title="BioLogic text (.mpt, .txt)",
            recognises=recognises,
            read=read,
        ),
    )
