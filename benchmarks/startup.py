"""Processor time to start Cellar: `manage.py check` against importing the packages it cannot do without."""

import os
import resource
import subprocess
import sys
from collections.abc import Sequence

from benchmarks.report import Bounded, Section

ROUNDS = 7
BOUND = 4.5
HIDE_OPTIONAL = "import sys; sys.modules.update(dict.fromkeys(('psycopg', 'requests')))"
"""Django REST framework imports these if they are installed; Cellar itself needs neither."""
CHECK = f"{HIDE_OPTIONAL}; import cellar_registry; cellar_registry.main(['manage.py', 'check'])"
IMPORTS = f"{HIDE_OPTIONAL}; import django, rest_framework, numpy, pluggy, drf_spectacular, simple_history"
TEXT = (
    "Processor time of `manage.py check`, with bytecode and without psycopg and requests (which only PostgreSQL and "
    "the tests use), against importing Django, Django REST framework, NumPy, pluggy, drf-spectacular and "
    "simple-history."
)


def measure() -> Section:
    """Start both in turn; the fastest of each counts, as what else the machine does only adds."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([sys.executable, "-c", CHECK], env=environment, check=True, stdout=subprocess.DEVNULL)
    times = [
        [processor_seconds([sys.executable, "-c", code], environment) for code in (CHECK, IMPORTS)]
        for _ in range(ROUNDS)
    ]
    check, imports = map(min, zip(*times, strict=True))
    row = Bounded(
        "Start and `check`",
        "one process",
        "its imports",
        check / imports,
        BOUND,
        f"{check:.2f} s against {imports:.2f} s",
    )
    return Section("Start-up", TEXT, [row])


def processor_seconds(command: Sequence[str], environment: dict[str, str]) -> float:
    """User and system time of a process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    sys.stdout.write(measure().text_block())
