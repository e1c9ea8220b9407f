"""Values of the cells of a recipe series as a table: one row a cell, one column a quantity under its conditions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from registry.contract.estimate_encoding import LIST
from registry.models import GroupRun, GroupValue
from registry.numbers.catalogue import get_or_placeholder
from registry.numbers.formatting import format_digits, needs_powers
from registry.web.presentation.group_inputs import format_group_conditions, format_group_fact
from registry.web.presentation.text import format_heading, format_number

CELL = "cell"
"""Kind of the places whose values are those of the cells."""


@dataclass(frozen=True)
class CellRow:
    """The values of one cell of a group."""

    refcode: str
    recipe: str
    """The recipe number that the run used."""
    cells: tuple[tuple[str, bool], ...]
    """The number in each column, empty if the cell has none, and whether it is inferred."""


@dataclass(frozen=True)
class CellTable:
    """The values of the cells of a group."""

    headings: tuple[tuple[str, str], ...]
    """Quantity with its unit, and conditions, of each column."""
    rows: tuple[CellRow, ...]


def build_cell_table(run: GroupRun, values: Iterable[GroupValue]) -> CellTable | None:
    """The table of the values of a run that are those of its cells; None if there are none."""
    columns: dict[tuple[str, str], dict[int, GroupValue]] = {}
    for value in values:
        if value.at_kind == CELL and value.at_number is not None:
            heading = format_heading(get_or_placeholder(value.quantity)), format_group_conditions(value.conditions)
            columns.setdefault(heading, {})[value.at_number] = value
    if not columns:
        return None
    refcodes = (run.inputs.get("group.members") or {}).get(LIST, ())
    styled = [(column, _needs_powers(column.values())) for column in columns.values()]
    rows = (_row(run.inputs, refcode, number, styled) for number, refcode in enumerate(refcodes, start=1))
    return CellTable(tuple(columns), tuple(rows))


def _needs_powers(values: Iterable[GroupValue]) -> bool | None:
    """Whether the numbers of a column have powers of ten, all or none of them."""
    return needs_powers([format_digits(estimate) for value in values if (estimate := value.estimate())])


def _row(
    inputs: Mapping[str, Any],
    refcode: str,
    number: int,
    columns: Iterable[tuple[Mapping[int, GroupValue], bool | None]],
) -> CellRow:
    path = f"members.{refcode}.recipe_number"
    recipe = format_group_fact(path, inputs[path], inputs.get("group.over") or "") if path in inputs else ""
    cells = tuple(_number(column.get(number), scientific) for column, scientific in columns)
    return CellRow(refcode, recipe, cells)


def _number(value: GroupValue | None, scientific: bool | None) -> tuple[str, bool]:
    estimate = value.estimate() if value else None
    if value is None or estimate is None:
        return "", False
    return format_number(estimate, get_or_placeholder(value.quantity), scientific=scientific), estimate.inferred
