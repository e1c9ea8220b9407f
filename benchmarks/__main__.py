"""`make bench`: measure on scratch databases and write docs/benchmarks.md."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.report import Measured, page

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "docs" / "benchmarks.md"


def measured_on(database_url: str) -> Measured:
    """Run the measurements in a process of their own, with a data directory that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="cellar-bench-") as scratch:
        answer = Path(scratch) / "answer.json"
        environment = os.environ | {
            "CELLAR_DATA_DIR": scratch,
            "DATABASE_URL": database_url or f"sqlite:///{scratch}/cellar.sqlite3",
            "DJANGO_SETTINGS_MODULE": "registry.settings",
            "LOG_LEVEL": "ERROR",
        }
        command = [sys.executable, "-m", "benchmarks.session", str(answer)]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        return Measured(**json.loads(answer.read_text()))


def main() -> int:
    urls = ["", *filter(None, [os.environ.get("TEST_DATABASE_URL", "")])]
    text = page([measured_on(url) for url in urls])
    TARGET.write_text(text)
    sys.stdout.write(f"{text}\nWritten to {TARGET.relative_to(ROOT)}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
