"""A process killed with SIGKILL at any moment of an import leaves either the old or the new state."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

SCRIPT = str(Path(__file__).parent / "ingesting.py")
KILLS = 10


def kill_repeatedly(scratch: dict[str, str], action: str, max_delay: float) -> dict[str, Any]:
    """Kill the importing process KILLS times and return the state after a worker has finished the work."""
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


def test_every_row_has_complete_files_after_ten_kills_of_an_ingest(scratch: dict[str, str]) -> None:
    kill_repeatedly(scratch, "ingest", max_delay=0.4)


def test_every_file_is_read_after_ten_kills_of_a_server(scratch: dict[str, str]) -> None:
    kill_repeatedly(scratch, "upload", max_delay=0.1)


def test_every_file_is_read_once_after_ten_kills_of_a_worker(scratch: dict[str, str]) -> None:
    assert kill_repeatedly(scratch, "read", max_delay=0.4)["resumed"] > 0
