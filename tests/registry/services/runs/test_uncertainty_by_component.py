"""Components of an uncertainty: stored with a run, read by the next analysis, where shared ones cancel."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from registry import plugin_loading
from registry.hookspecs import Component, Estimate, Outcome, Result
from registry.models import AnalysisRun, Measurement, Project, Value
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.services.runs.analysis import run_jobs, store_run
from registry.services.runs.groups import run_group_analysis
from tests import factories

SIGMA, ENERGY = "ionic_conductivity_s_cm", "activation_energy_ev"
RESISTANCES = {"0 °C": "1000 ± 10 Ω", "25 °C": "310 ± 3 Ω", "50 °C": "120 ± 1 Ω", "75 °C": "55.0 ± 0.5 Ω"}


@pytest.fixture
def spectra(project: Project) -> list[Measurement]:
    """A pellet whose thickness is known to 10 %, with a reported resistance at each of four temperatures, analysed."""
    cell = factories.make_pellet(project, thickness="600 ± 60 µm", area="0.785 ± 0.008 cm²")
    spectra = []
    for degc, ohm in RESISTANCES.items():
        spectra.append(factories.make_measurement(cell, technique="eis", temperature_degc=degc))
        factories.report(spectra[-1], "resistance_ohm", ohm)
    run_due()
    return spectra


def run_due() -> list[AnalysisRun]:
    return run_jobs(list_due_jobs(Measurement.objects.all()), by=None)


def get_estimate(quantity: str, **of: object) -> Estimate:
    estimate = Value.objects.get(quantity=quantity, origin="computed", is_latest=True, **of).estimate()
    assert estimate is not None
    return estimate


def test_a_conductivity_is_stored_with_what_each_input_contributes(spectra: list[Measurement]) -> None:
    sigma = get_estimate(SIGMA, measurement=spectra[0])
    shares = {(part.name, part.shared): part.contribution / sigma.magnitude for part in sigma.components}
    of_cell = f"{spectra[0].cell.refcode} layers.1"
    assert shares == pytest.approx(
        {
            ("resistance", f"{spectra[0].refcode} reported.resistance_ohm"): -0.01,
            ("geometry", f"{of_cell}.thickness_um"): 0.1,
            ("geometry", f"{of_cell}.area_cm2"): -0.008 / 0.785,
        },
        rel=1e-4,
    )
    assert sigma.standard_uncertainty == pytest.approx(sigma.magnitude * 0.101, rel=0.01)


def test_the_geometry_cancels_in_the_activation_energy(spectra: list[Measurement]) -> None:
    energy = get_estimate(ENERGY)
    causes = [(part.name, part.shared) for part in energy.components]
    assert causes[0] == ("fit", "")
    assert "geometry" not in {name for name, _ in causes}
    assert 0 < energy.standard_uncertainty < 0.1 * energy.magnitude
    run = AnalysisRun.objects.get(analysis="activation-energy")
    assert not list_due_jobs(Measurement.objects.all())
    stored = run.inputs[f"measurements.{spectra[0].refcode}.computed.{SIGMA}"]
    assert {part[0] for part in stored[6]} == {"resistance", "geometry"}


def test_results_read_before_there_were_components_stay_current(project: Project) -> None:
    """Stored inputs of numbers without ± are those of earlier versions, so nothing becomes stale."""
    spectrum = factories.make_measurement(factories.make_pellet(project, area="0.785 cm²"), technique="eis")
    factories.report(spectrum, "resistance_ohm", "1000 Ω")
    run_due()
    run = AnalysisRun.objects.get(analysis="ionic-conductivity")
    assert run.inputs["layers.1.thickness_um"] == [600.0, 599.5, 600.5, 0.0, False]
    assert get_estimate(SIGMA).components == ()


@pytest.fixture
def by_methods(spectra: list[Measurement]) -> Value:
    """A conductivity of the first spectrum by two methods, whose fit is a cause of its own."""
    run = AnalysisRun.objects.get(analysis="ionic-conductivity", measurement=spectra[0])
    run.pk = None
    run._state.adding = True
    thickness = f"{spectra[0].cell.refcode} layers.1.thickness_um"
    causes = (
        Component("fit", 2e-6, shared="circuit fit", degrees_of_freedom=40),
        Component("geometry", -4e-6, shared=thickness),
    )
    spread = {"circuit fit": 1e-4, "intercept": 9e-5}
    store_run(run, Outcome((Result(SIGMA, Estimate.of_components(1e-4, *causes), method_spread=spread),)))
    return run.values.get()


def test_a_cause_of_the_analysis_itself_is_named_after_what_it_analysed(by_methods: Value) -> None:
    assert by_methods.measurement is not None
    refcode, cell = by_methods.measurement.refcode, by_methods.cell.refcode
    assert [part[2] for part in by_methods.components] == [
        f"{refcode} ionic-conductivity: circuit fit",
        f"{cell} layers.1.thickness_um",
    ]


def test_the_api_has_components_and_other_methods(by_methods: Value, owner: User) -> None:
    client = Client()
    client.force_login(owner)
    assert by_methods.measurement is not None
    parameters = {"quantity": SIGMA, "origin": "computed", "measurement": by_methods.measurement.refcode}
    (value,) = client.get("/api/values/", parameters).json()["results"]
    fit, geometry = value["components"]
    assert fit == {
        "name": "fit",
        "standard_uncertainty": 2e-6,
        "contribution": 2e-6,
        "shared": f"{by_methods.measurement.refcode} ionic-conductivity: circuit fit",
        "degrees_of_freedom": 40.0,
    }
    assert (geometry["standard_uncertainty"], geometry["contribution"]) == (4e-6, -4e-6)
    assert geometry["degrees_of_freedom"] is None
    assert value["method_spread"] == [
        {"method": "circuit fit", "magnitude": 1e-4},
        {"method": "intercept", "magnitude": 9e-5},
    ]
    run = client.get(f"/api/runs/{by_methods.run_id}/").json()
    assert run["values"][0]["components"] == value["components"]
    cell = client.get("/api/cells/", {f"{SIGMA}__gte": "0", "refcode": by_methods.cell.refcode}).json()["results"][0]
    matched = [match["values"] for match in cell["matches"] if match["measurement"] == value["measurement"]]
    assert [item["components"] for item in matched[0] if item["origin"] == "computed"] == [value["components"]]


def test_the_pages_show_components_and_other_methods(by_methods: Value, owner: User) -> None:
    client = Client()
    client.force_login(owner)
    cell = client.get(by_methods.cell.get_absolute_url()).content.decode()
    assert ": geometry 4 %, fit 2 %" in cell
    assert "By method: circuit fit 0.0001, intercept 9×10⁻⁵" in cell
    run = client.get(f"/runs/{by_methods.run_id}/")
    assert [(row.name, row.relative) for row in run.context["components"]] == [("fit", "2 %"), ("geometry", "4 %")]
    assert "By method: circuit fit 0.0001" in run.content.decode()


def test_the_die_of_all_replicates_stays_in_their_mean(project: Project, owner: User) -> None:
    """An area from a diameter known to 1 % is known to 2 %, alike for all pellets pressed in this die."""
    setup = factories.make_setup(project, die_diameter="10.0 ± 0.1 mm")
    cells = [factories.make_pellet(project, thickness=f"{um} ± 6 µm") for um in (590, 600, 610)]
    for cell in cells:
        spectrum = factories.make_measurement(cell, technique="eis", setup=setup, temperature_degc="25 °C")
        factories.report(spectrum, "resistance_ohm", "100 Ω")
    run_due()
    group = factories.make_group(project, *cells)
    analysis = plugin_loading.current().analyses["replicate-statistics"]
    run = run_group_analysis(group=group, analysis=analysis, by=None)
    (value,) = (value for value in run.values.all() if value.quantity == SIGMA)
    die = next(part for part in value.components if part[0] == "geometry")
    assert die[2] == f"set-up {setup.pk} die_diameter_mm"
    assert die[1] == pytest.approx(-0.02 * value.magnitude, rel=1e-3)
    assert {part[0] for part in value.components} == {"geometry", "between cells"}
    client = Client()
    client.force_login(owner)
    rows = client.get("/api/group-values/", {"group": group.pk, "quantity": SIGMA}).json()["results"]
    assert {part["name"] for part in rows[0]["components"]} == {"geometry", "between cells"}
    page = client.get(f"/groups/{group.pk}/runs/{run.pk}/")
    assert {row.name for row in page.context["components"]} >= {"geometry", "between cells"}
    assert "Uncertainty: geometry 2 %, between cells" in page.content.decode()
