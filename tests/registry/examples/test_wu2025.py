"""The worked example: its records, inferred inputs and audit findings."""

from io import StringIO

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command

from registry.contract.builtin_vocabulary import BUILTIN_TECHNIQUES
from registry.models import (
    AnalysisRun,
    Cell,
    Dataset,
    GroupRun,
    HardwareSetup,
    Layer,
    Material,
    Measurement,
    Publication,
    Value,
)
from registry.selectors.audit.audit import list_findings
from registry.selectors.query.parsing import parse_list_query
from registry.selectors.query.to_sql import filter_cells

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("paper")]


def test_the_audit_finds_only_the_disagreement_of_table_1() -> None:
    disagreeing = [finding for finding in list_findings(None) if not finding.agrees]
    assert [finding.measurement.cell.label for finding in disagreeing] == ["NCM@1 wt% VGCF"]
    assert disagreeing[0].deviation_percent == pytest.approx(4.6, abs=0.05)
    assert disagreeing[0].computed_estimate.magnitude == pytest.approx(6.59e-5, abs=0.005e-5)


def test_the_audit_finds_the_energy_density_consistent_within_rounding() -> None:
    (energy_density,) = [
        finding for finding in list_findings(None) if finding.reported.quantity == "gravimetric_energy_density_wh_kg"
    ]
    assert energy_density.agrees
    assert energy_density.deviation_percent == pytest.approx(1.0, abs=0.05)
    # The reading notes: 168.5 Wh/kg in [162.8, 174.2].
    bounds = energy_density.computed_estimate.interval()
    assert bounds == (pytest.approx(162.8, abs=0.05), pytest.approx(174.2, abs=0.05))


def test_the_audit_command_names_the_cell_and_both_numbers() -> None:
    output = StringIO()
    call_command("audit", stdout=output)
    assert "1 disagrees, 4 consistent" in output.getvalue()
    assert "NCM@1 wt% VGCF" in output.getvalue()
    assert "reported 6.89×10⁻⁵ S cm⁻¹, computed 6.59×10⁻⁵ S cm⁻¹ (reported − computed: +4.6 %)" in output.getvalue()


def test_large_and_small_particles_are_variants_of_one_electrolyte() -> None:
    variants = Material.objects.filter(variant_of__name="Li6PS5Cl").values_list("name", flat=True)
    assert {"L-LPSCl", "S-LPSCl"} <= set(variants)


@pytest.mark.parametrize("name", ["LPSCl", "LPSC", "LPSCI", "Li6PS5Cl", "argyrodite"])
def test_every_synonym_of_the_electrolyte_finds_the_symmetric_cell(name: str) -> None:
    cells = filter_cells(parse_list_query({"electrolyte": [name]}), AnonymousUser())
    assert cells.filter(label="Li | S-LPSCl | Li").exists()


@pytest.mark.parametrize(
    ("part", "name", "rows"),
    [("anode", "Li-In", {"5", "9"}), ("anode", "LiIn", {"5", "9"}), ("cathode", "NCA", {"1"}), ("anode", "Si", {"2"})],
)
def test_literature_cells_are_found_by_layer_material(part: str, name: str, rows: set[str]) -> None:
    cells = filter_cells(parse_list_query({part: [name], "origin": ["literature"]}), AnonymousUser())
    labels = Measurement.objects.filter(cell__in=cells).values_list("label", flat=True)
    assert {label.rpartition(" ")[2] for label in labels} == rows


def test_the_geometry_of_table_1_is_marked_inferred() -> None:
    layer = Layer.objects.get(cell__label="NCM@0 wt% VGCF")
    die = HardwareSetup.objects.get()
    thickness, diameter = layer.estimate("thickness_um"), die.estimate("die_diameter_mm")
    assert thickness is not None
    assert diameter is not None
    assert (thickness.magnitude, thickness.inferred) == (600, True)
    assert (diameter.magnitude, diameter.half_width, diameter.inferred) == (10, 0, True)


def test_ten_publications_and_the_paper_have_the_printed_dois() -> None:
    assert Publication.objects.count() == 11
    assert set(Publication.objects.exclude(doi="").values_list("doi", flat=True)) == {
        "10.1002/aenm.202404817",
        "10.1002/adma.202410948",
        "10.1002/adfm.202504546",
        "10.1002/adfm.202501573",
    }
    assert Publication.objects.get(key="zhang2025").pages == "414–423"


@pytest.mark.parametrize(
    "figure",
    ["1a", "1b", "1c", "1d", "2", "3b", "3c", "7a", "7b", "7c", "7d", "8", "9a", "9b", "9c", "10", "11", "12", "13"],
)
def test_each_readable_figure_is_a_measurement(figure: str) -> None:
    assert Measurement.objects.filter(label__regex=rf"Fig\. {figure}([^0-9a-z]|$)").exists()


@pytest.mark.parametrize("figure", ["4", "5", "6"])
def test_an_unreadable_figure_is_not_invented(figure: str) -> None:
    assert not Measurement.objects.filter(label__regex=rf"Fig\. {figure}([^0-9]|$)").exists()


def test_every_technique_of_the_paper_is_used_and_no_data_are_attached() -> None:
    techniques = {item.slug for item in BUILTIN_TECHNIQUES} - {"open_circuit"}
    assert set(Measurement.objects.values_list("technique", flat=True)) == techniques
    assert not Dataset.objects.exists()


def test_a_missing_pressure_has_its_reason() -> None:
    measurement = Measurement.objects.get(label="Supplementary Table 3, row 8")
    condition = measurement.condition("stack_pressure_mpa")
    assert (condition.written, condition.magnitude, condition.missing) == ("Coin cell", None, "Coin cell")


def test_everyone_can_see_it() -> None:
    assert Cell.objects.visible_to(AnonymousUser()).count() == Cell.objects.count() == 34


def test_loading_and_analysing_again_changes_nothing() -> None:
    def counts() -> list[int]:
        histories = [model.history.count() for model in (Cell, Layer, Material, Measurement, Publication)]
        return [*histories, Value.objects.count(), AnalysisRun.objects.count()]

    before, output = counts(), StringIO()
    call_command("load_example", "wu2025", stdout=output)
    call_command("analyze", stdout=output)
    assert counts() == before
    assert "already loaded" in output.getvalue()
    assert "Nothing to run" in output.getvalue()


def test_no_analysis_fails() -> None:
    assert not AnalysisRun.objects.filter(status="failed").exists()
    assert AnalysisRun.objects.filter(status="refused", analysis="electronic-conductivity").count() == 8


def test_loading_counts_the_records(paper: str) -> None:
    assert "1 project, 11 publications, 22 materials" in paper


def test_the_conductivity_depends_on_the_vgcf_content() -> None:
    run = GroupRun.objects.get(group__slug="vgcf-content")
    assert run.status == "done"
    curve = run.curves.get(y_quantity="electronic_conductivity_s_cm")
    (points,) = curve.data["series"]
    assert points["x"] == [0, 1, 2, 3]
    assert points["y"] == pytest.approx([9.71e-6, 6.59e-5, 7.64e-3, 5.88e-2], rel=1e-3)
