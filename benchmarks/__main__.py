"""`make bench`: run the benchmarks on temporary databases and write docs/benchmarks.md."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.report import Measured, Section, page

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "docs" / "benchmarks.md"
SECTIONS: dict[str, dict[str, str]] = {
    "cell_page": {},
    "startup": {},
    "sandbox": {},
    "upload": {},
    "recognise": {},
    "cycle_summary": {},
    "consistency": {},
    "dqdv": dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    "drt": dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    "impedance_fit": dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
}
"""Benchmarks other than those of the database, with their environment variables."""
DATABASE_SECTIONS = ("cycle_rows", "lists")
"""Sections measured on each database."""


def run_module(module: str, database_url: str, variables: dict[str, str]) -> Any:
    """Run a module in a separate process with a temporary data directory and return its JSON output."""
    with tempfile.TemporaryDirectory(prefix="cellar-bench-") as scratch:
        output = Path(scratch) / "output.json"
        environment = os.environ | {
            "CELLAR_DATA_DIR": scratch,
            "DATABASE_URL": database_url or f"sqlite:///{scratch}/cellar.sqlite3",
            "DJANGO_SETTINGS_MODULE": "registry.settings",
            "LOG_LEVEL": "ERROR",
            "REGISTRY_PLUGINS_DIR": str(ROOT / "benchmarks" / "plugin_directory"),
        }
        command = [sys.executable, "-m", *module.split(), str(output)]
        subprocess.run(command, cwd=ROOT, env=environment | variables, check=True)
        return json.loads(output.read_text())


def main() -> int:
    urls = ["", *filter(None, [os.environ.get("TEST_DATABASE_URL", "")])]
    measured = [Measured(**run_module("benchmarks.session", url, {})) for url in urls]
    sections = [
        Section.of(run_module(f"benchmarks.section_process {name}", url, {}))
        for name in DATABASE_SECTIONS
        for url in urls
    ]
    sections += [
        Section.of(run_module(f"benchmarks.section_process {name}", "", variables))
        for name, variables in SECTIONS.items()
    ]
    text = page(measured, sections)
    TARGET.write_text(text)
    sys.stdout.write(f"{text}\nWritten to {TARGET.relative_to(ROOT)}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
