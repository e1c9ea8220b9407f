"""Log records and warnings of a library while it reads a file, as messages of the datasets."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from registry.contract.outcome import Message

MOST_REPORTS = 20
LONGEST_REPORT = 300
ABOUT_CODE = (DeprecationWarning, PendingDeprecationWarning, FutureWarning, ImportWarning, ResourceWarning)
"""Warnings for developers of the library, not about the file."""


class _Reports(logging.Handler):
    """Keeps each different report once, in order, with the library it is from."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.reports: dict[tuple[str, str], None] = {}

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = record.getMessage()
        except (TypeError, ValueError):  # a library that logs a malformed template is not a reason to refuse a file
            text = str(record.msg)
        self.add(record.name.partition(".")[0], text)

    def add(self, library: str, text: str) -> None:
        self.reports.setdefault((library, " ".join(text.split())[:LONGEST_REPORT]))


@contextmanager
def collected_reports() -> Iterator[list[Message]]:
    """Yield a list that has, afterwards, a warning for each different text logged or warned meanwhile.

    Logged is what has the level of a warning or more. Of more than 20, the others are counted in a last message.
    """
    messages: list[Message] = []
    handler, root = _Reports(), logging.getLogger()
    root.addHandler(handler)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield messages
    finally:
        root.removeHandler(handler)
    for warning in caught:
        if not issubclass(warning.category, ABOUT_CODE):
            handler.add(_library(warning.filename), str(warning.message))
    reports = list(handler.reports)
    messages += [_message(library, text) for library, text in reports[:MOST_REPORTS]]
    if len(reports) > MOST_REPORTS:
        messages.append(
            Message(
                "further-library-reports",
                "Further reports of the libraries that read the file: {count}.",
                "warning",
                count=len(reports) - MOST_REPORTS,
            )
        )


def _message(library: str, text: str) -> Message:
    return Message(
        "library-report",
        "Reported by {library} while reading the file: {report}",
        "warning",
        library=library,
        report=text,
    )


def _library(filename: str) -> str:
    """Return the package of a source file: the directory in `site-packages`, otherwise the name of the file."""
    parts = Path(filename).parts
    if "site-packages" in parts[:-1]:
        return parts[parts.index("site-packages") + 1].removesuffix(".py")
    return Path(filename).stem
