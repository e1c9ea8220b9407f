"""The four tables match every number printed in the supplementary information."""

import io
import math
from io import StringIO

import pandas as pd
import pytest
from django.core.management import call_command
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("paper")]

TABLE_1 = [
    ("NCM@0 wt% VGCF", "7.87×10³", "9.71×10⁻⁶"),
    ("NCM@1 wt% VGCF", "1.16×10³", "6.89×10⁻⁵"),
    ("NCM@2 wt% VGCF", "1.00×10", "7.64×10⁻³"),
    ("NCM@3 wt% VGCF", "1.30×10⁰", "5.88×10⁻²"),
]
TABLE_2 = [
    ("2", "0.366", "7.18"),
    ("5", "0.370", "7.41"),
    ("10", "0.376", "7.66"),
    ("15", "0.384", "8.03"),
    ("20", "0.396", "8.24"),
    ("25", "0.406", "8.40"),
]
# LPSCI of the scanned text is LPSCl; the stray blank in “LPSnS /LiIn” is removed; units are in the headers.
TABLE_3 = [
    ("1", "DPF-NCA/LPSC/Li", "2000", "0.2", "150", "65", "2.5", "1"),
    ("2", "NCM/LPSCl/Ag-coated Si", "200", "0.2", "146", "59", "15", "2"),
    ("3", "NCM/LPSCl/MgSiGr", "75", "0.2", "170", "83.7", "20", "3"),
    ("4", "NCM/LPSX/LTO", "150", "0.2", "154", "72.8", "2", "4"),
    ("5", "NCM/LPSnS/LiIn", "150", "0.2", "161", "92.6", "3", "5"),
    ("6", "NCM/LPSCl/W/Mg", "200", "3", "130", "86.7", "15", "6"),
    ("7", "NMC/LPSCl/Mg/W-Cu", "150", "0.33", "140", "75", "14", "7"),
    ("8", "NCM/LPSCl/LPSCl@Li", "800", "2", "80", "76.3", "Coin cell", "8"),
    ("9", "AZ@NCM/LPSCl/LiIn", "50", "0.2", "169.5", "90.8", "2", "9"),
    ("10", "NMC/LPSCl-AlCl₃/Li", "2200", "0.8", "110", "81", "5", "10"),
    ("This work", "NCM@Li-PEVA/LPSCl/Li", "1000", "1", "176", "90.9", "10", "This work"),
    ("This work", "NCM@Li-PEVA/LPSCl/Li", "3000", "2", "160", "80", "10", "This work"),
]
TABLE_4 = {
    "Cathode: mass loading / mg cm⁻²": "11.2",
    "Separator: mass loading / mg cm⁻²": "8.3",
    "Separator: thickness / µm": "50",
    "Anode: mass loading / mg cm⁻²": "14.3",
    "Anode: materials": "Li-In",
    "Discharge capacity / mAh": "18",
    "Positive electrode area / cm²": "3×3",
    "Separator area / cm²": "3.2×3.2",
    "Negative electrode area / cm²": "3.2×3.2",
    "Average discharge voltage / V": "3.11",
    "Energy density / Wh kg⁻¹": "170.2",
}


def table(slug: str) -> tuple[list[str], list[list[str]], str]:
    """Return header, rows (without footnote marks) and the text below a printed table."""
    output = StringIO()
    call_command("table", slug, stdout=output)
    text = output.getvalue()
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    rows = [[_unmarked(cell) for cell in line.strip("| ").split(" | ")] for line in lines]
    return rows[0], rows[2:], text.split(lines[-1])[1]


def _unmarked(cell: str) -> str:
    return cell.strip().rstrip("ᵃᵇᶜᵈ,").strip().strip("*")


def test_table_1_prints_resistance_and_conductivity_as_in_the_paper() -> None:
    header, rows, _ = table("electronic-conductivity-vgcf")
    assert header[:5] == ["Sample", "VGCF by mass / %", "Stack pressure / MPa", "Resistance / Ω", "σ_e / S cm⁻¹"]
    printed = [(row[0], row[3].removesuffix("¹") if row[0][4] == "2" else row[3], row[4]) for row in rows]
    assert printed == TABLE_1
    assert [(row[1], row[2]) for row in rows] == [("0", "10"), ("1", "10"), ("2", "10"), ("3", "10")]


def test_table_1_marks_only_the_inconsistent_row() -> None:
    _, _, below = table("electronic-conductivity-vgcf")
    assert below.count("they disagree") == 1
    assert "reported 6.89×10⁻⁵ S cm⁻¹, computed 6.59×10⁻⁵ S cm⁻¹ (reported − computed: +4.6 %)" in below


def test_table_1_marks_values_computed_from_inferred_inputs() -> None:
    assert "inferred" in table("electronic-conductivity-vgcf")[2]


def test_table_2_prints_both_conductivities_at_each_pressure_as_in_the_paper() -> None:
    header, rows, _ = table("conductivity-pressure")
    assert header[1:] == ["Pressure / MPa", "σ_ion / mS cm⁻¹", "σ_e / mS cm⁻¹"]
    assert [tuple(row[1:]) for row in rows] == TABLE_2


def test_table_3_prints_all_twelve_rows_as_in_the_paper() -> None:
    header, rows, _ = table("low-pressure-cells")
    derived = header.index("Capacity fade (derived) / % per cycle")
    assert [tuple(cell for column, cell in enumerate(row) if column != derived) for row in rows] == TABLE_3


def test_table_3_derives_the_fade_per_cycle() -> None:
    header, rows, _ = table("low-pressure-cells")
    fade = [float(row[header.index("Capacity fade (derived) / % per cycle")]) for row in rows]
    # (100 - retention) / cycles by hand: 35/2000, 41/200, ..., 20/3000.
    assert fade[0] == pytest.approx(0.0175)
    assert fade[1] == pytest.approx(0.205)
    assert fade[-1] == pytest.approx(0.006667, rel=1e-3)


def test_table_3_lists_the_ten_references_in_order_with_their_dois() -> None:
    below = table("low-pressure-cells")[2]
    first_authors = ["Zhang, W.", "Jun, S.", "Oh, J.", "Kwon, T. Y.", "Woo, J.", "Oh, J.", "Wang, Y.", "Li, J.",
                     "Ge, Z.", "Ren, P."]  # fmt: skip
    listed = [line for line in below.splitlines() if line.startswith("[")]
    assert [line.split("] ")[1].split(" et al.")[0] for line in listed] == first_authors
    dois = [number for number, line in enumerate(listed, start=1) if "doi:" in line]
    assert dois == [3, 7, 8, 10]
    assert "doi:10.1002/aenm.202404817" in listed[2]


def test_table_3_is_twelve_rows_of_numbers_for_pandas(client: Client) -> None:
    """What `pandas.read_csv` gets from the address of the table."""
    frame = pd.read_csv(io.BytesIO(client.get("/compare/low-pressure-cells/?format=csv").content))
    assert len(frame) == 12
    numbers = {
        "Number of cycles": 2,
        "Rate / C": 3,
        "Capacity / mAh g⁻¹": 4,
        "Capacity retention / %": 5,
        "Stack pressure / MPa": 6,
    }
    for title, column in numbers.items():
        printed = [float(row[column]) if row[column] != "Coin cell" else math.nan for row in TABLE_3]
        assert frame[title].tolist() == pytest.approx(printed, nan_ok=True)
    assert frame["Stack pressure, note"].tolist()[7] == "Coin cell"
    assert frame["DOI"].dropna().tolist()[0] == "10.1002/aenm.202404817"
    assert frame["Citation"].notna().sum() == 10


def test_table_4_prints_every_number_as_in_the_paper() -> None:
    header, rows, _ = table("pouch-energy-density")
    assert header == ["Cell", "Pouch cell"]
    printed = dict(rows)
    assert {name: printed[name] for name in TABLE_4} == TABLE_4
    assert printed["Cathode: materials"].startswith("NCM90 (80 wt.%)")
    assert printed["Separator: materials"] == "Li6PS5Cl, PTFE"


def test_table_4_matches_the_calculation_by_hand() -> None:
    printed = dict(table("pouch-energy-density")[1])
    # 55.98 mWh over 332.2 mg; 18 mAh over 80.64 mg of NCM90; 18 mAh over 9 cm².
    assert printed["Energy density, computed / Wh kg⁻¹"] == "168.5"
    assert float(printed["Specific capacity, computed / mAh g⁻¹"]) == pytest.approx(223, abs=0.5)
    assert float(printed["Areal capacity, computed / mAh cm⁻²"]) == pytest.approx(2.0)


@pytest.mark.parametrize("table_format", ["csv", "json", "html", "latex"])
@pytest.mark.parametrize("slug", ["electronic-conductivity-vgcf", "low-pressure-cells"])
def test_every_text_format_prints(slug: str, table_format: str) -> None:
    output = StringIO()
    call_command("table", slug, format=table_format, stdout=output)
    assert "1.30" in output.getvalue() or "169.5" in output.getvalue()
