# SPDX-License-Identifier: GPL-3.0-or-later
"""Convert a .mpr file to .npz: `python -m cellar_biologic_mpr.dump FILE OUT.npz`.

A separate program, because galvani is under the GPL and a damaged file must not stop the registry. The .npz contains
the columns as arr_0, arr_1 and so on, and their EC-Lab names and metadata as JSON in `facts`. The exit status is 0, or
REFUSED with the reason as the only line of stderr.
"""

import json
import re
import resource
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from galvani.BioLogic import MPRfile

from cellar_biologic_mpr import REFUSED

MAX_CPU_SECONDS = 110
"""Limit of processor time, so that the program ends even if its parent is gone."""
EXPORT = "export it as text (.mpt) in EC-Lab"
SOFTWARE_AT, SERIAL_AT, CHANNEL_AT = 0x3B8, 0x3D0, 9
"""Offsets in the log of EC-Lab 11.32 and 11.61; checked against a text export."""


class CannotReadError(Exception):
    """The file cannot be read; the text has the reason and a remedy."""


def main(path: Path, target: Path) -> None:
    """Read the .mpr file and write the .npz file."""
    file, remark = open_file(path)
    names, columns = read_columns(file)
    facts = {**read_facts(file), "columns": names, "remark": remark}
    with target.open("wb") as out:
        np.savez(out, *columns, facts=np.array(json.dumps(facts)))


def open_file(path: Path) -> tuple[Any, str]:
    """Return the file as read by galvani, and any error of galvani after the last row."""
    file = MPRfile.__new__(MPRfile)
    known = f"galvani {version('galvani')} knows"
    try:
        with path.open("rb") as content:
            file.__init__(content)
    except OSError as error:
        raise CannotReadError(
            "the file ends within a module: it is truncated or still being written; copy it again after the "
            "measurement has ended"
        ) from error
    except (NotImplementedError, ValueError, AssertionError, TypeError, LookupError) as error:
        # galvani sets `npts` after counting the rows and then looks for dates.
        if hasattr(file, "npts"):
            return file, one_line(error)
        what = "it has a column" if isinstance(error, NotImplementedError) else "its structure is"
        raise CannotReadError(f"{what} beyond what {known} ({one_line(error)}): {EXPORT}") from error
    return file, ""


def one_line(error: Exception) -> str:
    """Return the message of an error on one line."""
    return re.sub(r"\s+", " ", str(error)).strip()[:200] or type(error).__name__


def read_columns(file: Any) -> tuple[list[str], list[np.ndarray]]:
    """Return names and columns. Of the packed flags, only the mode is used."""
    stated_rows = int(file.npts[0])
    if len(file.data) != stated_rows:
        raise CannotReadError(f"it states {stated_rows} rows and contains {len(file.data)}: {EXPORT}")
    if not stated_rows:
        raise CannotReadError("it has no rows: the measurement was not started, or nothing was recorded")
    names = [name for name in file.data.dtype.names if name != "flags"]
    columns = [np.ascontiguousarray(file.data[name]) for name in names]
    if "mode" in file.flags_dict:
        names.append("mode")
        columns.append(file.get_flag("mode"))
    return names, columns


def read_facts(file: Any) -> dict[str, Any]:
    """Return technique, start, channel, instrument and software from the other modules."""
    modules = {bytes(module["shortname"]).strip(): module["data"] for module in file.modules}
    facts: dict[str, Any] = {"technique": modules[b"VMP Set"][0] if modules[b"VMP Set"] else None}
    if hasattr(file, "timestamp"):
        facts["started"] = file.timestamp.isoformat(timespec="milliseconds")
    elif hasattr(file, "startdate"):
        facts["started"] = file.startdate.isoformat()
    log = modules.get(b"VMP LOG", b"")
    software, serial = text_at(log, SOFTWARE_AT), text_at(log, SERIAL_AT)
    if re.fullmatch(r"\d+\.\d+", software) and re.fullmatch(r"\d+", serial):
        facts |= {"software": software, "serial": serial, "channel": log[CHANNEL_AT] + 1}
    return facts


def text_at(log: bytes, offset: int) -> str:
    """Return the zero-terminated text at this offset."""
    return log[offset : offset + 16].split(b"\0")[0].decode("latin-1")


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    most = MAX_CPU_SECONDS if hard == resource.RLIM_INFINITY else min(MAX_CPU_SECONDS, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (most, hard))
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
    except CannotReadError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(REFUSED)
