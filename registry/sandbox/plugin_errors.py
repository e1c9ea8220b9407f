"""Errors raised by plugin code, in one line: the error and the line of the plugin it came from."""

from pathlib import Path
from types import TracebackType

LONGEST = 500


def error_summary(error: BaseException, package: str = "") -> str:
    """`ZeroDivisionError: division by zero (resistance.py:12)`; the line is the last one within the package."""
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
    except BaseException:
        text = "its text cannot be read"
    kind, text = type(error).__name__, text.strip()
    shown = text if len(text) <= LONGEST else f"{text[:LONGEST]} …"
    return f"{f'{kind}: {shown}' if shown else kind}{_location(error, package)}"


def _location(error: BaseException, package: str) -> str:
    """File and line, in brackets."""
    if isinstance(error, SyntaxError) and error.filename:
        return f" ({Path(error.filename).name}:{error.lineno})"
    frame = (_last_frame(error.__traceback__, package) if package else None) or _last_frame(error.__traceback__)
    return f" ({Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno})" if frame else ""


def _last_frame(frame: TracebackType | None, package: str = "") -> TracebackType | None:
    """The innermost frame of code in a file, in the package if one is named."""
    last = None
    while frame is not None:
        module = str(frame.tb_frame.f_globals.get("__name__", ""))
        if package in ("", module.partition(".")[0]) and not frame.tb_frame.f_code.co_filename.startswith("<"):
            last = frame
        frame = frame.tb_next
    return last
