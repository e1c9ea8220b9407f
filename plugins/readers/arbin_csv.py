"""Arbin CSV: the channel table of MITS Pro, with units in the heads or with Arbin's own fixed ones (s, V, A, Ah, Wh).

Current is negative on discharge. Charge_Capacity and its like go on until the schedule sets them back; they are
summed over that. A metadata file has no series and is not read.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from plugins.readers.arbin_names import NAMES, NEEDED, fixed_units, plain_labels
from plugins.readers.cycler_series import series_of
from plugins.readers.instrument_table import described, known_heads, left_out, read_known
from plugins.readers.number_table import NUMBER, Rows
from plugins.readers.plain_text import beginning, lines
from registry.hookspecs import Message, Reader, Recording, UnreadableFile, hookimpl

HEADS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\bTest[_ ]Time\b",
        r"\bCycle[_ ]Index\b",
        r"\bStep[_ ]Index\b",
        r"\bData[_ ]Point\b|\bDate[_ ]?Time\b",
    )
)


def recognises(head: bytes, name: str) -> bool:
    """Return True for a text whose first line has the heads of an Arbin channel."""
    first = next(lines(head), None)
    return first is not None and all(pattern.search(first.text) for pattern in HEADS)


def read(path: Path) -> tuple[Recording, ...]:
    """Return the one time series of the file."""
    found = lines(beginning(path))
    head, first = next(found, None), next(found, None)
    if head is None or first is None:
        raise UnreadableFile("the file holds no rows below its header (line 1): export it again")
    labels = tuple(label.strip().strip('"') for label in head.text.split(","))
    cells = [cell.strip().strip('"') for cell in first.text.split(",")]
    heads = known_heads(plain_labels(labels), NAMES, head.number, fixed_units(labels), NEEDED)
    stamps = [place for place, known in heads.items() if known.canonical == "unix_time_second"]
    for place in stamps:
        if place >= len(cells) or not NUMBER.fullmatch(cells[place]):
            del heads[place]
    rows = Rows(path, head.after, head.number, ",", labels, quoted=True, decimals=(".",))
    columns, _, messages = read_known(rows, heads, NEEDED)
    messages += left_out(labels, list(heads))
    if fixed_units(labels):
        messages.insert(0, Message("The heads name no units: Arbin's own were taken (s, V, A, Ah, Wh, Ω, °C)."))
    return (series_of(columns, described(instrument="Arbin"), messages),)


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the CSV exports of Arbin."""
    return (Reader(name="arbin-csv", version="1.0.0", title="Arbin CSV", recognises=recognises, read=read),)
