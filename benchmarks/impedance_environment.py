"""A separate environment for impedance.py, whose dependencies differ from Cellar's; created once in .cache/."""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
REQUIREMENTS = Path(__file__).with_name("requirements-impedance.txt")
DIRECTORY = ROOT / ".cache" / "impedance-py"
SECONDS = 240
MAX_ERROR_LENGTH = 300


@dataclass(frozen=True)
class Environment:
    """The interpreter with impedance.py, or the reason why it is missing."""

    python: Path | None
    reason: str = ""

    @property
    def version(self) -> str:
        """Name and pinned version of the reference package."""
        pinned = next(line for line in REQUIREMENTS.read_text().splitlines() if line.startswith("impedance=="))
        return pinned.replace("impedance==", "impedance.py ")


def environment() -> Environment:
    """Return the environment; create it if it is missing or its requirements changed."""
    stamp, python = DIRECTORY / "stamp", DIRECTORY / "bin" / "python"
    digest = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()
    if python.exists() and stamp.is_file() and stamp.read_text() == digest:
        return Environment(python)
    shutil.rmtree(DIRECTORY, ignore_errors=True)
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    for command in (
        [sys.executable, "-m", "venv", str(DIRECTORY)],
        [str(python), "-m", "pip", "install", *quiet, "-r", str(REQUIREMENTS)],
    ):
        try:
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=SECONDS, env=os.environ)
        except subprocess.TimeoutExpired:
            return Environment(
                None, f"impedance.py was not installed within {SECONDS} s: check the connection to the package index."
            )
        except subprocess.CalledProcessError as error:
            errors = " ".join(line for line in error.stderr.splitlines() if "ERROR" in line)[:MAX_ERROR_LENGTH]
            return Environment(
                None, f"impedance.py could not be installed ({errors or f'exit code {error.returncode}'})."
            )
    stamp.write_text(digest)
    return Environment(python)
