"""Gamry .DTA: each impedance curve (ZCURVE) of the file, or every curve (CURVE) of a chronoamperometry or
chronopotentiometry.

A table begins with its name and `TABLE`, then a line of names, a line of units, and rows that begin with a tab. Its
other curves (open circuit, frequency-response raw data) are named in a message. Zimag has its own sign: negative for
a capacitive response. Currents keep Gamry's sign: positive oxidises the working electrode.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analyses.coded_text import Listed
from registry.contract.reader_support import cycler_series, spectrum
from registry.contract.reader_support.instrument_table import header_facts, known_columns, read_columns, unread_columns
from registry.contract.reader_support.number_table import Array, Rows
from registry.contract.reader_support.plain_text import Line, lines
from registry.hookspecs import Message, ParsedDataset, Reader, UnreadableFile, hookimpl

CONTRACT_VERSION = 2

NAMES = {
    "freq": "frequency_hertz",
    "zreal": "real_impedance_ohm",
    "zimag": "imaginary_impedance_ohm",
    "time": "test_time_second",
    "vdc": "voltage_volt",
}
SERIES_NAMES = {"t": "test_time_second", "vf": "voltage_volt", "im": "current_ampere"}
SERIES_TAGS = {"CHRONOA": "chronoamperometry", "CHRONOP": "cycling"}
"""Gamry's tags of experiments whose curves are time series, and their techniques here."""
COLUMNS_OF_CURVES = {"2": "Time / s", "3": "Voltage / V", "4": "Current / A"}
"""The column mapping of most tables that are not read."""
AGAINST = re.compile(r"\s+vs\.?\s.*", re.IGNORECASE)
"""The suffix Gamry adds to the unit of a potential: ‘V vs. Ref.’."""
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


def read(path: Path) -> tuple[ParsedDataset, ...]:
    """Return each impedance curve of the file, or each curve of a time series."""
    text_lines = list(lines(path.read_bytes()))
    curves = _curves(text_lines)
    tag = next(
        (fields[1].strip() for line in text_lines if (fields := line.text.split("\t"))[0] == "TAG" and fields[1:]), ""
    )
    impedance = [curve for curve in curves if curve.name.startswith("ZCURVE")]
    series = [curve for curve in curves if re.fullmatch(r"CURVE\d*", curve.name)] if tag in SERIES_TAGS else []
    wanted = impedance or series
    if not wanted:
        raise _no_table(text_lines, curves, tag)
    facts, messages = _facts(text_lines)
    left = sorted({curve.name for curve in curves} - {curve.name for curve in wanted})
    if left:
        messages.append(Message("tables-left-out", "Not read: the tables {tables}.", tables=Listed(left)))
    labels = [f"{curve.name} {number}" if len(wanted) > 1 else "" for number, curve in enumerate(wanted, 1)]
    if impedance:
        return tuple(
            dataset
            for curve, label in zip(wanted, labels, strict=True)
            for dataset in _spectra(path, curve, facts, messages, label)
        )
    return tuple(
        _series(path, curve, facts, messages, technique=SERIES_TAGS[tag], label=label)
        for curve, label in zip(wanted, labels, strict=True)
    )


def _no_table(text_lines: Sequence[Line], curves: Sequence["Curve"], tag: str) -> UnreadableFile:
    """Return the error for a file without a table to read: it ends before it, or has others."""
    end = text_lines[-1].number if text_lines else 1
    if not curves:
        return UnreadableFile(
            "truncated-file",
            "the file ends at line {line}, before its first table: it is truncated; copy or export it again",
            line=end,
        )
    tables = Listed(f"{curve.name} (line {curve.lines[0].number})" for curve in curves)
    if tag in SERIES_TAGS or tag.startswith("EIS"):
        return UnreadableFile(
            "missing-table",
            "no table {table} among the tables {tables}: the file may be truncated at line {line}; copy or export it "
            "again",
            table="CURVE (time series)" if tag in SERIES_TAGS else "ZCURVE (impedance)",
            tables=tables,
            line=end,
        )
    header_line = curves[0].lines[min(2, len(curves[0].lines) - 1)].number
    return UnreadableFile(
        "unknown-tag",
        "no impedance (table ZCURVE) among the tables {tables}, and curves of files with the tag ‘{tag}’ are not read "
        "(only {known}): use a column mapping by position, such as {mapping}",
        tables=tables,
        tag=tag,
        known=Listed(SERIES_TAGS),
        mapping=json.dumps({"columns": COLUMNS_OF_CURVES, "header_line": header_line}),
    )


def _curves(text_lines: Sequence[Line]) -> list[Curve]:
    curves = []
    for index, line in enumerate(text_lines):
        fields = line.text.split("\t")
        if len(fields) > 1 and fields[1].strip() == "TABLE":
            end = index + 1
            while end < len(text_lines) and text_lines[end].text.startswith("\t"):
                end += 1
            curves.append(Curve(fields[0].strip(), tuple(text_lines[index:end])))
    return curves


def _facts(text_lines: Sequence[Line]) -> tuple[dict[str, str], list[Message]]:
    facts: dict[str, str] = {}
    settings = []
    messages = []
    for line in text_lines:
        fields = line.text.split("\t")
        if len(fields) < 3:
            continue
        if fields[0] in FACTS:
            facts.setdefault(FACTS[fields[0]], fields[2])
        elif fields[0] in SETTINGS:
            settings.append(f"{fields[-1].replace('&', '').strip()}: {fields[2].strip()}")
        elif fields[0] == "EXPERIMENTABORTED" and fields[2].strip() == "T":
            messages.append(
                Message(
                    "experiment-aborted",
                    "The experiment was aborted (line {line}): the data may be incomplete.",
                    "warning",
                    line=line.number,
                )
            )
    started = " ".join(facts.pop(name) for name in ("date", "time") if name in facts)
    return header_facts(**facts, started=started, settings="\n".join(settings)), messages


def _spectra(
    path: Path, curve: Curve, facts: dict[str, str], messages: Sequence[Message], label: str
) -> tuple[ParsedDataset, ...]:
    columns, _, remarks = _table(path, curve, NAMES, spectrum.NEEDED)
    return spectrum.spectrum_datasets(
        columns, facts, [*messages, *remarks], label=label, expected_points=_announced(curve)
    )


def _series(
    path: Path, curve: Curve, facts: dict[str, str], messages: Sequence[Message], *, technique: str, label: str
) -> ParsedDataset:
    columns, unread, remarks = _table(path, curve, SERIES_NAMES, cycler_series.NEEDED)
    remarks = [*messages, *remarks, *unread]
    points, rows = _announced(curve), columns["test_time_second"].size
    if points is not None and points != rows:
        remarks.append(
            Message(
                "incomplete-file", "Incomplete file: {rows} of {points} points.", "warning", rows=rows, points=points
            )
        )
    return cycler_series.series_of(columns, facts, remarks, technique=technique, label=label)


def _announced(curve: Curve) -> int | None:
    """Return the number of points that the first line of a table states."""
    expected_points = curve.lines[0].text.split("\t")[2:3]
    return int(expected_points[0]) if expected_points and expected_points[0].strip().isdecimal() else None


def _table(
    path: Path, curve: Curve, known: Mapping[str, str], needed: Mapping[str, str]
) -> tuple[dict[str, Array], list[Message], list[Message]]:
    """Return the columns of a table, which of them were not known, and what is to be remarks of them."""
    if len(curve.lines) < 4:
        raise UnreadableFile(
            "no-rows",
            "line {lines_number}: the table {curve_name} has no rows: the file is truncated",
            lines_number=curve.lines[0].number,
            curve_name=curve.name,
        )
    names, units = (line.text.split("\t") for line in curve.lines[1:3])
    if len(names) != len(units):
        where = f"lines {curve.lines[1].number} and {curve.lines[2].number}"
        raise UnreadableFile(
            "names-and-units-differ",
            "{where}: the table {curve_name} has {names} names but {units} units",
            where=where,
            curve_name=curve.name,
            names=len(names),
            units=len(units),
        )
    line = curve.lines[1].number
    fixed = {name.strip().casefold(): AGAINST.sub("", unit.strip()) for name, unit in zip(names, units, strict=True)}
    headers = known_columns(names, known, line, fixed, needed)
    rows = Rows(path, curve.lines[3].start, curve.lines[2].number, "\t", tuple(names), end=curve.lines[-1].after)
    columns, _, remarks = read_columns(rows, headers, needed)
    return columns, unread_columns(names, list(headers)), remarks


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the files of Gamry Framework."""
    return (
        Reader(
            name="gamry-dta",
            version="1.3.0",
            title="Gamry impedance and chronoamperometry (.DTA)",
            recognises=recognises,
            read=read,
        ),
    )
