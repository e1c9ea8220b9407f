"""Separate environments for the packages that Cellar is compared with, whose dependencies differ; made once in .cache/.

Each package has its pinned requirements in `benchmarks/requirements-NAME.txt`.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
SECONDS = 600
MAX_ERROR_LENGTH = 300


@dataclass(frozen=True)
class Peer:
    """A package that Cellar is compared with."""

    name: str
    """As its users call it: `impedance.py`."""
    package: str
    """In the package index."""
    requirements: Path

    @property
    def version(self) -> str:
        """Name and pinned version."""
        start = f"{self.package}=="
        pinned = next(line for line in self.requirements.read_text().splitlines() if line.startswith(start))
        return pinned.replace(start, f"{self.name} ")


IMPEDANCE_PY = Peer("impedance.py", "impedance", Path(__file__).with_name("requirements-impedance.txt"))
CELLPY = Peer("cellpy", "cellpy", Path(__file__).with_name("requirements-cellpy.txt"))
PYDRTTOOLS = Peer("pyDRTtools", "pyDRTtools", Path(__file__).with_name("requirements-drt.txt"))


@dataclass(frozen=True)
class Environment:
    """The interpreter with a package, or the reason why it is missing."""

    python: Path | None
    reason: str = ""


def environment(peer: Peer) -> Environment:
    """Return the environment of a package; create it if it is missing or its requirements changed."""
    directory = ROOT / ".cache" / peer.requirements.stem
    stamp, python = directory / "stamp", directory / "bin" / "python"
    digest = hashlib.sha256(peer.requirements.read_bytes() + sys.version.encode()).hexdigest()
    if python.exists() and stamp.is_file() and stamp.read_text() == digest:
        return Environment(python)
    shutil.rmtree(directory, ignore_errors=True)
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    for command in (
        [sys.executable, "-m", "venv", str(directory)],
        [str(python), "-m", "pip", "install", *quiet, "-r", str(peer.requirements)],
    ):
        try:
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=SECONDS, env=os.environ)
        except subprocess.TimeoutExpired:
            return Environment(
                None, f"{peer.name} was not installed within {SECONDS} s: check the connection to the package index."
            )
        except subprocess.CalledProcessError as error:
            errors = " ".join(line for line in error.stderr.splitlines() if "ERROR" in line)[:MAX_ERROR_LENGTH]
            return Environment(
                None, f"{peer.name} could not be installed ({errors or f'exit code {error.returncode}'})."
            )
    stamp.write_text(digest)
    return Environment(python)
