"""Write .mpr files with known content, in the layout that galvani reads."""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

MAGIC = b"BIO-LOGIC MODULAR FILE\x1a".ljust(48) + bytes(4)
STARTED_DAYS = 45792.25
"""2025-05-15 06:00 in days since 1899-12-30."""
IDS: Mapping[str, tuple[int, str]] = {
    "time/s": (4, "<f8"),
    "Ewe/V": (6, "<f4"),
    "dq/mA.h": (7, "<f8"),
    "Ece/V": (9, "<f4"),
    "<I>/mA": (11, "<f8"),
    "(Q-Qo)/mA.h": (13, "<f8"),
    "cycle number": (24, "<f8"),
    "freq/Hz": (32, "<f4"),
    "Re(Z)/Ohm": (37, "<f4"),
    "-Im(Z)/Ohm": (38, "<f4"),
    "Ewe-Ece/V": (27, "<f4"),
    "P/W": (70, "<f4"),
    "Energy discharge/W.h": (124, "<f8"),
    "Ns": (131, "<u2"),
    "half cycle": (468, "<u4"),
    "step time/s": (500, "<f8"),
    "unknown": (999, "<f4"),
}
"""Column numbers of EC-Lab; 999 does not exist."""


def module(name: bytes, data: bytes, version: int) -> bytes:
    """Return a module as EC-Lab before 11.50 wrote it."""
    header = name.ljust(10) + name.ljust(25) + struct.pack("<II", len(data), version) + b"05/15/25"
    return b"MODULE" + header + data


def log(days: float = STARTED_DAYS) -> bytes:
    """Return the data of a log: channel 8 and the start, software 11.32, serial number 0168."""
    data = bytearray(1200)
    data[9] = 7
    data[0x1D1 : 0x1D1 + 8] = struct.pack("<d", days)
    data[0x3B8 : 0x3B8 + 5] = b"11.32"
    data[0x3D0 : 0x3D0 + 4] = b"0168"
    return bytes(data)


def write_mpr(
    path: Path,
    columns: Mapping[str, Sequence[float]],
    *,
    technique: int = 0x04,
    mode: Sequence[int] | None = None,
    days: float = STARTED_DAYS,
) -> Path:
    """Write a file with these columns; `mode` is the flag of each row: 1 galvanostatic, 3 open circuit."""
    rows = len(next(iter(columns.values())))
    flags = [] if mode is None else [(1, "flags", "u1", mode)]
    fields = flags + [(*IDS[name][:1], name, IDS[name][1], values) for name, values in columns.items()]
    table = np.zeros(rows, dtype=[(name, kind) for _, name, kind, _ in fields])
    for _, name, _, values in fields:
        table[name] = values
    header = struct.pack("<IB", rows, len(fields)) + b"".join(struct.pack("<H", field[0]) for field in fields)
    data = header.ljust(405, b"\0") + table.tobytes()
    settings = bytes([technique]).ljust(600, b"\0")
    path.write_bytes(
        MAGIC + module(b"VMP Set", settings, 0) + module(b"VMP data", data, 2) + module(b"VMP LOG", log(days), 0)
    )
    return path
