"""A cell with everything a page shows: layers, a raw file, a reported and a computed value, a refusal, a curve."""

import io

import pytest

from registry.models import AnalysisRun, Cell, Dataset, Layer, Measurement, Project
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.services.files.dataset import add_file
from registry.services.runs.analysis import run_jobs
from tests import factories

PER_CYCLE = "cycle,charge capacity (mAh),discharge capacity (mAh)\n" + "".join(
    f"{number},{2.01 - 0.001 * number:.4f},{2 - 0.001 * number:.4f}\n" for number in range(1, 51)
)

ANALYSES = ("electronic-conductivity", "capacity-retention", "energy-density")
"""One with a number next to a reported one, one with a curve, one that refuses."""


def fill(project: Project, name: str = "Pellet") -> Cell:
    """Table 1's 1 wt% row (reported 6.89×10⁻⁵, computed 6.59×10⁻⁵ S/cm), and a cycling measurement with data."""
    electrolyte = factories.make_material(project, f"{name} electrolyte", kind="solid_electrolyte")
    sample = Layer(position=1, role="sample", material=electrolyte, thickness="0.0600 cm (inferred)")
    cell = factories.make_cell(project, [sample], label=name, format="blocking_pellet")
    setup = factories.make_setup(project, name=f"{name} die", die_diameter="10 mm (exact, inferred)", blocks="ions")
    steps = factories.make_measurement(
        cell, technique="chronoamperometry", stack_pressure_mpa="10 MPa", setup=setup, label="Table 1"
    )
    factories.report(steps, "resistance_ohm", "1.16×10^3 Ω")
    factories.report(steps, "electronic_conductivity_s_cm", "6.89×10^-5 S/cm")
    cycling = factories.make_measurement(cell, technique="cycling", stack_pressure_mpa="2 MPa", label="cycling")
    add_file(measurement=cycling, file=io.BytesIO(PER_CYCLE.encode()), filename="cycles.csv", by=None)
    run_jobs(list_due_jobs(Measurement.objects.filter(cell=cell), names=ANALYSES), by=None)
    return cell


def list_page_urls(cell: Cell) -> list[str]:
    """The address of every page that shows a record of this cell."""
    project = cell.project
    layer = cell.layers.get()
    run, dataset = AnalysisRun.objects.filter(cell=cell).first(), Dataset.objects.get(measurement__cell=cell)
    formulation = factories.make_formulation(project, (layer.material, "electrolyte", "100 wt%"))
    publication = factories.make_publication(project)
    assert run is not None
    return [
        f"/cells/{cell.refcode}/",
        f"/cells/{cell.refcode}/history/",
        f"/materials/{layer.material_id}/",
        f"/formulations/{formulation.pk}/",
        f"/setups/{project.hardwaresetups.latest('pk').pk}/",
        f"/publications/{publication.pk}/",
        f"/runs/{run.pk}/",
        f"/datasets/{dataset.pk}/file/",
    ]


@pytest.fixture
def cell(public_project: Project) -> Cell:
    """A filled cell everyone may see."""
    return fill(public_project)


@pytest.fixture
def private_cell(project: Project) -> Cell:
    """A filled cell only members of the lab may see."""
    return fill(project, "Secret pellet")
