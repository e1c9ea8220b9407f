"""An environment of its own for impedance.py, which needs other packages than Cellar; made once, kept in .cache/."""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
REQUIREMENTS = Path(__file__).with_name("requirements-impedance.txt")
PLACE = ROOT / ".cache" / "impedance-py"
SECONDS = 240
LAST_WORDS = 300


@dataclass(frozen=True)
class Environment:
    """The interpreter with impedance.py, or why there is none."""

    python: Path | None
    reason: str = ""

    @property
    def version(self) -> str:
        """What is compared with, as pinned."""
        pinned = next(line for line in REQUIREMENTS.read_text().splitlines() if line.startswith("impedance=="))
        return pinned.replace("impedance==", "impedance.py ")


def environment() -> Environment:
    """Return the environment, made if it is not there or was made from other requirements."""
    stamp, python = PLACE / "stamp", PLACE / "bin" / "python"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()
    if python.exists() and stamp.is_file() and stamp.read_text() == wanted:
        return Environment(python)
    shutil.rmtree(PLACE, ignore_errors=True)
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    for command in (
        [sys.executable, "-m", "venv", str(PLACE)],
        [str(python), "-m", "pip", "install", *quiet, "-r", str(REQUIREMENTS)],
    ):
        try:
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=SECONDS, env=os.environ)
        except subprocess.TimeoutExpired:
            return Environment(
                None, f"impedance.py was not installed within {SECONDS} s; is the package index reached?"
            )
        except subprocess.CalledProcessError as error:
            said = " ".join(line for line in error.stderr.splitlines() if "ERROR" in line)[:LAST_WORDS]
            return Environment(
                None, f"impedance.py could not be installed ({said or f'exit code {error.returncode}'})."
            )
    stamp.write_text(wanted)
    return Environment(python)
