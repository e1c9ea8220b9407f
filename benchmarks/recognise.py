"""Recognising a file of 10 MB, by all readers that are asked, against reading it by the one that reads it."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import django
import numpy as np

from benchmarks.report import Bounded, Section
from registry import plugin_loading
from registry.sandbox.file_reader_child import HEAD_BYTES

SIZE = 10_000_000
MAX_SHARE = 0.1
ROUNDS = 5
TEXT = (
    "The first bytes of a file are given to `recognises` of every reader, then one of them reads the file; both "
    "without the process in which files are read. Each is the fastest of five rounds. The files are made, with at "
    "least 10 MB: a plain table, the text of EC-Lab, and the CSV of Neware."
)


def rows_of(form: str) -> str:
    """Return rows of a test in this format, at least 10 MB of them."""
    count = 1000
    lines = []
    for row in range(count):
        time_s, voltage, current = 10.0 * row, 3.0 + row / count, 1.0
        lines.append(form.format(row=row + 1, time_s=time_s, voltage=voltage, current=current, clock=_clock(time_s)))
    block = "".join(lines)
    return block * (SIZE // len(block) + 1)


def _clock(seconds: float) -> str:
    return f"{int(seconds // 3600)}:{int(seconds // 60 % 60):02}:{int(seconds % 60):02}"


FILES = {
    "plain table": (
        "Time / s,Voltage / V,Current / mA,Cycle\n",
        "{time_s:.3f},{voltage:.6f},{current:.6f},1\n",
    ),
    "EC-Lab text": (
        "EC-Lab ASCII FILE\nNb header lines : 5\n\nModulo Bat\nNs\ttime/s\tEcell/V\tI/mA\tcycle number\n",
        "1\t{time_s:.9E}\t{voltage:.7E}\t{current:.7E}\t1.0E+000\n",
    ),
    "Neware CSV": (
        "DataPoint,Cycle Index,Step Index,Total Time,Current(mA),Voltage(V)\n",
        "{row},1,1,{clock},{current:.4f},{voltage:.4f}\n",
    ),
}


def fastest(task: Callable[[], object]) -> float:
    """Return the seconds of the fastest round."""
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        task()
        seconds.append(time.perf_counter() - began)
    return float(np.min(seconds))


def measure() -> Section:
    """Return the share of recognising in reading, for each file."""
    django.setup()
    readers = list(plugin_loading.current().readers.values())
    rows = []
    with tempfile.TemporaryDirectory() as directory:
        for name, (header, form) in FILES.items():
            path = Path(directory) / "raw"
            path.write_text(header + rows_of(form))
            head = path.read_bytes()[:HEAD_BYTES]
            knowing = [reader for reader in readers if reader.recognises(head, path.name)]
            reader = max(knowing, key=lambda reader: reader.priority)
            recognising = fastest(lambda head=head: [reader.recognises(head, "raw") for reader in readers])
            reading = fastest(lambda reader=reader, path=path: reader.read(path))
            rows.append(
                Bounded(
                    task=f"{len(readers)} readers asked",
                    size=f"{name}, {path.stat().st_size / 1e6:.0f} MB",
                    reference=f"read by {reader.name}",
                    ratio=recognising / reading,
                    bound=MAX_SHARE,
                    measured=f"{recognising * 1e3:.2f} ms against {reading * 1e3:.0f} ms",
                )
            )
    return Section("Recognising a file", TEXT, rows)
