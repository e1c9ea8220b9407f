"""The per-cycle table: a row per cycle, with a column and unit for each series of the analyses."""

import csv
import io
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from registry.models import Layer, Measurement, Project
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.selectors.cycle_table import cycle_table
from registry.services.files.ingest import ingest_files
from registry.services.runs.analysis import run_jobs
from registry.testing.synthetic.cycling import cycling_rows
from tests import factories

DISCHARGE_AH = (0.018, 0.0178, 0.0176)


@pytest.fixture
def measurement(project: Project, tmp_path: Path) -> Measurement:
    """Three cycles of a cathode of 9 cm² and 80.64 mg of active material; discharge at a mean of 3.55 V."""
    active = factories.make_material(project, "NCM90", kind="active_material")
    composite = factories.make_formulation(project, (active, "active", "80 wt%"), (active, "other", "20 wt%"))
    layer = Layer(position=1, role="cathode", formulation=composite, mass_loading="11.2 mg/cm²", area="9 cm²")
    rows = cycling_rows(DISCHARGE_AH, current_a=1e-3)
    path = tmp_path / "cycler.csv"
    with path.open("w") as file:
        writer = csv.writer(file)
        writer.writerow(rows)
        writer.writerows(zip(*(column.tolist() for column in rows.values()), strict=True))
    measurement = Measurement(cell=factories.make_cell(project, [layer]), technique="cycling")
    ingest_files(measurement=measurement, paths=[path], by=None)
    run_jobs(list_due_jobs(Measurement.objects.filter(pk=measurement.pk)), by=None)
    return measurement


def test_contains_every_series_for_each_cycle(measurement: Measurement) -> None:
    table = cycle_table(measurement)
    assert list(table.index) == [1, 2, 3]
    assert table["Discharge capacity / mAh"].tolist() == pytest.approx([18, 17.8, 17.6])
    assert table["Charge capacity / mAh"].tolist() == pytest.approx([18 / 0.99, 17.8 / 0.99, 17.6 / 0.99])
    assert table["Discharge energy / mWh"].tolist() == pytest.approx([18 * 3.55, 17.8 * 3.55, 17.6 * 3.55], rel=1e-3)
    assert table["Mean voltage, discharge / V"].tolist() == pytest.approx([3.55] * 3, rel=1e-3)
    assert table["Coulombic efficiency / %"].tolist() == pytest.approx([99] * 3)
    # 18 mAh over 80.64 mg, and over 9 cm².
    assert table["Specific capacity, discharge / mAh g⁻¹"].iloc[0] == pytest.approx(18 / 0.08064, rel=1e-3)
    assert table["Areal capacity, discharge / mAh cm⁻²"].iloc[0] == pytest.approx(2.0)
    # 18.18 h of charge and 18 h of discharge at 1 mA, and rests.
    assert table["Duration / h"].iloc[0] == pytest.approx(18 / 0.99 + 18, rel=0.05)
    assert {"End voltage, end of charge / V", "End voltage, end of discharge / V"} <= set(table)
    assert table["Capacity retention / %"].tolist() == pytest.approx([100, 100 * 17.8 / 18, 100 * 17.6 / 18])


def test_is_available_as_a_file_and_over_the_api(
    measurement: Measurement, owner: User, client: Client, outsider: User
) -> None:
    client.force_login(owner)
    address = f"/measurements/{measurement.refcode}/cycles.csv"
    assert address in client.get(f"/cells/{measurement.cell.refcode}/").content.decode()
    sent = client.get(address)
    assert f'filename="{measurement.refcode}-cycles.csv"' in sent.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(sent.content.decode())))
    assert [row["Cycle"] for row in rows] == ["1", "2", "3"]
    api = APIClient()
    api.force_authenticate(owner)
    answer = api.get(f"/api/measurements/{measurement.refcode}/cycles/").json()
    assert answer["columns"] == list(rows[0])
    assert answer["rows"][1][0] == 2
    assert (
        float(rows[1]["Discharge capacity / mAh"])
        == answer["rows"][1][answer["columns"].index("Discharge capacity / mAh")]
    )
    client.force_login(outsider)
    assert client.get(address).status_code == 404
    api.force_authenticate(outsider)
    assert api.get(f"/api/measurements/{measurement.refcode}/cycles/").status_code == 404


def test_a_measurement_without_cycles_has_no_table(project: Project, owner: User, client: Client) -> None:
    spectrum = factories.make_measurement(factories.make_pellet(project), technique="eis")
    client.force_login(owner)
    assert client.get(f"/measurements/{spectrum.refcode}/cycles.csv").status_code == 404
    assert "cycles.csv" not in client.get(f"/cells/{spectrum.cell.refcode}/").content.decode()
