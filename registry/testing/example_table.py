"""Example table for checks of table formats."""

from registry.hookspecs import Heading, PrintedTable, Reference, TableCell

WU = Reference(
    1,
    "Zhang, W. et al. Revitalizing interphase – 100 % & more. Nat. Mater. 24, 414–423 (2025). doi:10.1000/xyz_1",
    doi="10.1000/xyz_1",
    bibtex="@article{zhang2025,\n  year = {2025}\n}",
)
GE = Reference(2, "Gé, Z. <i>Constructing</i> Li₃PS₄ glues. Chem. Eng. J. 467, 143409 (2023).")


def example_table() -> PrintedTable:
    """Return a table with every kind of cell, and labels that look like a formula, a tag and a column separator."""
    headings = (
        Heading("label", "Sample"),
        Heading("resistance_ohm", "Resistance", "Ω", numeric=True),
        Heading("electronic_conductivity_s_cm", "Electronic conductivity σ", "mS cm⁻¹", numeric=True),
        Heading("area_cm2", "Area", "cm²", numeric=True),
        Heading("stack_pressure_mpa", "Stack pressure", "MPa", numeric=True),
    )
    coin = TableCell("Coin cell", missing=True, origin="reported")
    three = TableCell("3×3", "3x3", 9.0)
    rows = (
        (
            TableCell('=cmd("calc")'),
            TableCell("7.87×10³", "7.87e3", 7870.0, 2.9, 7865.0, 7875.0, origin="reported", refcode="C-1"),
            TableCell("9.71×10⁻³", "9.71e-3", 9.71e-3, origin="computed", notes=(1,), stale=True),
            three,
            TableCell("10", "10", 10.0),
        ),
        (
            TableCell("<script>alert(1)</script>"),
            TableCell("-5", "-5", -5.0),
            TableCell("6.890", "6.890", 6.89),
            three,
            coin,
        ),
        (
            TableCell("a|b\\c *d* _e_ & 50 % #1 ~x^2 {y} $z$"),
            TableCell("> 80", "80", 80.0, notes=(1, 2), qualifier=">"),
            TableCell("168.5", "168.5", 168.4837, 2.0, 162.8, 174.2, origin="computed", inferred=True),
            three,
            TableCell("2", "2", 2.0),
        ),
        (
            TableCell("Gé–Łódź\nΔ 25 °C µm"),
            TableCell("1.00×10¹", "1.00e1", 10.0),
            coin,
            three,
            TableCell("-0.5", "-0.5", -0.5),
        ),
    )
    notes = ("Computed 6.59×10⁻³ mS cm⁻¹, 4.6 % less.", "=Deduced from the die | <b>inferred</b>")
    return PrintedTable("odd-cells", "Odd & ends", "-1 % of *all* cells", headings, rows, notes, (WU, GE))
