"""The column mapping suggested for a text or a sheet that was refused, as parameters of the refusal."""

from collections.abc import Mapping, Sequence
from typing import Any

from registry.contract.reader_support.files.plain_text import decoded
from registry.contract.reader_support.mapping.mapping_suggestion import SuggestedColumn, suggest_columns
from registry.contract.reader_support.tables.text_layout import MIN_COLUMNS, detect_layout, is_number, split_cells

MOST_ROWS = 5000
MOST_LINES_ABOVE = 1000


def suggest_for_text(content: bytes) -> dict[str, Any]:
    """Return the mapping suggested for a text, with its reasons, as parameters of a refusal; empty if there is none."""
    written = decoded(content)[0].splitlines()
    layout = detect_layout(written[:MOST_LINES_ABOVE])
    if layout is None:
        return {}
    rows = [
        split_cells(line, layout.delimiter) for line in written[layout.first_row - 1 : layout.first_row + MOST_ROWS]
    ]
    rows = [row for row in rows if len(row) == len(layout.headers)]
    decimal = "," if layout.delimiter != "," and any("," in cell for row in rows for cell in row) else "."
    cells = [[row[index].replace(decimal, ".") for row in rows] for index in range(len(layout.headers))]
    columns = suggest_columns(layout.headers, cells, has_headers=layout.header_line > 0)
    header_line = {"header_line": layout.header_line} if layout.header_line > 1 else {}
    return suggestion_parameters(columns, {**header_line, "delimiter": layout.delimiter}) if columns else {}


def suggest_for_rows(rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Return the mapping suggested for the cells of a sheet, as parameters of a refusal; empty if there is none."""
    first = next((index for index, row in enumerate(rows) if _is_row_of_numbers(row)), None)
    if first is None:
        return {}
    above = [cell.strip() for cell in rows[first - 1]] if first else []
    written = [name for name in above if name]
    has_headers = len(set(written)) == len(written) > 1 and not any(is_number(name) for name in written)
    headers = above if has_headers else [str(index) for index in range(len(rows[first]))]
    body = [row for row in rows[first:] if len(row) == len(headers)]
    decimal = "," if not any("." in cell for row in body for cell in row) else "."
    cells = [[row[index].replace(decimal, ".") for row in body] for index in range(len(headers))]
    columns = suggest_columns(headers, cells, has_headers=has_headers)
    return suggestion_parameters(columns, {}) if columns else {}


def _is_row_of_numbers(row: Sequence[str]) -> bool:
    written = [cell for cell in row if cell]
    numbers = sum(is_number(cell) for cell in written)
    return numbers >= MIN_COLUMNS and 2 * numbers >= len(written)


def suggestion_parameters(columns: Sequence[SuggestedColumn], layout: Mapping[str, Any]) -> dict[str, Any]:
    """Return the mapping and its reasons as parameters of a refusal; `layout` has `delimiter`, `header_line`."""
    return {
        "suggested_mapping": {"columns": {column.header: column.name for column in columns}, **layout},
        "suggested_because": [
            {"column": column.header, "name": column.name, "confidence": column.confidence, "reason": column.reason}
            for column in columns
        ],
    }
