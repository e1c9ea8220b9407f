"""The table an instrument's program writes: which columns are known, under that program's names; registers nothing."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from plugins.readers.column_heads import Head, HeadError, unit_factor
from plugins.readers.number_table import Numbers, Rows, read_numbers
from registry.hookspecs import Message, UnreadableFile

Array = NDArray[np.float64]

IN_BRACKETS = re.compile(r"(?P<name>.+?)\s*(?:\((?P<round>[^()]*)\)|\[(?P<square>[^\[\]]*)\])")


def parted_head(label: str) -> tuple[str, str]:
    """Return name and unit of a head such as ‘Current(mA)’, ‘I[A]’ or ‘Ewe/V’; the name without capitals."""
    plain = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", label)).strip().strip('"').strip()
    match = IN_BRACKETS.fullmatch(plain)
    if match:
        return match["name"].casefold(), (match["round"] or match["square"] or "").strip()
    name, slash, unit = plain.rpartition("/")
    return (name.strip().casefold(), unit.strip()) if slash and name else (plain.casefold(), "")


def known_heads(
    labels: Sequence[str],
    names: Mapping[str, str],
    line: int,
    units: Mapping[str, str] | None = None,
    needed: Mapping[str, str] | None = None,
) -> dict[int, Head]:
    """Return the known columns by place. `names` maps a name to a canonical one, ‘-’ before it for the opposite sign;
    earlier names of it win over later ones. `units` are those that the program does not write. A unit that does not
    fit refuses a needed column, and leaves out another."""
    parted = [parted_head(label) for label in labels]
    found: dict[int, Head] = {}
    taken: set[str] = set()
    for name, target in names.items():
        canonical = target.removeprefix("-")
        place = next((place for place, (written, _) in enumerate(parted) if written == name), None)
        if place is None or canonical in taken:
            continue
        unit = parted[place][1] or (units or {}).get(name, "")
        try:
            factor = unit_factor(labels[place], canonical, unit)
        except HeadError as error:
            if needed is not None and canonical not in needed:
                continue
            raise UnreadableFile(f"line {line}, column {place + 1}: ‘{labels[place].strip()}’ {error}") from error
        found[place] = Head(canonical, -factor if target.startswith("-") else factor, unit)
        taken.add(canonical)
    return found


def require(heads: Mapping[int, Head], needed: Mapping[str, str], labels: Sequence[str], line: int) -> None:
    """Refuse a table that lacks a needed column. `needed` maps canonical names to how the program calls them."""
    have = {head.canonical for head in heads.values()}
    missing = [f"{canonical} ({words})" for canonical, words in needed.items() if canonical not in have]
    if missing:
        has = ", ".join(label.strip() for label in labels if label.strip())
        raise UnreadableFile(
            f"line {line}: the table has no column for {', '.join(missing)}: it has {has[:300]}; export the file again "
            "with all columns"
        )


def read_known(
    rows: Rows, heads: Mapping[int, Head], needed: Mapping[str, str], words: Sequence[int] = ()
) -> tuple[dict[str, Array], Numbers, list[Message]]:
    """Return the known columns in canonical names and units, what was read, and what is to be said of it."""
    require(heads, needed, rows.labels, rows.line)
    required = [place for place, head in heads.items() if head.canonical in needed]
    optional = [place for place in heads if place not in required]
    numbers = read_numbers(rows, required, optional, words)
    columns = {
        head.canonical: head.converted(numbers.columns.pop(place))
        for place, head in heads.items()
        if place in numbers.columns
    }
    if not next(iter(columns.values())).size:
        raise UnreadableFile(f"the table below line {rows.line} has no rows")
    messages = []
    if numbers.incomplete:
        names = ", ".join(f"‘{rows.labels[place].strip()}’" for place in numbers.incomplete)
        messages.append(Message(f"Left out, because cells are empty or no numbers: {names}."))
    if numbers.decimal == ",":
        messages.append(Message("Numbers were read with decimal commas."))
    return columns, numbers, messages


def left_out(labels: Sequence[str], used: Sequence[int]) -> list[Message]:
    """Return the message that names the columns that were not read."""
    names = [f"‘{label.strip()}’" for place, label in enumerate(labels) if label.strip() and place not in used]
    return [Message(f"Not read: {', '.join(names)}.")] if names else []


def described(**facts: str) -> dict[str, str]:
    """Return what a header says, without what it leaves blank; underscores in names become blanks."""
    return {name.replace("_", " "): text.strip() for name, text in facts.items() if text.strip()}
