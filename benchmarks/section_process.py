"""`python -m benchmarks.section_process NAME OUTPUT`: run one benchmark and write its section as JSON."""

import json
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path


def main(name: str, answer: str) -> None:
    section = import_module(f"benchmarks.{name}").measure()
    Path(answer).write_text(json.dumps(asdict(section)))


if __name__ == "__main__":
    main(*sys.argv[1:])
