"""What third-party code raised, in one line: the error and the line of that code it came from."""

from pathlib import Path
from types import TracebackType

LONGEST = 500


def raised_words(error: BaseException, home: str = "") -> str:
    """`ZeroDivisionError: division by zero (resistance.py:12)`; the line is the last within the package `home`."""
    try:
        said = error.msg if isinstance(error, SyntaxError) else str(error)
    except BaseException:
        said = "its text cannot be read"
    kind = type(error).__name__
    said = said.strip()
    shown = said if len(said) <= LONGEST else f"{said[:LONGEST]} …"
    return f"{f'{kind}: {shown}' if shown else kind}{_place(error, home)}"


def _place(error: BaseException, home: str) -> str:
    """Where it was raised, as file and line, in brackets."""
    if isinstance(error, SyntaxError) and error.filename:
        return f" ({Path(error.filename).name}:{error.lineno})"
    found = (_last_frame(error.__traceback__, home) if home else None) or _last_frame(error.__traceback__)
    return f" ({Path(found.tb_frame.f_code.co_filename).name}:{found.tb_lineno})" if found else ""


def _last_frame(frame: TracebackType | None, package: str = "") -> TracebackType | None:
    """The innermost frame of code in a file, in the package if one is named."""
    found = None
    while frame is not None:
        module = str(frame.tb_frame.f_globals.get("__name__", ""))
        if package in ("", module.partition(".")[0]) and not frame.tb_frame.f_code.co_filename.startswith("<"):
            found = frame
        frame = frame.tb_next
    return found
