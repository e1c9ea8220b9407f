"""A process killed with SIGKILL while it brings files in leaves the old state or the new one, at whatever moment."""

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


def killed_again_and_again(scratch: dict[str, str], deed: str, longest_pause: float) -> dict[str, Any]:
    """The state that is left after so many kills, once a worker has finished what was begun."""
    scratch = scratch | {"RUN_LEASE_SECONDS": "1", "RUN_ATTEMPTS": "100"}
    process = subprocess.Popen(
        [sys.executable, SCRIPT, deed], env=scratch, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    moments = random.Random(3)
    with process, process.stdin, process.stdout:
        for number in range(KILLS):
            process.stdin.write(f"{number}\n")
            process.stdin.flush()
            pid = int(process.stdout.readline())
            time.sleep(moments.uniform(0, longest_pause))
            os.kill(pid, signal.SIGKILL)
            assert process.stdout.readline() == "ended\n"
    checked = subprocess.run([sys.executable, SCRIPT, "check"], env=scratch, capture_output=True, text=True, check=True)
    state: dict[str, Any] = json.loads(checked.stdout)
    assert state["datasets"] > KILLS
    assert (state["raw_wrong"], state["contents_wrong"]) == ([], [])
    assert (state["measurements_without_data"], state["not_parsed"], state["nothing_computed"]) == (0, 0, 0)
    assert state["integrity"] == "ok"
    assert state["left_after_sweep"] == 0
    files, rows = state["raw_files_and_rows"]
    assert files == rows
    return state


def test_every_row_names_whole_files_after_ten_kills_of_an_ingest(scratch: dict[str, str]) -> None:
    killed_again_and_again(scratch, "ingest", longest_pause=0.4)


def test_every_file_is_read_after_ten_kills_of_a_server(scratch: dict[str, str]) -> None:
    killed_again_and_again(scratch, "upload", longest_pause=0.1)


def test_every_file_is_read_once_after_ten_kills_of_a_worker(scratch: dict[str, str]) -> None:
    assert killed_again_and_again(scratch, "read", longest_pause=0.4)["taken_up_again"] > 0
