"""The import check: a plugin that is not built in is first imported in a separate process, and here only if that went
well. The result is remembered for its content (`remembered_checks`)."""

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from registry.plugin_loading import remembered_checks
from registry.plugin_loading.remembered_checks import PASSED, CheckResult
from registry.plugin_loading.sources import PluginUnavailable, Source
from registry.sandbox.plugin_set import python_path

logger = logging.getLogger(__name__)
ROOT = Path(__file__).parents[2]
MEMORY_BYTES = 4 * 1024**3
GRACE_SECONDS = 30
KILLED_ITS_PARENT = CheckResult(
    "killed-parent", "killed the process that started it: kill only processes it started itself"
)
NOT_FOUND = CheckResult(
    "not-found-by-check",
    "was not found by the import check: install it in Cellar's environment, or name its directory in PYTHONPATH",
)
NOT_RUN = CheckResult(
    "check-not-run",
    "is not imported, because the import check did not run: correct what the log says, then start Cellar again",
)


class ImportCheck:
    """Starts at once, and is waited for when the first plugin to check is imported: others load meanwhile."""

    def __init__(self, sources: Sequence[Source], directory: str, seconds: float, *, recheck: bool = False) -> None:
        self.directory = directory
        self.seconds = seconds
        self.sources = [
            replace(source, module=partial(self._import, source)) if _needs_check(source) else source
            for source in sources
        ]
        keys = {source: remembered_checks.key_of(source, seconds) for source in sources if _needs_check(source)}
        self.keys = {source.key: key for source, key in keys.items()}
        self.results = {} if recheck else remembered_checks.read(self.keys.values())
        self.unchecked = [source for source, key in keys.items() if key not in self.results]
        self.process = self._start() if self.unchecked else None

    def failed(self) -> tuple[str, ...]:
        """The names of the plugins that did not pass and are imported nowhere."""
        checked = [source for source in self.sources if _needs_check(source)]
        return tuple(source.name for source in checked if self.results.get(self.keys[source.key], PASSED) != PASSED)

    def _import(self, source: Source) -> Any:
        self._wait()
        result = self.results[self.keys[source.key]]
        if result != PASSED:
            raise PluginUnavailable(*result)
        return source.module()

    def _wait(self) -> None:
        """Collect the results; the plugins behind one that ended the checking process are checked by another.

        A plugin that was not checked is not imported, and checked again next time.
        """
        certain: dict[str, CheckResult] = {}
        while self.unchecked:
            process, self.process = self.process or self._start(), None
            lines = self._output(process).splitlines()
            for source, line in zip(self.unchecked, lines, strict=False):
                if problem := json.loads(line):
                    certain[self.keys[source.key]] = CheckResult(*problem)
                else:
                    self.results[self.keys[source.key]] = NOT_FOUND
            self.unchecked = self.unchecked[len(lines) :]
            if self.unchecked and process.returncode < 0:
                certain[self.keys[self.unchecked.pop(0).key]] = KILLED_ITS_PARENT
            elif self.unchecked:
                logger.error("the import check of plugins did not run: see above")
                self.results |= {self.keys[source.key]: NOT_RUN for source in self.unchecked}
                self.unchecked = []
        if certain:
            self.results |= certain
            remembered_checks.write(certain)

    def _start(self) -> "subprocess.Popen[bytes]":
        keys = json.dumps([source.key for source in self.unchecked])
        options = [self.directory, keys, str(self.seconds), str(MEMORY_BYTES)]
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "registry.plugin_loading.import_check_child", *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": python_path(ROOT)},
            start_new_session=True,
        )

    def _output(self, process: "subprocess.Popen[bytes]") -> bytes:
        try:
            return process.communicate(timeout=self.seconds * len(self.unchecked) + GRACE_SECONDS)[0]
        except subprocess.TimeoutExpired as late:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return late.output or b""


def _needs_check(source: Source) -> bool:
    """Sources without content are built in, or import nothing."""
    return not source.disabled and bool(source.content)
