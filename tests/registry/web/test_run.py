"""The run page."""

from django.contrib.auth.models import User
from django.test import Client

from registry import plugin_loading
from registry.models import AnalysisRun, Cell
from registry.services.cell import save_cell
from registry.services.runs.analysis import run_analysis
from registry.web.cell_page.remedy import get_remedy
from registry.web.run import list_parameters
from tests import factories


def conductivity_of(cell: Cell) -> AnalysisRun:
    return AnalysisRun.objects.get(cell=cell, analysis="electronic-conductivity", is_latest=True)


def test_shows_inputs_hash_and_software(cell: Cell, client: Client) -> None:
    run = conductivity_of(cell)
    text = client.get(f"/runs/{run.pk}/").content.decode()
    for path in run.inputs:
        assert f"<code>{path}</code>" in text
    assert "Layer 1: thickness" in text
    assert run.inputs_hash in text
    assert f"numpy {run.software['numpy']}" in text
    assert "command line" in text
    assert "Digits in parentheses" in text


def test_a_stale_run_shows_which_input_changed(cell: Cell, client: Client) -> None:
    layers = list(cell.layers.order_by("position"))
    layers[0].thickness = "0.0700 cm (exact)"
    save_cell(cell, layers, by=None)
    response = client.get(f"/runs/{conductivity_of(cell).pk}/")
    assert "Stale since" in response.content.decode()
    assert [(row.label, row.current) for row in response.context["inputs"] if row.current] == [
        ("Layer 1: thickness", "700 µm")
    ]


def test_a_superseded_run_links_to_the_latest(cell: Cell, client: Client) -> None:
    old = conductivity_of(cell)
    analysis = plugin_loading.current().analyses[old.analysis]
    new = run_analysis(measurement=old.measurement, analysis=analysis, by=None)
    text = client.get(f"/runs/{old.pk}/").content.decode()
    assert f'Superseded by <a href="/runs/{new.pk}/">' in text
    assert client.get(f"/runs/{new.pk}/").context["latest"] is None


def test_a_refused_run_shows_its_reason(cell: Cell, client: Client) -> None:
    run = AnalysisRun.objects.filter(cell=cell, status="refused").first()
    assert run is not None
    assert "not computed</span>" in client.get(f"/runs/{run.pk}/").content.decode()


def test_a_refused_run_links_an_editor_to_the_records_to_complete(
    private_cell: Cell, viewer: User, owner: User, client: Client
) -> None:
    parameters = {"quantity": "thickness_um", "layer": 1}
    reason = {"level": "error", "code": "missing-thickness", "text": "no thickness", "parameters": parameters}
    measurement = private_cell.measurements.order_by("pk")[0]
    run = factories.make_run(measurement, status="refused", messages=[reason])
    remedy = get_remedy(run)
    assert remedy
    client.force_login(viewer)
    text = client.get(f"/runs/{run.pk}/").content.decode()
    assert text.index("not computed</span>") < text.index("<h2>Inputs</h2>")
    assert remedy.url not in text
    owner.is_staff = False
    owner.save()
    client.force_login(owner)
    assert f'href="{remedy.url}"' in client.get(f"/runs/{run.pk}/").content.decode()


def test_the_reason_for_a_missing_number_is_in_the_note(cell: Cell, client: Client) -> None:
    run = conductivity_of(cell)
    missing = {"magnitude": None, "lower": None, "upper": None, "missing": "needs a layer"}
    run.values.update(**missing)
    text = client.get(f"/runs/{run.pk}/").content.decode()
    assert 'class="number missing">not computed</td>' in text
    assert '<span class="refused">needs a layer</span>' in text


def test_messages_are_shown_once_and_typeset(cell: Cell, client: Client) -> None:
    run = AnalysisRun.objects.filter(cell=cell, status="done").first()
    assert run
    AnalysisRun.objects.filter(pk=run.pk).update(messages=[{"text": "R of -2e-05", "level": "warning"}])
    page = client.get(f"/runs/{run.pk}/").content.decode()
    assert page.count("R of") == page.count("R of −2×10⁻⁵") == 1


def test_parameters_have_a_label_and_a_unit() -> None:
    analysis = plugin_loading.current().analyses["ionic-conductivity"]
    run = AnalysisRun(parameters={"circuit": "", "lowest_frequency_hz": 0.0, "gone": "", "kept": True})
    assert [(name, text) for name, text, _ in list_parameters(run, analysis)] == [
        ("Equivalent circuit", "not set"),
        ("Lowest frequency", "0 Hz"),
        ("Gone", "not set"),
        ("Kept", "yes"),
    ]


def test_a_run_of_a_removed_plugin_stays_readable(cell: Cell, client: Client) -> None:
    run = conductivity_of(cell)
    AnalysisRun.objects.filter(pk=run.pk).update(analysis="gone-away")
    assert "is not loaded:" in client.get(f"/runs/{run.pk}/").content.decode()


def test_shows_who_started_it_to_signed_in_users(private_cell: Cell, owner: User, client: Client) -> None:
    old = conductivity_of(private_cell)
    analysis = plugin_loading.current().analyses[old.analysis]
    run = run_analysis(measurement=old.measurement, analysis=analysis, by=owner)
    client.force_login(owner)
    assert client.get(f"/runs/{run.pk}/").context["started_by"] == "owner"
