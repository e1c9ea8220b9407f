"""Table formats of plugins: errors are reported and never end the server process."""

import sys

import pytest

from registry.hookspecs import PrintedTable, TableFormat
from registry.selectors.comparison.rendering import RenderingError, render_table

TABLE = PrintedTable("t", "T", "", (), ())


def ends_the_process(table: PrintedTable) -> bytes:
    sys.exit("no template")


def gives_text(table: PrintedTable) -> bytes:
    return table.title  # type: ignore[return-value]


def test_returns_the_rendered_bytes() -> None:
    assert (
        render_table(
            TableFormat(name="t", media_type="text/plain", extension="txt", render=lambda table: table.title.encode()),
            TABLE,
        )
        == b"T"
    )


@pytest.mark.parametrize(
    ("render", "message"),
    [
        (ends_the_process, r"SystemExit: no template \(test_rendering.py:\d+\)"),
        (gives_text, "returned str, not bytes"),
    ],
)
def test_reports_failures(render: object, message: str) -> None:
    with pytest.raises(RenderingError, match=message):
        render_table(TableFormat(name="broken", media_type="text/plain", extension="txt", render=render), TABLE)  # type: ignore[arg-type]
