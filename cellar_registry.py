"""The distribution `cellar-registry`: its packages, its commands, and a check that Python imports the right packages.

Other projects also use the names `registry`, `plugins` and `analyses`. The name of this module is unique, so it can
report that another package is imported instead.
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
"""Text in the docstring of each package."""
ROOT = Path(__file__).resolve().parent
IS_CHECKOUT = (ROOT / "pyproject.toml").is_file()


class ForeignPackageError(ImportError):
    """Python imports another package of this name; the message says which, and how to fix it."""


def require_own_packages() -> None:
    """Import `registry`, `analyses` and `plugins`; raise ForeignPackageError if one is not Cellar's."""
    for name in PACKAGES:
        _require_own_package(name)
        # Import it now, so that later changes of sys.path (gunicorn adds the current directory) cannot replace it.
        importlib.import_module(name)


def _require_own_package(name: str) -> None:
    own_file = ROOT / name / "__init__.py"
    try:
        spec = find_spec(name)
    except ValueError:
        # A module created in code has no spec.
        spec = None
    origin = Path(spec.origin).resolve() if spec and spec.origin else None
    if origin == own_file and MARK in own_file.read_text(encoding="utf-8", errors="replace"):
        return
    if origin != own_file and own_file.is_file():
        imported = origin or "a module without a file"
        raise ForeignPackageError(
            f"Cellar cannot start: Python imports another package named ‘{name}’, {imported}, instead of {own_file}. "
            "Rename or move it, remove its directory from PYTHONPATH, or start Cellar from another directory."
        )
    others = list(_other_distributions(name))
    culprit = " and ".join(others) or "another package"
    uninstall = f"pip uninstall {' '.join(others)}; " if others else ""
    raise ForeignPackageError(
        f"Cellar cannot start: {culprit} has overwritten its package ‘{name}’ ({own_file}). "
        f"To fix it: {uninstall}pip install --force-reinstall --no-deps {DISTRIBUTION}"
    )


def _other_distributions(name: str) -> Iterator[str]:
    """Names of other installed distributions with a package of this name."""
    from importlib.metadata import distributions

    for distribution in distributions():
        owner = distribution.metadata["Name"]
        if owner != DISTRIBUTION and PurePosixPath(name, "__init__.py") in map(PurePosixPath, distribution.files or ()):
            yield owner


def command(arguments: str) -> str:
    """A management command as typed: `manage.py migrate` in a checkout, `cellar migrate` when installed."""
    return f"{program()} {arguments}"


def program() -> str:
    """The name of the program that runs management commands."""
    return "manage.py" if IS_CHECKOUT else "cellar"


def python_command(*arguments: str) -> list[str]:
    """A command line for this Python interpreter that does not import from the current directory."""
    return [sys.executable, "-P", *arguments]


def python_environment() -> Mapping[str, str]:
    """The environment in which `python_command` finds Cellar's packages."""
    if not IS_CHECKOUT:
        return os.environ
    python_path = os.environ.get("PYTHONPATH", "")
    return {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{python_path}" if python_path else str(ROOT)}


def set_up_django() -> None:
    """Load the apps. What they create stays in memory: searching it for garbage would cost a fifth of the time."""
    import django

    gc.disable()
    django.setup()
    gc.freeze()
    gc.enable()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a management command."""
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
        # The reader of the output (`head`, say) closed the pipe; keep the interpreter from reporting it again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
