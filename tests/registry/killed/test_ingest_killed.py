"""A process killed with SIGKILL at any moment of an import leaves either the old or the new state."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

SCRIPT = str(Path(__file__).parent / "ingesting.py")
KILLS = 6
WAIT_S = 60.0


def wait_until_reading(scratch: dict[str, str]) -> None:
    """Wait until a worker reads a file."""
    database = scratch["DATABASE_URL"].removeprefix("sqlite:///")
    ends = time.monotonic() + WAIT_S
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        while not connection.execute("SELECT 1 FROM registry_dataset WHERE status = 'reading'").fetchone():
            assert time.monotonic() < ends, "no file is read"
            time.sleep(0.002)


def kill_repeatedly(
    scratch: dict[str, str], action: str, max_delay: float, *, while_reading: bool = False
) -> dict[str, Any]:
    """Kill the importing process six times and return the state after a worker has finished the work."""
    scratch = scratch | {"RUN_LEASE_SECONDS": "1", "RUN_ATTEMPTS": "100"}
    process = subprocess.Popen(
        [sys.executable, SCRIPT, action], env=scratch, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    delays = random.Random(3)
    with process, process.stdin, process.stdout:
        for number in range(KILLS):
            process.stdin.write(f"{number}\n")
            process.stdin.flush()
            pid = int(process.stdout.readline())
            time.sleep(delays.uniform(0, max_delay))
            if while_reading:
                wait_until_reading(scratch)
            os.kill(pid, signal.SIGKILL)
            assert process.stdout.readline() == "ended\n"
    checked = subprocess.run([sys.executable, SCRIPT, "check"], env=scratch, capture_output=True, text=True, check=True)
    state: dict[str, Any] = json.loads(checked.stdout)
    assert state["datasets"] > KILLS
    assert (state["wrong_raw_files"], state["wrong_contents"]) == ([], [])
    assert (state["measurements_without_data"], state["not_parsed"], state["without_runs"]) == (0, 0, 0)
    assert state["integrity"] == "ok"
    assert state["incoming_after_cleaning"] == 0
    files, rows = state["raw_files_and_rows"]
    assert files == rows
    return state


def test_every_row_has_complete_files_after_six_kills_of_an_ingest(scratch: dict[str, str]) -> None:
    kill_repeatedly(scratch, "ingest", max_delay=0.4)


def test_every_file_is_read_after_six_kills_of_a_server(scratch: dict[str, str]) -> None:
    kill_repeatedly(scratch, "upload", max_delay=0.1)


def test_every_file_is_read_once_after_six_kills_of_a_worker(scratch: dict[str, str]) -> None:
    assert kill_repeatedly(scratch, "read", max_delay=0.25, while_reading=True)["resumed"] > 0
