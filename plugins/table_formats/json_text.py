"""Comparison tables as JSON: every number with its digits, its bounds and where it came from."""

import json
from collections.abc import Sequence

from registry.contract.table_text import check_table, number_of
from registry.hookspecs import Heading, PrintedTable, TableCell, TableFormat, hookimpl

CONTRACT_VERSION = 2


def _unique_keys(headings: Sequence[Heading]) -> list[str]:
    """Return a key for each column, with its place: `relaxation_time_s@peak:2`; one printed twice, reported and
    computed, gets `_2` the second time."""
    keys: list[str] = []
    for heading in headings:
        name = f"{heading.key}@{heading.at}" if heading.at else heading.key
        key, count = name, 1
        while key in keys:
            count += 1
            key = f"{name}_{count}"
        keys.append(key)
    return keys


def _column(key: str, heading: Heading) -> dict[str, object]:
    return {
        "key": key,
        "title": heading.title,
        "unit": heading.unit,
        "numeric": heading.numeric,
        "at": heading.at,
    }


def _cell(cell: TableCell) -> dict[str, object]:
    return {
        "text": cell.text,
        "digits": cell.digits,
        "qualifier": number.qualifier if (number := number_of(cell)) else "",
        "value": cell.number,
        "uncertainty": cell.uncertainty,
        "uncertainty_digits": cell.uncertainty_digits,
        "lower": cell.lower,
        "upper": cell.upper,
        "origin": cell.origin,
        "missing": cell.missing,
        "notes": list(cell.notes),
        "refcode": cell.refcode,
        "stale": cell.stale,
        "inferred": cell.inferred,
        "differs": cell.differs,
    }


def as_dict(table: PrintedTable) -> dict[str, object]:
    """Return a table as plain data; `notes` of a cell count the footnotes from 1."""
    check_table(table)
    keys = _unique_keys(table.headings)
    return {
        "slug": table.slug,
        "title": table.title,
        "caption": table.caption,
        "columns": [_column(key, heading) for key, heading in zip(keys, table.headings, strict=True)],
        "rows": [{key: _cell(cell) for key, cell in zip(keys, row, strict=True)} for row in table.rows],
        "footnotes": list(table.footnotes),
        "references": [
            {"number": reference.number, "text": reference.text, "doi": reference.doi, "bibtex": reference.bibtex}
            for reference in table.references
        ],
        "transposed": table.transposed,
    }


def render(table: PrintedTable) -> bytes:
    """Write a table as strict JSON."""
    content = as_dict(table)
    try:
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, indent=2)
    except ValueError as error:
        raise ValueError(f"table {table.slug}: JSON has no NaN or infinity; mark the number as missing") from error
    return (text + "\n").encode()


@hookimpl
def register_table_formats() -> list[TableFormat]:
    """Add the format `json`."""
    return [TableFormat(name="json", media_type="application/json", extension="json", render=render)]
