"""Find where a process crashed from the output of Python's fault handler; read the end of its output."""

import re
import sysconfig
from pathlib import Path

FRAME = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+) in ')
LIBRARIES = tuple(Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
OUTPUT = "output.txt"
"""File in the directory of a child that receives its output."""
EXTENSION_MODULES = "\nExtension modules: "
LAST_OUTPUT_BYTES = 32_768


def crash_line(report: str) -> str:
    """` at resistance.py:12`, the innermost line outside libraries, or the innermost of all; empty if unknown."""
    frames = [(Path(match["file"]), match["line"]) for match in FRAME.finditer(report)]
    own = [frame for frame in frames if not any(library in frame[0].parents for library in LIBRARIES)]
    path, line = next(iter(own or frames), (None, ""))
    return f" at {path.name}:{line}" if path else ""


def last_output(directory: Path) -> str:
    """The end of the output of a child."""
    path = directory / OUTPUT
    if not path.is_file():
        return ""
    with path.open("rb") as opened:
        opened.seek(max(path.stat().st_size - LAST_OUTPUT_BYTES, 0))
        return opened.read().decode(errors="replace").partition(EXTENSION_MODULES)[0]
