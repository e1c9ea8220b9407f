"""A table format is a plugin's: what it raises is told, and never ends the process that serves pages."""

import sys

import pytest

from registry.hookspecs import PrintedTable, TableFormat
from registry.selectors.comparison.rendering import RenderingError, render_table

TABLE = PrintedTable("t", "T", "", (), ())


def ends_the_process(table: PrintedTable) -> bytes:
    sys.exit("no template found")


def gives_text(table: PrintedTable) -> bytes:
    return table.title  # type: ignore[return-value]


def test_the_bytes_are_the_format_s() -> None:
    assert render_table(TableFormat("t", "text/plain", "txt", lambda table: table.title.encode()), TABLE) == b"T"


@pytest.mark.parametrize(
    ("render", "told"),
    [
        (ends_the_process, r"failed: SystemExit: no template found \(test_rendering.py:\d+\). Choose another."),
        (gives_text, "gave a str, not bytes. Choose another."),
    ],
)
def test_what_it_does_instead_is_told(render: object, told: str) -> None:
    with pytest.raises(RenderingError, match=told):
        render_table(TableFormat("odd", "text/plain", "txt", render), TABLE)  # type: ignore[arg-type]
