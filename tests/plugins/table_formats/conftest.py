"""Tables that every format is tried on."""

import pytest

from registry.hookspecs import Heading, PrintedTable, TableCell
from registry.testing.example_table import GE, example_table


@pytest.fixture
def table() -> PrintedTable:
    """Every kind of cell, with labels that try to be a formula, a tag and a second column."""
    return example_table()


@pytest.fixture
def transposed_table() -> PrintedTable:
    """Wu et al. 2025, supplementary table 2, first two pressures, headings down the side."""
    headings = (
        Heading("stack_pressure_mpa", "Stack pressure", "MPa", numeric=True),
        Heading("ionic_conductivity_s_cm", "Ionic conductivity", "mS cm⁻¹", numeric=True),
        Heading("electronic_conductivity_s_cm", "Electronic conductivity", "mS cm⁻¹", numeric=True),
    )
    rows = tuple(
        (
            TableCell(pressure, pressure, float(pressure)),
            TableCell(ion, ion, float(ion)),
            TableCell(e, e, float(e), notes=notes),
        )
        for pressure, ion, e, notes in (("2", "0.366", "7.18", ()), ("5", "0.370", "7.41", (1,)))
    )
    return PrintedTable(
        "conductivity-pressure", "Conductivities", "", headings, rows, ("Stale.",), (GE,), transposed=True
    )


@pytest.fixture
def empty_table(table: PrintedTable) -> PrintedTable:
    return PrintedTable("none", "Nothing found", "", table.headings, ())


@pytest.fixture
def noted_table() -> PrintedTable:
    """Thirty rows with a footnote each, no references."""
    rows = tuple((TableCell(f"cell {n}"), TableCell(f"{n}", f"{n}", float(n), notes=(n,))) for n in range(1, 31))
    headings = (Heading("label", "Cell"), Heading("cycle_count", "Cycles", numeric=True))
    return PrintedTable("noted", "Noted", "", headings, rows, tuple(f"Remark {n}." for n in range(1, 31)))
