"""Neware .nda and .ndax, by the library fastnda.

The library names current in mA, negative on discharge, and capacity in mAh, counted from zero in each step with the
sign of the current. Here charge and discharge are separate, counted since the test began. Cycles are counted as the
library does by default: a new one begins with a charge that follows a discharge. Its unix_time_s is left out: the
file contains the tester's local time without its zone.
"""

import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Listed
from registry.contract.reader_support.datasets.cycler_series import series_of
from registry.contract.reader_support.files.record_integrity import (
    disagreeing_clocks,
    early_end,
    implausible_records,
    missing_records,
)
from registry.contract.reader_support.files.zip_archive import zip_problem
from registry.contract.reader_support.tables.instrument_table import header_facts
from registry.contract.reader_support.time.clock_times import parse_date_time
from registry.hookspecs import Message, ParsedDataset, Reader, UnreadableFile, hookimpl

CONTRACT_VERSION = 2

Array = NDArray[np.float64]

NDA_START = b"NEWARE"
ZIP_START = b"PK\x03\x04"
NDAX_MEMBERS = (b".ndc", b"VersionInfo.xml", b"TestInfo.xml")
NDA_VERSION, NDA_OTHER_HEADER, NDA_RECORDS = 14, 128, range(64, 72, 4)
"""Byte of the version of a .nda, the first version with another header, and the bytes of the pointer to its records."""
DESCRIPTIONS = ("VersionInfo.xml", "TestInfo.xml", "Step.xml")
"""Members of every archive that describe the test."""
COLUMNS = {
    "total_time_s": ("test_time_second", 1.0),
    "voltage_V": ("voltage_volt", 1.0),
    "current_mA": ("current_ampere", 1000.0),
    "cycle_count": ("cycle_count", 1.0),
    "step_count": ("step_count", 1.0),
    "step_index": ("step_index", 1.0),
    "step_time_s": ("step_time_second", 1.0),
}
"""Canonical name, and what the library's number is divided by."""
PER_STEP = {"capacity_mAh": "capacity_ah", "energy_mWh": "energy_wh"}
FACTS = {
    "StartTime": "started", "start_time": "started", "StepName": "schedule", "step_name": "schedule",
    "server_version": "software", "SvrVer": "software", "DevID": "device", "ChlID": "channel", "remarks": "comments",
}  # fmt: skip


def recognises(head: bytes, name: str) -> bool:
    """Return True for a .nda, and for an archive that contains what a .ndax does."""
    return head.startswith(NDA_START) or (head.startswith(ZIP_START) and any(part in head for part in NDAX_MEMBERS))


def read(path: Path) -> tuple[ParsedDataset, ...]:
    """Return the one time series of the file."""
    with path.open("rb") as file:
        suffix = ".ndax" if file.read(4) == ZIP_START else ".nda"
    if suffix == ".ndax" and (problem := zip_problem(path)):
        raise UnreadableFile.of(problem)
    with tempfile.TemporaryDirectory() as directory:
        # The library goes by the name; raw files are kept under a name without ending.
        named = Path(directory) / f"raw{suffix}"
        named.symlink_to(path.resolve())
        frame = _frame(named)
        about, damage = _metadata(named)
    missing = [name for name in ("total_time_s", "voltage_V", "current_mA") if name not in frame.columns]
    if missing or not frame.height:
        raise UnreadableFile(
            "invalid-record",
            "no {missing} in the {suffix} file: export it again from BTSDA",
            missing=Listed(missing or ["records"]),
            suffix=suffix,
        )
    columns = {
        canonical: frame[column].to_numpy().astype(np.float64) / divisor
        for column, (canonical, divisor) in COLUMNS.items()
        if column in frame.columns
    }
    unreadable = [name for name, column in columns.items() if not np.isfinite(column).all()]
    if unreadable:
        row = int(np.argmin(np.isfinite(columns[unreadable[0]]))) + 1
        raise UnreadableFile(
            "invalid-record",
            "record {row} of the {suffix} file has no {unreadable}: the file is damaged",
            row=row,
            suffix=suffix,
            unreadable=unreadable[0],
        )
    damage += _damage(frame, columns, about)
    columns |= _counters(frame)
    left = [name for name in frame.columns if name not in {*COLUMNS, *PER_STEP, "index"}]
    messages = (
        [Message("columns-left-out", "Not read: {left}.", left=", ".join(f"‘{name}’" for name in left))] if left else []
    )
    facts = header_facts(instrument="Neware", **_facts(about))
    return (series_of(columns, facts, [*messages, *damage], restarts=_restarts(columns)),)


def _frame(path: Path) -> Any:
    """Return the library's table."""
    import fastnda

    try:
        return fastnda.read(path)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # the library raises whatever a damaged file leads to, panics of its core included
        raise UnreadableFile(
            "file-unreadable",
            "the {suffix} file cannot be read ({reason}): copy or export it again",
            suffix=path.suffix,
            reason=_reason(error),
        ) from error


def _metadata(path: Path) -> tuple[Mapping[str, Any], list[Message]]:
    """Return what the file says about the test, and warnings about what of it is damaged or missing."""
    import fastnda

    messages = _archive_damage(path) if path.suffix == ".ndax" else _missing_end(path)
    try:
        return fastnda.read_metadata(path), messages
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # as in _frame
        unread = Message(
            "metadata-unreadable",
            "The records were read, but not the description of the test ({reason}): the file is damaged. Copy or "
            "export it again.",
            "warning",
            reason=_reason(error),
        )
        return {}, [*messages, unread]


def _reason(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def _missing_end(path: Path) -> list[Message]:
    """Return a warning if a .nda is shorter than its header says: the position and length of the records, from byte 64.

    As fastnda reads them; its versions from 128 on have another header, which fastnda checks itself.
    """
    with path.open("rb") as file:
        head = file.read(NDA_RECORDS.stop)
    begin, length = (int.from_bytes(head[start : start + 4], "little") for start in NDA_RECORDS)
    missing = begin + length - path.stat().st_size
    if head[NDA_VERSION] >= NDA_OTHER_HEADER or not begin or not length or missing <= 0:
        return []
    return [
        Message(
            "records-cut-off",
            "The file ends {missing} bytes before the end of its records, {percent:.2g} % of them: copy it again.",
            "warning",
            missing=missing,
            percent=100 * missing / length,
        )
    ]


def _archive_damage(path: Path) -> list[Message]:
    """Return warnings about members of the archive that are damaged or missing, besides those of the records."""
    messages = []
    with zipfile.ZipFile(path) as archive:
        missing = [name for name in DESCRIPTIONS if name not in archive.namelist()]
        try:
            damaged = archive.testzip()
        except Exception as error:  # of zipfile, of zlib, or of what fastnda puts in the place of zlib
            damaged = _reason(error)
    if missing:
        messages.append(
            Message(
                "archive-incomplete",
                "The archive has no {members}, which describe the test: it is incomplete. Export it again from BTSDA.",
                "warning",
                members=Listed(missing),
            )
        )
    if damaged is not None:
        messages.append(
            Message(
                "archive-member-damaged",
                "A member of the archive is damaged ({member}): copy or export the file again.",
                "warning",
                member=damaged,
            )
        )
    return messages


def _damage(frame: Any, columns: Mapping[str, Array], about: Mapping[str, Any]) -> list[Message]:
    """Return warnings about records that do not fit the others, or the description of the test."""
    messages = implausible_records(columns["voltage_volt"], columns["current_ampere"])
    if "index" in frame.columns:
        messages += missing_records(frame["index"].to_numpy().astype(np.float64))
    if "unix_time_s" in frame.columns:
        clock = frame["unix_time_s"].to_numpy().astype(np.float64)
        messages += disagreeing_clocks(columns["test_time_second"], clock)
        messages += early_end(clock, *(parse_date_time(_entry(about, name)) for name in ("StartTime", "EndTime")))
    return messages


def _entry(about: Mapping[str, Any], name: str) -> str:
    """Return an entry of the description at any depth, empty if there is none."""
    if name in about:
        return str(about[name])
    nested = (_entry(value, name) for value in about.values() if isinstance(value, Mapping))
    return next((text for text in nested if text), "")


def _facts(about: Mapping[str, Any]) -> dict[str, str]:
    facts: dict[str, str] = {}
    for key, value in about.items():
        if isinstance(value, Mapping):
            facts = _facts(value) | facts
        elif key in FACTS and value:
            facts.setdefault(FACTS[key], str(value))
    return facts


def _restarts(columns: Mapping[str, Array]) -> NDArray[np.bool_] | None:
    if "step_count" not in columns:
        return None
    steps = columns["step_count"]
    restarts: NDArray[np.bool_] = np.diff(steps, prepend=steps[0]) != 0
    return restarts


def _counters(frame: Any) -> dict[str, Array]:
    """Return charge and energy of each step, separated by sign."""
    counters = {}
    for column, quantity in PER_STEP.items():
        if column in frame.columns:
            signed = frame[column].to_numpy().astype(np.float64) / 1000.0
            counters[f"charging_{quantity}"] = np.maximum(signed, 0.0)
            counters[f"discharging_{quantity}"] = np.maximum(-signed, 0.0)
    return counters


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the binary files of Neware."""
    return (Reader(name="neware-nda", version="1.2.0", title="Neware (.nda, .ndax)", recognises=recognises, read=read),)
