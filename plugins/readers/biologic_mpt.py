"""BioLogic text of EC-Lab and BT-Lab (.mpt, .txt): impedance, GCPL, CA, CP, Modulo Bat and others.

The second line says how many lines the header has; its last line names the columns. Currents keep EC-Lab's sign:
positive oxidises the working electrode, which charges a cell whose positive electrode is the working one. Area and
mass of the header are mostly placeholders (0.001); they are named in a message and used by nothing. EC-Lab writes the
month of its dates first.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Listed
from registry.contract.reader_support import cycler_series, spectrum
from registry.contract.reader_support.instrument_table import header_facts, known_columns, read_columns, unread_columns
from registry.contract.reader_support.number_table import Rows
from registry.contract.reader_support.plain_text import Line, file_head, lines
from registry.hookspecs import Message, ParsedDataset, Reader, UnreadableFile, hookimpl

CONTRACT_VERSION = 2

Array = NDArray[np.float64]

STARTS = ("EC-Lab ASCII FILE", "BT-Lab ASCII FILE")
COUNT = re.compile(r"Nb header lines\s*:\s*(\d+)")
MOST_HEADER_LINES = 5000
BETWEEN = "between spectra"
"""An extra column: 1 at rows of a time series, 0 at those of a spectrum."""
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
PLACEHOLDER = "0.001"
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


def read(path: Path) -> tuple[ParsedDataset, ...]:
    """Return each spectrum and the time series of the file."""
    header = _header(path)
    last = header[-1]
    labels = tuple(last.text.rstrip("\r\n\t ").split("\t"))
    if len(labels) < 2:
        raise UnreadableFile(
            "no-column-names",
            "line {last_number}, the last header line according to line 2, has no column names (‘{last_text}’): "
            "export the file again as text",
            last_number=last.number,
            last_text=last.text[:60],
        )
    name = next((line.text.strip() for line in header[2:-1] if line.text.strip()), "")
    headers = known_columns(labels, NAMES, last.number, needed={**spectrum.NEEDED, **cycler_series.NEEDED})
    rows = Rows(path, last.after, last.number, "\t", labels)
    is_spectrum = any(head.canonical in spectrum.NEEDED for head in headers.values())
    columns, _, messages = read_columns(rows, headers, spectrum.NEEDED if is_spectrum else cycler_series.NEEDED)
    facts, entered = _facts(header, name)
    messages += [*entered, *_voltage_messages(labels), *unread_columns(labels, list(headers))]
    technique = next((technique for prefix, technique in TECHNIQUES.items() if name.casefold().startswith(prefix)), "")
    if is_spectrum:
        return _with_spectra(columns, facts, messages, technique)
    return (cycler_series.series_of(columns, facts, messages, technique=technique, day_first=False),)


def _header(path: Path) -> list[Line]:
    text_lines = lines(file_head(path))
    first = list(islice(text_lines, 2))
    count = COUNT.search(first[1].text) if len(first) == 2 else None
    if count is None:
        raise UnreadableFile(
            "no-header-length", "line 2 is not ‘Nb header lines : …’: export the file again as text with header"
        )
    wanted = int(count[1])
    if not 3 <= wanted <= MOST_HEADER_LINES:
        raise UnreadableFile(
            "impossible-header-length",
            "line 2 states {wanted} header lines, which is impossible: export the file again as text",
            wanted=wanted,
        )
    header = [*first, *islice(text_lines, wanted - 2)]
    if len(header) < wanted:
        raise UnreadableFile(
            "truncated-header",
            "the file ends within its header (line {header} of {wanted}): copy or export it again",
            header=len(header),
            wanted=wanted,
        )
    return header


def _facts(header: Sequence[Line], name: str) -> tuple[dict[str, str], list[Message]]:
    """Return the entries of the header, and the message about area and mass."""
    facts = {"technique": name}
    entered = []
    for line in header[2:-1]:
        text = line.text.strip()
        for key, pattern in FACTS.items():
            if key not in facts and (match := pattern.fullmatch(text)):
                facts[key] = match[1]
        if match := ENTERED.fullmatch(text):
            entered.append((match["name"].lower(), match["value"].strip()))
    settings = "\n".join(re.sub(r" {2,}", "  ", line.text.rstrip()) for line in header[3:-1] if line.text.strip())
    facts["settings"] = settings[:LONGEST_SETTINGS]
    if not entered:
        return header_facts(**facts), []
    return header_facts(**facts), [
        Message(
            "entered-parameters",
            "Not used: {entries} of the EC-Lab header (often placeholders); area and mass come from the layers of the "
            "cell.",
            "warning" if any(value.split()[0] == PLACEHOLDER for _, value in entered) else "info",
            entries=Listed(f"{name} {value}" for name, value in entered),
        )
    ]


def _voltage_messages(labels: Sequence[str]) -> list[Message]:
    names = {label.split("/")[0].strip("<>").casefold() for label in labels}
    if "ece" in names and not names & {"ecell", "ewe-ece"}:
        return [
            Message(
                "voltage-against-reference",
                "voltage_volt is Ewe against the reference electrode: the file has Ece but no cell voltage.",
                "warning",
            )
        ]
    return []


def _with_spectra(
    columns: Mapping[str, Array], facts: Mapping[str, str], messages: Sequence[Message], technique: str
) -> tuple[ParsedDataset, ...]:
    """Return each spectrum of the file and, of a technique of time series, the rows between the spectra."""
    is_series = columns["frequency_hertz"] == 0
    if not (technique and is_series.any() and set(columns) >= set(cycler_series.NEEDED)):
        return _spectra(columns, facts, messages)
    columns = {**columns, BETWEEN: is_series.astype(np.float64)}
    rows = {name: column[is_series] for name, column in columns.items() if name not in (*spectrum.NEEDED, BETWEEN)}
    if is_series.all():
        return (cycler_series.series_of(rows, facts, messages, technique=technique, day_first=False),)
    series = int(is_series.sum())
    impedance = is_series.size - series
    separate = Message(
        "time-series-between-spectra",
        "The {rows} rows at frequency 0 (voltage and current over time) are a separate dataset.",
        rows=series,
    )
    spectra = _spectra(columns, facts, [*messages, separate])
    series_messages = [
        *messages,
        Message("mixed-techniques", "The {impedance} rows of impedance are separate datasets.", impedance=impedance),
    ]
    return (
        *spectra,
        cycler_series.series_of(
            rows, facts, series_messages, technique=technique, label="time series", day_first=False
        ),
    )


def _spectra(
    columns: Mapping[str, Array], facts: Mapping[str, str], messages: Sequence[Message]
) -> tuple[ParsedDataset, ...]:
    """Return each spectrum separately: by cycle number, sequence, or rows of a time series between them."""
    words = {"cycle_count": "cycle number", "step_index": "Ns"}
    keys = [key for key in words if key in columns]
    parts = list(spectrum.parts(columns, [*keys, BETWEEN]))
    several = len(parts) > 1
    kept = [(values, part) for values, part in parts if (part["frequency_hertz"] != 0).any()]
    if not kept:
        raise UnreadableFile("no-impedance", "no impedance in the table: the frequency of every row is 0")
    dropped = columns["frequency_hertz"].size - sum(part["frequency_hertz"].size for _, part in kept)
    if dropped and BETWEEN not in columns:
        left_out = Message(
            "rows-at-frequency-zero",
            "Dropped {rows} rows of other cycles or sequences at frequency 0.",
            rows=dropped,
        )
        messages = [*messages, left_out]
    datasets: list[ParsedDataset] = []
    for values, part in kept:
        label = ", ".join(f"{words[key]} {value:g}" for key, value in zip(keys, values, strict=False))
        part.pop(BETWEEN, None)
        datasets += spectrum.spectrum_datasets(part, facts, messages, label=label if several else "", day_first=False)
    return tuple(datasets)


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the text files of EC-Lab and BT-Lab."""
    return (
        Reader(
            name="biologic-mpt",
            version="1.3.0",
            title="BioLogic text (.mpt, .txt)",
            recognises=recognises,
            read=read,
        ),
    )
