"""The distribution `cellar-registry`: its packages, its commands, and a check that Python imports its own.

`registry`, `plugins` and `analyses` are names that others use too. This module has a name of its own, so that it can
say so when another package is imported in their place.
"""

import gc
import importlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

DISTRIBUTION = "cellar-registry"
PACKAGES = ("registry", "analyses", "plugins")
MARK = "Part of Cellar"
"""Stands in the docstring of each of the packages."""
ROOT = Path(__file__).resolve().parent
IS_CHECKOUT = (ROOT / "pyproject.toml").is_file()


class ForeignPackageError(ImportError):
    """A package of this name is imported, and it is not Cellar's; the text says where it is and how to fix it."""


def require_own_packages() -> None:
    """Raise ForeignPackageError unless `registry`, `analyses` and `plugins` are Cellar's own, and import them."""
    for name in PACKAGES:
        _require_own(name)
        # Imported now: what is put on sys.path later (gunicorn adds the current directory) cannot replace it.
        importlib.import_module(name)


def _require_own(name: str) -> None:
    own = ROOT / name / "__init__.py"
    try:
        spec = find_spec(name)
    except ValueError:
        # A module made by hand, which has no spec.
        spec = None
    origin = Path(spec.origin).resolve() if spec and spec.origin else None
    if origin == own and MARK in own.read_text(encoding="utf-8", errors="replace"):
        return
    if origin != own and own.is_file():
        imported = origin or "a module without a file"
        raise ForeignPackageError(
            f"Cellar cannot start: Python imports another package named ‘{name}’, {imported}, in place of Cellar's "
            f"own, {own}. Rename or move it, take its directory out of PYTHONPATH, or start Cellar elsewhere."
        )
    owners = list(_owners(name))
    culprit = f"the package {' and '.join(owners)}" if owners else "another package"
    uninstall = f"pip uninstall {' '.join(owners)}; " if owners else ""
    raise ForeignPackageError(
        f"Cellar cannot start: {own} is not Cellar's own; {culprit} was installed over ‘{name}’. "
        f"Fix it: {uninstall}pip install --force-reinstall --no-deps {DISTRIBUTION}"
    )


def _owners(name: str) -> Iterator[str]:
    """The other distributions that have installed a package of this name."""
    from importlib.metadata import distributions

    for distribution in distributions():
        title = distribution.metadata["Name"]
        if title != DISTRIBUTION and PurePosixPath(name, "__init__.py") in map(PurePosixPath, distribution.files or ()):
            yield title


def command(words: str) -> str:
    """A management command as it is typed here: `manage.py migrate` in a checkout, `cellar migrate` when installed."""
    return f"{program()} {words}"


def program() -> str:
    """What management commands begin with here."""
    return "manage.py" if IS_CHECKOUT else "cellar"


def python_command(*arguments: str) -> list[str]:
    """Arguments that start this Python where the current directory hides none of Cellar's packages."""
    return [sys.executable, "-P", *arguments]


def python_environment() -> Mapping[str, str]:
    """The environment in which `python_command` finds Cellar's packages."""
    if not IS_CHECKOUT:
        return os.environ
    known = os.environ.get("PYTHONPATH", "")
    return {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{known}" if known else str(ROOT)}


def set_up_django() -> None:
    """Load the apps. What they create stays in memory: searching it for garbage would cost a fifth of the time."""
    import django

    gc.disable()
    django.setup()
    gc.freeze()
    gc.enable()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a management command of the registry."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.settings")
    try:
        require_own_packages()
    except ForeignPackageError as error:
        sys.exit(str(error))
    from django.core.management import execute_from_command_line

    set_up_django()
    try:
        execute_from_command_line(list(sys.argv if arguments is None else arguments))
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output, `head` say, has had enough; the interpreter would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
