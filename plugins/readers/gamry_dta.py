"""Gamry .DTA: each impedance curve (ZCURVE) of the file, each curve over time (CURVE, CURVE1 and so on) with or without
current; or, if there is neither, each open-circuit curve (OCVCURVE). Curves over time of one experiment (CHRONOA,
CHRONOP) whose times and columns continue those of the curve before are one dataset.

A table begins with its name and `TABLE`, then a line of names, a line of units, and rows that begin with a tab. Other
tables (open circuit before the experiment, frequency-response raw data) are named in a message. Zimag has its own
sign: negative for a capacitive response. Currents keep Gamry's sign: positive oxidises the working electrode.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from analyses.coded_text import Listed
from registry.contract.reader_support.datasets import cycler_series, spectrum
from registry.contract.reader_support.files.number_table import Array, Rows
from registry.contract.reader_support.files.plain_text import Line, lines
from registry.contract.reader_support.tables.instrument_table import (
    header_facts,
    known_columns,
    read_columns,
    unread_columns,
)
from registry.hookspecs import Message, ParsedDataset, Reader, UnreadableFile, hookimpl

CONTRACT_VERSION = 2

NAMES = {
    "freq": "frequency_hertz",
    "zreal": "real_impedance_ohm",
    "zimag": "imaginary_impedance_ohm",
    "time": "test_time_second",
    "vdc": "voltage_volt",
}
SERIES_NAMES = {
    "t": "test_time_second",
    "vf": "voltage_volt",
    "im": "current_ampere",
    "temp": "temperature_t1_celsius",
}
VOLTAGE_SERIES = {name: title for name, title in cycler_series.NEEDED.items() if name != "current_ampere"}
SERIES_TAGS = {"CHRONOA": "chronoamperometry", "CHRONOP": "cycling"}
"""Gamry's tags of experiments whose curves have a current over time, and their techniques here."""
IMPEDANCE, OVER_TIME, OPEN_CIRCUIT = re.compile(r"ZCURVE\d*"), re.compile(r"CURVE\d*"), re.compile(r"OCVCURVE\d*")
"""Names of the tables that are read."""
COLUMNS_OF_CURVES = {"2": "Time / s", "3": "Voltage / V", "4": "Current / A"}
"""The column mapping of most tables that are not read."""
AGAINST = re.compile(r"\s+vs\.?\s.*", re.IGNORECASE)
"""The suffix Gamry adds to the unit of a potential: ‘V vs. Ref.’."""
FACTS = {"TITLE": "technique", "DATE": "date", "TIME": "time", "PSTAT": "instrument"}
SETTINGS = ("VDC", "FREQINIT", "FREQFINAL", "PTSPERDEC", "VAC", "IAC", "AREA", "ZGUESS", "EOC", "FRAMEWORKVERSION")


FIRST_ROW = 3
"""Lines of a table before its rows: that of its name, names, and units."""


@dataclass(frozen=True)
class Curve:
    """One table of the file: its name and its lines, that of the name first."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class TimedCurve:
    """One curve over time, read."""

    label: str
    columns: Mapping[str, Array]
    messages: tuple[Message, ...]

    def is_continued_by(self, other: "TimedCurve") -> bool:
        """Return True if another curve has the same columns, and times that continue from those of this one."""
        time, later = (curve.columns["test_time_second"] for curve in (self, other))
        goes_on = later[0] > time.max() or (time.size > 1 and later[0] == time.max())
        return set(self.columns) == set(other.columns) and bool(goes_on)


def recognises(head: bytes, name: str) -> bool:
    """Return True for a text that begins as Gamry's do."""
    first = head[:64].removeprefix(b"\xef\xbb\xbf").split()
    return first[:2] == [b"EXPLAIN", b"TAG"]


def read(path: Path) -> tuple[ParsedDataset, ...]:
    """Return each curve of the file: impedance first, then those over time; open circuit only without either."""
    text_lines = list(lines(path.read_bytes()))
    curves = _curves(text_lines)
    tag = next(
        (fields[1].strip() for line in text_lines if (fields := line.text.split("\t"))[0] == "TAG" and fields[1:]), ""
    )
    impedance = [curve for curve in curves if IMPEDANCE.fullmatch(curve.name)]
    series = [curve for curve in curves if OVER_TIME.fullmatch(curve.name) and (tag in SERIES_TAGS or _is_timed(curve))]
    rests = [curve for curve in curves if OPEN_CIRCUIT.fullmatch(curve.name) and _is_timed(curve)]
    is_incomplete = tag.startswith("EIS") or (tag in SERIES_TAGS and not series)
    if not impedance and (is_incomplete or not (series or rests)):
        raise _no_table(text_lines, curves, tag)
    facts, messages = _facts(text_lines)
    series, without_rows = _with_rows(series)
    messages += without_rows
    wanted = [*impedance, *series] or rests
    empty = {curve.name for curve in curves if len(curve.lines) <= FIRST_ROW}
    left = sorted({curve.name for curve in curves} - {curve.name for curve in wanted} - empty)
    if left:
        messages.append(Message("tables-left-out", "Not read: the tables {tables}.", tables=Listed(left)))
    spectra: list[ParsedDataset] = []
    timed: list[TimedCurve] = []
    technique = SERIES_TAGS.get(tag, "") if series else "open_circuit"
    for curve, label in zip(wanted, _labels(wanted), strict=True):
        if curve in impedance:
            spectra += _spectra(path, curve, facts, messages, label)
        else:
            timed.append(_timed(path, curve, technique, label))
    tests = _tests(timed) if tag in SERIES_TAGS else [[curve] for curve in timed]
    datasets = [_series(curves, facts, messages, technique=technique) for curves in tests]
    if len(datasets) == 1 and not spectra:
        datasets = [replace(datasets[0], label="")]
    return (*spectra, *datasets)


def _with_rows(series: list[Curve]) -> tuple[list[Curve], list[Message]]:
    """Return the curves without those that have no rows, as of an aborted experiment, unless all are so."""
    empty = [curve for curve in series if len(curve.lines) <= FIRST_ROW]
    if not empty or len(empty) == len(series):
        return series, []
    names = Listed(curve.name for curve in empty)
    message = Message("curves-without-rows", "No rows in the curves {curves}.", "warning", curves=names)
    return [curve for curve in series if curve not in empty], [message]


def _is_timed(curve: Curve) -> bool:
    """Return True if a table has rows of time and voltage."""
    names = {name.strip().casefold() for line in curve.lines[1:2] for name in line.text.split("\t")}
    return {"t", "vf"} <= names and len(curve.lines) >= FIRST_ROW + 1


def _labels(curves: Sequence[Curve]) -> list[str]:
    """Return a label for each curve, its name with a number if it has that of another; none for the only curve."""
    if len(curves) == 1:
        return [""]
    names = [curve.name for curve in curves]
    return [
        f"{name} {names[: index + 1].count(name)}" if names.count(name) > 1 else name
        for index, name in enumerate(names)
    ]


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
        "no impedance (ZCURVE), and no table of time and voltage (T and Vf), among the tables {tables} of a file with "
        "the tag ‘{tag}’: use a column mapping by position, such as {mapping}",
        tables=tables,
        tag=tag,
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


def _timed(path: Path, curve: Curve, technique: str, label: str) -> TimedCurve:
    needed = VOLTAGE_SERIES if technique in ("", "open_circuit") else cycler_series.NEEDED
    columns, unread, remarks = _table(path, curve, SERIES_NAMES, needed)
    points, rows = _announced(curve), columns["test_time_second"].size
    incomplete = []
    if points is not None and points != rows:
        incomplete.append(
            Message(
                "incomplete-file", "Incomplete file: {rows} of {points} points.", "warning", rows=rows, points=points
            )
        )
    return TimedCurve(label, columns, (*remarks, *unread, *incomplete))


def _tests(curves: Sequence[TimedCurve]) -> list[list[TimedCurve]]:
    """Return the curves of each test in order: those that continue the one before belong to the same."""
    tests: list[list[TimedCurve]] = []
    for curve in curves:
        if tests and tests[-1][-1].is_continued_by(curve):
            tests[-1].append(curve)
        else:
            tests.append([curve])
    return tests


def _series(
    curves: Sequence[TimedCurve], facts: dict[str, str], messages: Sequence[Message], *, technique: str
) -> ParsedDataset:
    """Return the dataset of a test, its curves joined in order."""
    columns = {name: np.concatenate([curve.columns[name] for curve in curves]) for name in curves[0].columns}
    label = curves[0].label
    remarks = list(messages)
    if len(curves) > 1:
        label = f"{label} to {curves[-1].label}"
        first_rows = np.cumsum([1, *(curve.columns["test_time_second"].size for curve in curves[:-1])])
        remarks.append(
            Message(
                "curves-joined",
                "Joined in order, since each continues the times of the previous one: {count} curves, {curves}.",
                count=len(curves),
                curves=Listed(f"{curve.label} (from row {row})" for curve, row in zip(curves, first_rows, strict=True)),
            )
        )
    remarks += _distinct(message for curve in curves for message in curve.messages)
    return cycler_series.series_of(columns, facts, remarks, technique=technique, label=label)


def _distinct(messages: Iterator[Message]) -> list[Message]:
    """Return each message once, where several curves have it."""
    distinct: list[Message] = []
    for message in messages:
        if message not in distinct:
            distinct.append(message)
    return distinct


def _announced(curve: Curve) -> int | None:
    """Return the number of points that the first line of a table states."""
    expected_points = curve.lines[0].text.split("\t")[2:3]
    return int(expected_points[0]) if expected_points and expected_points[0].strip().isdecimal() else None


def _table(
    path: Path, curve: Curve, known: Mapping[str, str], needed: Mapping[str, str]
) -> tuple[dict[str, Array], list[Message], list[Message]]:
    """Return the columns of a table, which of them were not known, and what is to be remarks of them."""
    if len(curve.lines) <= FIRST_ROW:
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
    rows = Rows(
        path, curve.lines[FIRST_ROW].start, curve.lines[2].number, "\t", tuple(names), end=curve.lines[-1].after
    )
    columns, _, remarks = read_columns(rows, headers, needed)
    return columns, unread_columns(names, list(headers)), remarks


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the files of Gamry Framework."""
    return (
        Reader(
            name="gamry-dta",
            version="1.6.0",
            title="Gamry (.DTA)",
            recognises=recognises,
            read=read,
        ),
    )
