"""Results of import checks, remembered in a file of the data directory, so that each plugin is checked once.

A result holds for one content of a plugin (its code, version and entry point), one Python, one version of the contract
and one set of installed packages; a change of any of these, or `manage.py plugins --recheck`, has it checked again.
A file that is damaged, or that others may write, is ignored.
"""

import hashlib
import json
import logging
import os
import stat
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

from registry.data_directory import create_directory
from registry.hookspecs import CONTRACT_VERSION
from registry.plugin_loading.sources import Source

logger = logging.getLogger(__name__)
FILE = "import_checks.json"
LARGEST_FILE = 4 * 1024**2
MOST_RESULTS = 1000
LONGEST_TEXT = 2000


class CheckResult(NamedTuple):
    """The problem of a plugin: its code, its text and its details; all empty if it passed."""

    code: str = ""
    text: str = ""
    detail: str = ""


PASSED = CheckResult()


def key_of(source: Source, seconds: float) -> str:
    """A hash of everything the result of a check depends on."""
    depends_on = [*source.key, seconds, sys.version, CONTRACT_VERSION, _registry_version(), *_installed_packages()]
    return hashlib.sha256(json.dumps(depends_on).encode()).hexdigest()


def read(keys: Iterable[str]) -> dict[str, CheckResult]:
    """The remembered results of these keys."""
    remembered = _read_all()
    return {key: remembered[key] for key in keys if key in remembered}


def write(results: Mapping[str, CheckResult]) -> None:
    """Remember more results; where the file cannot be written, the plugins are checked again next time."""
    kept = _read_all()
    for key in results:
        kept.pop(key, None)
    latest = list({**kept, **results}.items())[-MOST_RESULTS:]
    path = _path()
    try:
        create_directory(path.parent)
        # mkstemp makes a file that only this user can read and write.
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{FILE}-")
        try:
            with os.fdopen(descriptor, "w") as opened:
                json.dump(dict(latest), opened)
            os.replace(name, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(name)
            raise
    except OSError as error:
        logger.warning("import checks of plugins cannot be remembered in %s: %s", path, error.strerror)


def _path() -> Path:
    from django.conf import settings

    return Path(settings.DATA_DIR) / FILE


def _read_all() -> dict[str, CheckResult]:
    """Every valid result in the file, in the order they were made."""
    try:
        descriptor = os.open(_path(), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as opened:
            status = os.fstat(opened.fileno())
            is_own = status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
            if not stat.S_ISREG(status.st_mode) or not is_own or status.st_size > LARGEST_FILE:
                return {}
            content = json.loads(opened.read(LARGEST_FILE))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {key: CheckResult(*result) for key, result in content.items() if _is_result(result)}


def _is_result(result: object) -> bool:
    if not isinstance(result, list) or len(result) != len(PASSED):
        return False
    return all(isinstance(text, str) and len(text) <= LONGEST_TEXT for text in result)


@cache
def _registry_version() -> str:
    """SHA-256 of the modules the check depends on: another version of them checks anew."""
    digest = hashlib.sha256()
    registry = Path(__file__).parents[1]
    packages = ("contract", "numbers", "plugin_loading", "sandbox")
    modules = [path for package in packages for path in registry.glob(f"{package}/*.py")]
    for path in sorted([*modules, registry / "hookspecs.py"]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _installed_packages() -> list[int]:
    """When packages were last installed or removed: a plugin may have lacked one."""
    places = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    return [os.stat(place_).st_mtime_ns for place_ in sorted(places) if os.path.isdir(place_)]
