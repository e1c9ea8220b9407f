# SPDX-License-Identifier: GPL-3.0-or-later
"""Write what a .mpr file holds to an .npz: `python -m cellar_biologic_mpr.dump FILE OUT.npz`.

A program of its own, since galvani is under the GPL and a broken file must not take down the registry. The .npz has
the columns as arr_0, arr_1 and so on, under EC-Lab's names, and the file's facts as JSON in `facts`. It ends with
status 0, or with REFUSED and the reason as its only line of errors.
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

MOST_SECONDS = 110
"""Of the processor, so that the program ends even if nobody is left to stop it."""
EXPORT = "export it as text (.mpt) in EC-Lab"
SOFTWARE_AT, SERIAL_AT, CHANNEL_AT = 0x3B8, 0x3D0, 9
"""Where the log has them, in files of EC-Lab 11.32 and 11.61; checked against the text export of one."""


class CannotReadError(Exception):
    """The file cannot be read; the text says why and what would help."""


def main(path: Path, target: Path) -> None:
    """Read one file and write the other."""
    file, remark = opened(path)
    names, columns = columns_of(file)
    facts = {**facts_of(file), "columns": names, "remark": remark}
    with target.open("wb") as out:
        np.savez(out, *columns, facts=np.array(json.dumps(facts)))


def opened(path: Path) -> tuple[Any, str]:
    """Return the file as galvani reads it, and what galvani objects to after it had all rows."""
    file = MPRfile.__new__(MPRfile)
    known = f"galvani {version('galvani')} knows"
    try:
        with path.open("rb") as content:
            file.__init__(content)
    except OSError as error:
        raise CannotReadError(
            "the file ends within one of its modules: it is cut off, or still being written; copy it again when the "
            "measurement has ended"
        ) from error
    except (NotImplementedError, ValueError, AssertionError, TypeError, LookupError) as error:
        # galvani sets `npts` once it has counted the rows, and looks for dates after that.
        if hasattr(file, "npts"):
            return file, one_line(error)
        what = "it has a column" if isinstance(error, NotImplementedError) else "its structure is"
        raise CannotReadError(f"{what} beyond what {known} ({one_line(error)}): {EXPORT}") from error
    return file, ""


def one_line(error: Exception) -> str:
    """Return what an error says, on one line."""
    return re.sub(r"\s+", " ", str(error)).strip()[:200] or type(error).__name__


def columns_of(file: Any) -> tuple[list[str], list[np.ndarray]]:
    """Return names and columns. Of the flags packed into a byte, the mode alone tells something about the data."""
    announced = int(file.npts[0])
    if len(file.data) != announced:
        raise CannotReadError(f"it announces {announced} rows and holds {len(file.data)}: {EXPORT}")
    if not announced:
        raise CannotReadError("it has no rows: the measurement was not begun, or nothing was recorded")
    names = [name for name in file.data.dtype.names if name != "flags"]
    columns = [np.ascontiguousarray(file.data[name]) for name in names]
    if "mode" in file.flags_dict:
        names.append("mode")
        columns.append(file.get_flag("mode"))
    return names, columns


def facts_of(file: Any) -> dict[str, Any]:
    """Return what the modules beside the data say: technique, start, channel, instrument and software."""
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


def text_at(log: bytes, place: int) -> str:
    """Return the text that begins at a byte and ends with a zero."""
    return log[place : place + 16].split(b"\0")[0].decode("latin-1")


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    most = MOST_SECONDS if hard == resource.RLIM_INFINITY else min(MOST_SECONDS, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (most, hard))
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
    except CannotReadError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(REFUSED)
