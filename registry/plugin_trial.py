"""Which plugins not built in may be imported here: found out in a process apart, once for each state of each."""

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

from registry.plugin_sources import BUILT_IN, NoPlugin, Source

logger = logging.getLogger(__name__)
ROOT = Path(__file__).parent.parent
MEMORY_BYTES = 4 * 1024**3
GRACE_SECONDS = 30
FIT = ("", "")
_found: dict[tuple[str, str], tuple[str, str]] = {}
"""By name and state of a plugin the text of what is wrong with it, and the detail; both empty if nothing is."""


class Trial:
    """Begins at once, and is waited for when the first plugin on trial is asked for: others load meanwhile."""

    def __init__(self, sources: Sequence[Source], directory: str, seconds: float) -> None:
        self.directory = directory
        self.seconds = seconds
        self.sources = [replace(one, module=partial(self._module, one)) if _is_tried(one) else one for one in sources]
        self.untried = [one for one in sources if _is_tried(one) and one.key not in _found]
        self.process = self._started() if self.untried else None

    def unfit(self) -> tuple[str, ...]:
        """The names of those that are imported nowhere."""
        return tuple(one.name for one in self.sources if _is_tried(one) and _found.get(one.key, FIT) != FIT)

    def _module(self, source: Source) -> Any:
        self._wait()
        text, detail = _found[source.key]
        if text:
            raise NoPlugin(text, detail)
        return source.module()

    def _wait(self) -> None:
        while self.untried:
            process, self.process = self.process or self._started(), None
            found = [json.loads(line) for line in self._said(process).splitlines()]
            for source, (text, detail) in zip(self.untried, found, strict=False):
                _found[source.key] = (text, detail)
            self.untried = self.untried[len(found) :]
            if self.untried and process.returncode < 0:
                text = "killed the process that started it: leave processes alone that it did not start"
                _found[self.untried.pop(0).key] = (text, "")
            elif self.untried:
                logger.error("plugins cannot be tried apart before they are imported: see above")
                _found.update((one.key, FIT) for one in self.untried)
                self.untried = []

    def _started(self) -> "subprocess.Popen[bytes]":
        wanted = json.dumps([one.name for one in self.untried])
        options = [self.directory, wanted, str(self.seconds), str(MEMORY_BYTES)]
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "registry.apart.trial", *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            start_new_session=True,
        )

    def _said(self, process: "subprocess.Popen[bytes]") -> bytes:
        try:
            return process.communicate(timeout=self.seconds * len(self.untried) + GRACE_SECONDS)[0]
        except subprocess.TimeoutExpired as late:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return late.output or b""


def _is_tried(source: Source) -> bool:
    return source.origin != BUILT_IN and not source.disabled and bool(source.state)
