# SPDX-License-Identifier: BSD-3-Clause
"""The plugin: BioLogic binary files (.mpr) of EC-Lab, read by a separate program."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cellar_biologic_mpr import REFUSED, __version__
from cellar_biologic_mpr.columns import datasets
from registry.hookspecs import ParsedDataset, Reader, UnreadableFile, hookimpl

CONTRACT_VERSION = 2

MAGIC = b"BIO-LOGIC MODULAR FILE"
PROGRAM = "cellar_biologic_mpr.dump"
TIMEOUT_SECONDS = 120.0
EXPORT = "or export it as text (.mpt) in EC-Lab"


def recognises(head: bytes, name: str) -> bool:
    """Return True for a binary file of EC-Lab."""
    return head.startswith(MAGIC)


def read(path: Path) -> tuple[ParsedDataset, ...]:
    """Return each spectrum, or the time series, of the file."""
    with tempfile.TemporaryDirectory(prefix="cellar-mpr-") as directory:
        target = Path(directory) / "columns.npz"
        _run([sys.executable, "-P", "-m", PROGRAM, str(path.resolve()), str(target)])
        columns, facts = _load(target)
    return datasets(columns, facts)


def _run(command: Sequence[str]) -> None:
    """Run the program that reads the file; raise UnreadableFile with the reason if it fails."""
    # It does no linear algebra, and BLAS threads only use memory, which may be limited.
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    try:
        result = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=environment,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableFile(
            "reading-timed-out",
            "reading it took longer than {timeout_seconds:g} s and was stopped: the file may be damaged; copy it "
            "again, {export}",
            timeout_seconds=TIMEOUT_SECONDS,
            export=EXPORT,
        ) from error
    except OSError as error:
        raise UnreadableFile(
            "reader-program-missing",
            "the program that reads .mpr files could not be started ({error}): install cellar-biologic-mpr again",
            error=error,
        ) from error
    if result.returncode == 0:
        return
    errors = result.stderr.decode("utf-8", "replace").strip().splitlines()
    last = errors[-1][:400] if errors else "no error message"
    if result.returncode == REFUSED:
        raise UnreadableFile(
            "file-unreadable", "the program that reads .mpr files rejected the file: {reason}", reason=last
        )
    if result.returncode < 0:
        raise UnreadableFile(
            "reader-program-killed",
            "the program that reads .mpr files was stopped by {returncode}: the file may be damaged or too large; "
            "copy it again, {export}",
            returncode=_signal_name(-result.returncode),
            export=EXPORT,
        )
    raise UnreadableFile(
        "reader-program-failed",
        "the program that reads .mpr files failed ({last}): copy the file again, {export}",
        last=last,
        export=EXPORT,
    )


def _signal_name(number: int) -> str:
    names = {item.value: item.name for item in signal.Signals}
    return names.get(number, f"signal {number}")


def _load(target: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    try:
        with np.load(target, allow_pickle=False) as content:
            facts = json.loads(str(content["facts"]))
            columns = {name: content[f"arr_{index}"] for index, name in enumerate(facts["columns"])}
    except (OSError, ValueError, LookupError, zipfile.BadZipFile) as error:
        raise UnreadableFile(
            "reader-program-failed",
            "the program that reads .mpr files wrote no usable output ({error}): copy the file again, {export}",
            error=error,
            export=EXPORT,
        ) from error
    return columns, facts


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Register the reader of EC-Lab binary files."""
    return (
        Reader(
            name="biologic-mpr",
            version=__version__,
            title="BioLogic binary (.mpr)",
            recognises=recognises,
            read=read,
        ),
    )
