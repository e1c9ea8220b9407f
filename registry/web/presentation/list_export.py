"""Lists as CSV and JSON: plain column names with units, numbers as numbers, their uncertainty, bounds, qualifier and
origin in columns of their own."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from registry.contract.table_text import guarded, plain_decimal
from registry.numbers.catalogue import get_or_placeholder
from registry.numbers.parsing import ParsedNumber
from registry.selectors.list_numbers import Number
from registry.selectors.query.errors import QueryError
from registry.web.presentation.number_columns import column_scale, plain_number

CHUNK = 500
MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@dataclass(frozen=True)
class ExportRow:
    """A record: its texts, and its numbers by quantity."""

    texts: Sequence[str]
    numbers: Mapping[str, Sequence[Number]]


Describe = Callable[[list[int]], list[ExportRow]]


def send(
    filename: str, texts: Sequence[str], slugs: Sequence[str], *, pks: Sequence[int], describe: Describe
) -> HttpResponseBase:
    """The records with these primary keys, in their order, sent while they are read."""
    columns = [*texts, *(column for slug in slugs for column in _number_columns(slug))]
    chunks = (pks[start : start + CHUNK] for start in range(0, len(pks), CHUNK))
    rows = (_build_row(row, slugs) for chunk in chunks for row in describe(list(chunk)))
    return send_rows(filename, columns, rows)


def send_rows(filename: str, columns: Sequence[str], rows: Iterator[list[Any]]) -> HttpResponseBase:
    """A table of texts and numbers, sent while it is read."""
    ending = filename.rpartition(".")[2]
    write, disposition = (_write_csv, "attachment") if ending == "csv" else (_write_json, "inline")
    response = StreamingHttpResponse(write(columns, rows), content_type=MEDIA_TYPES[ending])
    response.headers["Content-Disposition"] = f'{disposition}; filename="{filename}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def refuse(error: QueryError, ending: str, status: int = 400) -> HttpResponse:
    """Why a query cannot be answered, in the same format."""
    if ending == "json":
        body = json.dumps({"error": str(error), "code": error.code, "parameter": error.parameter})
        return HttpResponse(body, status=status, content_type=MEDIA_TYPES["json"])
    return HttpResponse(f"{error}\n", status=status, content_type="text/plain; charset=utf-8")


def _number_columns(slug: str) -> list[str]:
    """The names of the columns of a quantity: `Retention / %`, `Retention, uncertainty / %` and so on, as in tables."""
    _, _, unit = column_scale(slug)
    name = get_or_placeholder(slug).name
    with_unit = f" / {unit}" if unit else ""
    companions = [f"{name}, {part}{with_unit}" for part in ("uncertainty", "lower bound", "upper bound")]
    return [
        f"{name}{with_unit}",
        *companions,
        *(f"{name}, {part}" for part in ("qualifier", "origin", "measurements", "note")),
    ]


def entered_columns(slug: str) -> list[str]:
    """The names of the columns of a number that was entered with a record."""
    quantity = get_or_placeholder(slug)
    unit = f" / {quantity.unit_label}" if quantity.unit_label else ""
    bounds = [f"{quantity.name}, {part}{unit}" for part in ("lower bound", "upper bound")]
    return [f"{quantity.name}{unit}", *bounds, f"{quantity.name}, qualifier"]


def entered_cells(number: ParsedNumber | None) -> list[Any]:
    """A number entered with a record, with its bounds and qualifier."""
    if number is None or number.magnitude is None:
        return [None, None, None, ""]
    return [number.magnitude, number.lower, number.upper, number.sign]


def check_no_parameters(request: HttpRequest) -> None:
    """Raise QueryError if a list without filters is asked to filter."""
    for name in request.GET:
        raise QueryError(name, f"Unknown parameter ‘{name}’: this list has no filters.", "unknown-parameter")


def _build_row(row: ExportRow, slugs: Sequence[str]) -> list[Any]:
    cells: list[Any] = list(row.texts)
    for slug in slugs:
        cells += _number_cells(row.numbers.get(slug, ()))
    return cells


def _number_cells(numbers: Sequence[Number]) -> list[Any]:
    """One number with all that is known of it; of several that differ only a note, since a range is not an
    uncertainty."""
    with_number = [row for row in numbers if row.magnitude is not None]
    if not with_number:
        return [None, None, None, None, "", "", None, numbers[0].missing if numbers else ""]
    plain = [plain_number(row) for row in with_number]
    first, last = plain[0], plain[-1]
    origin = " and ".join(sorted({item.origin for item in plain if item.origin}))
    if float(first.digits) == float(last.digits) and len({item.qualifier for item in plain}) == 1:
        qualified = [first.qualifier, origin, len(plain), ""]
        return [_number(first.digits), first.uncertainty, first.lower, first.upper, *qualified]
    texts = [f"{item.qualifier}{item.digits}" for item in plain]
    is_range = float(first.digits) != float(last.digits)
    note = f"{texts[0]} to {texts[-1]}" if is_range else " and ".join(dict.fromkeys(texts))
    return [None, None, None, None, "", origin, len(plain), note]


def _number(digits: str) -> float | int:
    return int(digits) if digits.lstrip("-").isdecimal() else float(digits)


class _Echo:
    """A file that returns what is written to it."""

    def write(self, text: str) -> str:
        return text


def _write_csv(columns: Sequence[str], rows: Iterator[list[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    yield writer.writerow([guarded(column) for column in columns])
    for row in rows:
        yield writer.writerow([guarded(cell) if isinstance(cell, str) else _shown(cell) for cell in row])


def _shown(cell: float | None) -> str | float:
    return "" if cell is None else plain_decimal(cell) if isinstance(cell, float) else cell


def _write_json(columns: Sequence[str], rows: Iterator[list[Any]]) -> Iterator[str]:
    """An array of objects, one a line."""
    separator = "[\n"
    for row in rows:
        yield separator + json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False)
        separator = ",\n"
    yield "[]\n" if separator == "[\n" else "\n]\n"
