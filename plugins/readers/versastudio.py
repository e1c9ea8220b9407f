"""VersaStudio .par (Princeton Applied Research): each segment as impedance or time series.

A segment names its columns in one line, `Definition=Segment #, Point #, E(V), …`, followed by rows. Z Imag has its own
sign: negative for a capacitive response. The sign of I(A) is kept.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from registry.contract.reader_support.datasets import cycler_series, spectrum
from registry.contract.reader_support.files.number_table import Rows
from registry.contract.reader_support.files.plain_text import Line, lines
from registry.contract.reader_support.tables.instrument_table import (
    header_facts,
    known_columns,
    read_columns,
    unread_columns,
)
from registry.hookspecs import ParsedDataset, Reader, UnreadableFile, hookimpl

CONTRACT_VERSION = 2

START = re.compile(rb"(\xef\xbb\xbf)?<Application>\s+Name=VersaStudio")
NAMES = {
    "frequency": "frequency_hertz",
    "z real": "real_impedance_ohm",
    "z imag": "imaginary_impedance_ohm",
    "elapsed time": "test_time_second",
    "e": "voltage_volt",
    "i": "current_ampere",
}
UNITS = {"z real": "Ohm", "z imag": "Ohm"}
"""VersaStudio writes no unit for these; they are in ohm."""
SETTINGS = ("Action1", "Action2")
AREA = "Working Electrode Area (cm2)"


def recognises(head: bytes, name: str) -> bool:
    """Return True for a text that begins as VersaStudio's do."""
    return START.match(head) is not None


def read(path: Path) -> tuple[ParsedDataset, ...]:
    """Return each segment of the file."""
    sections = _sections(list(lines(path.read_bytes())))
    segments = {name: body for name, body in sections.items() if name.startswith("Segment")}
    if not segments:
        raise UnreadableFile(
            "no-rows", "no data (no section <Segment1>): nothing was measured, or the file is truncated"
        )
    facts = _facts(sections)
    several = len(segments) > 1
    return tuple(dataset for name, body in segments.items() for dataset in _datasets(path, name, body, facts, several))


def _sections(text_lines: Sequence[Line]) -> dict[str, list[Line]]:
    """Return the lines within each `<Name>` … `</Name>`; the last may be cut off."""
    sections: dict[str, list[Line]] = {}
    name = ""
    for line in text_lines:
        text = line.text.strip()
        if re.fullmatch(r"<\w+>", text):
            name = text[1:-1]
            sections.setdefault(name, [])
        elif re.fullmatch(r"</\w+>", text):
            name = ""
        elif name:
            sections[name].append(line)
    return sections


def _facts(sections: Mapping[str, Sequence[Line]]) -> dict[str, str]:
    def entries(name: str) -> dict[str, str]:
        entries_of_section = (line.text.partition("=") for line in sections.get(name, ()))
        return {key.strip(): value.strip() for key, _, value in entries_of_section}

    instrument, experiment = entries("Instrument"), entries("Experiment")
    settings = [line.text.strip() for name in SETTINGS for line in sections.get(name, ())]
    areas = [area for name in sections if (area := entries(name).get(AREA))]
    settings += [f"{AREA}: {area}" for area in areas[:1]]
    return header_facts(
        instrument=f"{instrument.get('Type', '')}{instrument.get('Model', '')} {instrument.get('SN', '')}",
        technique=entries("Action1").get("Name", ""),
        started=f"{experiment.get('DateAcquired', '')} {experiment.get('TimeAcquired', '')}",
        software=f"VersaStudio {entries('Application').get('Version', '')}",
        settings="\n".join(settings),
    )


def _datasets(
    path: Path, name: str, body: Sequence[Line], facts: Mapping[str, str], several: bool
) -> tuple[ParsedDataset, ...]:
    definition = next((line for line in body if line.text.startswith("Definition=")), None)
    if definition is None:
        raise UnreadableFile(
            "no-column-names", "section <{name}> has no column names (‘Definition=…’): the file is truncated", name=name
        )
    labels = tuple(label.strip() for label in definition.text.removeprefix("Definition=").split(","))
    if labels[-1].isdecimal():
        labels = labels[:-1]
    headers = known_columns(labels, NAMES, definition.number, UNITS, {**spectrum.NEEDED, **cycler_series.NEEDED})
    rows = Rows(path, definition.after, definition.number, ",", labels, end=body[-1].after, decimals=(".",))
    label = name if several else ""
    unread = unread_columns(labels, list(headers))
    if {"frequency_hertz"} <= {head.canonical for head in headers.values()}:
        columns, _, messages = read_columns(rows, headers, {**spectrum.NEEDED, **cycler_series.NEEDED})
        if (columns["frequency_hertz"] != 0).any():
            return spectrum.spectrum_datasets(columns, facts, [*messages, *unread], label=label)
        columns = {key: column for key, column in columns.items() if key not in spectrum.NEEDED}
    else:
        columns, _, messages = read_columns(rows, headers, cycler_series.NEEDED)
    return (cycler_series.series_of(columns, facts, [*messages, *unread], technique="", label=label),)


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the files of VersaStudio."""
    return (Reader(name="versastudio", version="1.3.0", title="VersaStudio (.par)", recognises=recognises, read=read),)
