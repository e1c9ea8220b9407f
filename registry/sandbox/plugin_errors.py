"""Errors raised by plugin code, in one line: the error and the line of the plugin it came from."""

from pathlib import Path
from types import TracebackType

from registry.contract.outcome import Message

LONGEST = 500


def error_summary(error: BaseException, package: str = "") -> str:
    """`ZeroDivisionError: division by zero (resistance.py:12)`; the line is the last one within the package."""
    return plugin_error(error, package).text


def plugin_error(error: BaseException, package: str = "") -> Message:
    """The message of an error, with its kind, its text and its place as parameters."""
    kind, location = type(error).__name__, _location(error, package)
    if text := _error_text(error):
        return Message("plugin-error", "{kind}: {error}{location}", "warning", kind=kind, error=text, location=location)
    return Message("plugin-error", "{kind}{location}", "warning", kind=kind, location=location)


def _error_text(error: BaseException) -> str:
    try:
        text = (error.msg if isinstance(error, SyntaxError) else str(error)).strip()
    except BaseException:
        return "its text cannot be read"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


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
