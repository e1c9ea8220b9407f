"""Worker processes: killing one loses nothing, two in parallel do nothing twice."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent.parent
PATIENCE_SECONDS = 60


@pytest.fixture
def registry(any_engine: dict[str, str], tmp_path: Path) -> dict[str, str]:
    plugins = str(ROOT / "tests" / "data" / "slow")
    return any_engine | {"REGISTRY_PLUGINS_DIR": plugins, "SLOW_AND_QUICK": str(tmp_path), "RUN_LEASE_SECONDS": "3"}


def script(registry: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, str(HERE / "working.py"), *arguments]
    return subprocess.run(command, env=registry, capture_output=True, text=True, check=True).stdout


def start_worker(registry: dict[str, str], *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "manage.py", "run_worker", *arguments], cwd=ROOT, env=registry)


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} was not created"
        time.sleep(0.05)


def wait_until_gone(pid: int) -> None:
    """Wait until the reading process has ended with its worker."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline, f"process {pid} is still running"
        time.sleep(0.05)


def test_the_run_of_a_killed_worker_is_resumed(registry: dict[str, str], tmp_path: Path) -> None:
    script(registry, "runs", "slow", "1")
    with start_worker(registry) as worker:
        wait_for(tmp_path / "begun")
        time.sleep(4)
        # Longer than the lease: the heartbeat has extended it.
        assert json.loads(script(registry, "state"))[0][:2] == ["running", 1]
        os.kill(worker.pid, signal.SIGKILL)
    with start_worker(registry, "--interval", "0.2") as second:
        row = json.loads(script(registry, "wait", "done"))[0]
        second.terminate()
    assert second.returncode == 0
    assert row == ["done", 2, True, row[3], 7.0]


def test_two_workers_run_each_of_forty_runs_once(registry: dict[str, str], tmp_path: Path) -> None:
    script(registry, "runs", "quick", "40")
    with start_worker(registry, "--once") as first, start_worker(registry, "--once") as second:
        assert (first.wait(PATIENCE_SECONDS), second.wait(PATIENCE_SECONDS)) == (0, 0)
    rows = json.loads(script(registry, "state"))
    assert Counter(tuple(row[:3]) for row in rows) == {("done", 1, True): 40}
    assert len({row[3] for row in rows}) == 40
    assert [row[4] for row in rows] == [3.0] * 40
    assert len((tmp_path / "ran").read_text().splitlines()) == 40


def test_the_file_of_a_killed_worker_is_read_again(registry: dict[str, str], tmp_path: Path) -> None:
    script(registry, "files", "slow", "1")
    with start_worker(registry) as worker:
        wait_for(tmp_path / "begun")
        time.sleep(4)
        # Longer than the lease: the heartbeat has extended it.
        assert json.loads(script(registry, "state"))[0][:3] == ["reading", 1, 0]
        os.kill(worker.pid, signal.SIGKILL)
    wait_until_gone(int((tmp_path / "begun").read_text()))
    with start_worker(registry, "--interval", "0.2") as second:
        row = json.loads(script(registry, "wait", "parsed"))[0]
        second.terminate()
    assert row[:3] == ["parsed", 2, 7]


def test_two_workers_read_each_of_twenty_files_once(registry: dict[str, str], tmp_path: Path) -> None:
    script(registry, "files", "quick", "20")
    with start_worker(registry, "--once") as first, start_worker(registry, "--once") as second:
        assert (first.wait(PATIENCE_SECONDS), second.wait(PATIENCE_SECONDS)) == (0, 0)
    rows = json.loads(script(registry, "state"))
    assert Counter(tuple(row[:3]) for row in rows if row[0] not in ("done", "refused")) == {("parsed", 1, 3): 20}
    assert len((tmp_path / "ran").read_text().splitlines()) == 20
