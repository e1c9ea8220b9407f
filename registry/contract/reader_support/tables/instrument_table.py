"""A table written by instrument software: its known columns, by the names of that software."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Listed
from registry.contract.outcome import Message
from registry.contract.reader import UnreadableFile
from registry.contract.reader_support.columns.column_headers import KnownColumn, unit_factor
from registry.contract.reader_support.columns.column_units import HeaderError
from registry.contract.reader_support.files.number_table import Numbers, Rows, read_numbers
from registry.contract.reader_support.files.written_steps import coarse_steps

Array = NDArray[np.float64]

IN_BRACKETS = re.compile(r"(?P<name>.+?)\s*(?:\((?P<round>[^()]*)\)|\[(?P<square>[^\[\]]*)\])")


def split_header(label: str) -> tuple[str, str]:
    """Return name and unit of a header such as ‘Current(mA)’, ‘I[A]’ or ‘Ewe/V’; the name in lower case."""
    plain = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", label)).strip().strip('"').strip()
    match = IN_BRACKETS.fullmatch(plain)
    if match:
        return match["name"].casefold(), (match["round"] or match["square"] or "").strip()
    name, slash, unit = plain.rpartition("/")
    return (name.strip().casefold(), unit.strip()) if slash and name else (plain.casefold(), "")


def known_columns(
    labels: Sequence[str],
    names: Mapping[str, str],
    line: int,
    units: Mapping[str, str] | None = None,
    needed: Mapping[str, str] | None = None,
) -> dict[int, KnownColumn]:
    """Return the known columns by index. `names` maps a name to a canonical one, ‘-’ before it for the opposite sign;
    earlier names win over later ones. `units` are those the software does not write. A unit that does not fit is an
    error in a needed column; any other column is then dropped."""
    names_and_units = [split_header(label) for label in labels]
    columns: dict[int, KnownColumn] = {}
    used: set[str] = set()
    for name, target in names.items():
        canonical = target.removeprefix("-")
        index = next((index for index, (written, _) in enumerate(names_and_units) if written == name), None)
        if index is None or canonical in used:
            continue
        unit = names_and_units[index][1] or (units or {}).get(name, "")
        try:
            factor = unit_factor(labels[index], canonical, unit)
        except HeaderError as error:
            if needed is not None and canonical not in needed:
                continue
            raise UnreadableFile(
                "invalid-column",
                "line {line}, column {column}: ‘{header}’ {error}",
                line=line,
                column=index + 1,
                header=labels[index].strip(),
                error=error,
            ) from error
        columns[index] = KnownColumn(canonical, -factor if target.startswith("-") else factor, unit)
        used.add(canonical)
    return columns


def require_columns(
    headers: Mapping[int, KnownColumn], needed: Mapping[str, str], labels: Sequence[str], line: int
) -> None:
    """Raise `UnreadableFile` if a needed column is missing. `needed` maps canonical names to the software's names."""
    available = {column.canonical for column in headers.values()}
    missing = [f"{canonical} ({name})" for canonical, name in needed.items() if canonical not in available]
    if missing:
        raise UnreadableFile(
            "missing-columns",
            "line {line}: no column for {missing} among {has}: export the file again with all columns",
            line=line,
            missing=Listed(missing),
            has=Listed(label.strip() for label in labels if label.strip()),
        )


def read_columns(
    rows: Rows, headers: Mapping[int, KnownColumn], needed: Mapping[str, str], words: Sequence[int] = ()
) -> tuple[dict[str, Array], Numbers, list[Message]]:
    """Return the known columns in canonical names and units, the numbers read, and messages."""
    require_columns(headers, needed, rows.labels, rows.line)
    required = [index for index, column in headers.items() if column.canonical in needed]
    optional = [index for index in headers if index not in required]
    numbers = read_numbers(rows, required, optional, words)
    columns = {
        column.canonical: column.converted(numbers.columns.pop(index))
        for index, column in headers.items()
        if index in numbers.columns
    }
    if not next(iter(columns.values())).size:
        raise UnreadableFile("no-rows", "no rows below line {line}", line=rows.line)
    messages = []
    if numbers.incomplete:
        messages.append(
            Message(
                "incomplete-columns-dropped",
                "Dropped columns with empty cells or text: {columns}.",
                columns=Listed(f"‘{rows.labels[index].strip()}’" for index in numbers.incomplete),
            )
        )
    if numbers.decimal == ",":
        messages.append(Message("decimal-commas", "Decimal commas."))
    if numbers.thousands:
        messages.append(
            Message("thousands-separated", "‘{mark}’ read as the thousands separator.", mark=numbers.thousands)
        )
    steps = coarse_steps(rows, headers, columns, numbers.decimal)
    return columns, replace(numbers, steps=steps), messages


def unread_columns(labels: Sequence[str], used: Sequence[int]) -> list[Message]:
    """Return a message that names the columns that were not read."""
    names = [f"‘{label.strip()}’" for index, label in enumerate(labels) if label.strip() and index not in used]
    return [Message("columns-left-out", "Not read: {columns}.", columns=Listed(names))] if names else []


def header_facts(**facts: str) -> dict[str, str]:
    """Return the entries of a header that are not empty; underscores in names become spaces."""
    return {name.replace("_", " "): text.strip() for name, text in facts.items() if text.strip()}
