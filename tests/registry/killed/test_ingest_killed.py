"""A process killed with SIGKILL while it ingests leaves the old state or the new one, at whatever moment."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

SCRIPT = str(Path(__file__).parent / "ingesting.py")
KILLS = 15
LONGEST_PAUSE = 0.4


def test_every_row_names_whole_files_after_fifteen_kills(scratch: dict[str, str]) -> None:
    process = subprocess.Popen(
        [sys.executable, SCRIPT, "ingest"], env=scratch, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    moments = random.Random(3)
    with process, process.stdin, process.stdout:
        for number in range(KILLS):
            process.stdin.write(f"{number}\n")
            process.stdin.flush()
            pid = int(process.stdout.readline())
            time.sleep(moments.uniform(0, LONGEST_PAUSE))
            os.kill(pid, signal.SIGKILL)
            assert process.stdout.readline() == "ended\n"
    checked = subprocess.run([sys.executable, SCRIPT, "check"], env=scratch, capture_output=True, text=True, check=True)
    state = json.loads(checked.stdout)
    assert state["datasets"] > KILLS
    assert (state["raw_wrong"], state["contents_wrong"]) == ([], [])
    assert (state["measurements_without_data"], state["not_parsed"]) == (0, 0)
    assert state["integrity"] == "ok"
    assert state["left_after_sweep"] == 0
    files, rows = state["raw_files_and_rows"]
    assert files == rows
