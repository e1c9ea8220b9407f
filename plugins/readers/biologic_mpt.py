"""BioLogic text of EC-Lab and BT-Lab (.mpt, .txt): impedance, GCPL, CA, CP, Modulo Bat and others.

The second line says how many lines the header has; its last line names the columns, of which the rows may have fewer.
Times are seconds, or, exported as absolute time, dates with clock times, the month first as in all dates of EC-Lab.
Area and mass of the header are mostly placeholders (0.001); they are named in a message and used by nothing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Listed
from registry.contract.reader_support.columns.column_headers import KnownColumn
from registry.contract.reader_support.datasets import cycler_series, spectrum
from registry.contract.reader_support.eclab.eclab_columns import eclab_columns
from registry.contract.reader_support.eclab.eclab_datasets import eclab_datasets, required_columns
from registry.contract.reader_support.files.number_table import Rows, first_cells
from registry.contract.reader_support.files.plain_text import Line, file_head, lines
from registry.contract.reader_support.tables.instrument_table import header_facts, read_columns, unread_columns
from registry.contract.reader_support.time.clock_changes import without_clock_changes
from registry.contract.reader_support.time.time_columns import read_stamps
from registry.hookspecs import Message, ParsedDataset, Reader, UnreadableFile, hookimpl

CONTRACT_VERSION = 2

Array = NDArray[np.float64]

STARTS = ("EC-Lab ASCII FILE", "BT-Lab ASCII FILE")
COUNT = re.compile(r"Nb header lines\s*:\s*(\d+)")
MOST_HEADER_LINES = 5000
LONGEST_SETTINGS = 8000
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
    rows, messages = _fitted(Rows(path, last.after, last.number, "\t", labels))
    facts, entered = _facts(header, name)
    columns, remarks, used = _columns(rows, name)
    messages += [*remarks, *entered, *unread_columns(rows.labels, used)]
    return eclab_datasets(columns, name, facts, messages)


def _fitted(rows: Rows) -> tuple[Rows, list[Message]]:
    """Return the rows with as many labels as the first of them has fields, and a message if that is another number."""
    fields = len(first_cells(rows))
    labels = rows.labels
    if not fields or fields == len(labels):
        return rows, []
    if fields > len(labels):
        return replace(rows, labels=(*labels, *[""] * (fields - len(labels)))), [
            Message(
                "fields-without-header",
                "The rows have {fields} fields, the header {headers}: fields beyond the header are not read.",
                "warning",
                fields=fields,
                headers=len(labels),
            )
        ]
    return replace(rows, labels=labels[:fields]), [
        Message(
            "headers-without-field",
            "The rows have {fields} fields, the header {headers}: {names} have no data.",
            "warning",
            fields=fields,
            headers=len(labels),
            names=Listed(f"‘{label.strip()}’" for label in labels[fields:]),
        )
    ]


def _columns(rows: Rows, name: str) -> tuple[dict[str, Array], list[Message], list[int]]:
    """Return the columns as named by `eclab_columns`, messages, and the indices of the columns that were read."""
    known = eclab_columns(rows.labels, rows.line, cycler_series.NEEDED | spectrum.NEEDED)
    required, missing = required_columns([column.canonical for column in known.values()], name)
    if missing:
        raise UnreadableFile(
            "missing-columns",
            "line {line}: no column for {missing} among {has}: export the file again with all columns",
            line=rows.line,
            missing=missing,
            has=Listed(label.strip() for label in rows.labels if label.strip()),
        )
    stamped = _stamped(rows, known)
    needed = {column: title for column, title in required.items() if column not in stamped.values()}
    numeric = {index: column for index, column in known.items() if index not in stamped}
    columns, numbers, messages = read_columns(rows, numeric, needed, words=tuple(stamped))
    for index, canonical in stamped.items():
        times = read_stamps(numbers.words[index], rows.labels[index], day_first=False)
        columns[canonical], changes = without_clock_changes(times, columns.get("step_time_second"))
        messages += changes
    return columns, messages, list(known)


def _stamped(rows: Rows, known: Mapping[int, KnownColumn]) -> dict[int, str]:
    """Return the columns of times that are dates with clock times, as EC-Lab writes absolute time."""
    cells = first_cells(rows)
    return {
        index: column.canonical
        for index, column in known.items()
        if column.canonical == "test_time_second" and ":" in "".join(cells[index : index + 1])
    }


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


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the text files of EC-Lab and BT-Lab."""
    return (
        Reader(
            name="biologic-mpt",
            version="1.6.0",
            title="BioLogic text (.mpt, .txt)",
            recognises=recognises,
            read=read,
        ),
    )
