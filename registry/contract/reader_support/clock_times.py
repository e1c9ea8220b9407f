"""Times as cyclers write them (‘144:01:18’, ‘5/11/2021 3:40:24 PM’) as numbers."""

from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from registry.contract.reader import UnreadableFile

Array = NDArray[np.float64]

ELAPSED = r"^\s*(?:(?P<days>\d+)[- ])?(?P<hours>\d+):(?P<minutes>\d{1,2}):(?P<seconds>\d{1,2}(?:\.\d+)?)\s*$"
STAMPS = tuple(
    f"{day} {clock}"
    for day in ("%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d", "%d-%b-%y")
    for clock in ("%I:%M:%S %p", "%H:%M:%S")
)
SECONDS = {"days": 86400.0, "hours": 3600.0, "minutes": 60.0, "seconds": 1.0}


def elapsed_seconds(texts: Any, label: str) -> Array:
    """Convert ‘hours:minutes:seconds’ to seconds; `texts` is an Arrow array of text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    parts = pc.extract_regex(texts, ELAPSED)
    unread = pc.is_null(parts).to_numpy(zero_copy_only=False) if len(texts) else np.array([], dtype=bool)
    if unread.any():
        row = int(np.argmax(unread))
        written = str(texts[row].as_py())[:40]
        raise UnreadableFile(f"row {row + 1} of the table: ‘{label}’ is ‘{written}’, not hours:minutes:seconds")
    total = np.zeros(len(texts))
    for name, seconds in SECONDS.items():
        text = pc.struct_field(parts, name)
        text = pc.if_else(pc.equal(text, ""), "0", text)
        total += np.asarray(pc.cast(text, pa.float64())) * seconds
    return total


def spans_seconds(first: str, last: str) -> set[float]:
    """Return the seconds between two date-times: several if day and month are ambiguous."""
    spans = set()
    for form in STAMPS:
        try:
            begin, end = (datetime.strptime(text.strip(), form) for text in (first, last))
        except ValueError:
            continue
        spans.add((end - begin).total_seconds())
    return spans
